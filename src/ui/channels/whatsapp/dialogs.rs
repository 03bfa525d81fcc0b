//! All dialogs that cards open, once for the page.

use super::{
    callback_dialog::CallbackDialog, delete_dialog::DeleteDialog, desk::Desk, sandbox_dialog::SandboxDialog,
    switch_dialog::SwitchDialog, test_dialog::TestDialog, whatsapp_modal::WhatsAppIntegrationModal,
};
use crate::{
    api::chatbots::list_chatbots,
    ui::{prelude::*, state::work::Work},
};

#[component]
pub(crate) fn Dialogs(desk: Desk) -> impl IntoView {
    // Pages that know their chatbots have put them there already.
    let work = Work::new();
    effect(move || {
        if (desk.form.get() || desk.sandbox.get()) && desk.chatbots.with_untracked(Vec::is_empty) {
            work.run(list_chatbots(), move |all| desk.chatbots.set(all));
        }
    });
    view! {
        <WhatsAppIntegrationModal desk=desk />
        <SandboxDialog desk=desk />
        <TestDialog desk=desk />
        <SwitchDialog desk=desk />
        <CallbackDialog desk=desk />
        <DeleteDialog desk=desk />
    }
}
