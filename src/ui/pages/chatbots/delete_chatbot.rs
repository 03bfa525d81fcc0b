//! Deletes a chatbot, after asking. While integrations use it the server refuses, and the dialog says which.

use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    api::chatbots::delete_chatbot,
    domain::ids::ChatbotId,
    texts::{chatbots, shell},
    ui::{
        components::{Button, ButtonKind, ConfirmDialog},
        prelude::*,
        state::{toasts::use_toasts, work::Work},
    },
};

#[component]
pub(super) fn DeleteChatbot(id: ChatbotId, name: RwSignal<String>) -> impl IntoView {
    let open = RwSignal::new(false);
    let work = Work::new();
    let toasts = use_toasts();
    let navigate = StoredValue::new(use_navigate());
    let confirm = move || {
        work.run(delete_chatbot(id), move |()| {
            open.set(false);
            toasts.success(chatbots::deleted(&name.get_untracked()));
            let instead = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate.try_with_value(|navigate| navigate("/chatbots", instead));
        });
    };
    let ask = move || {
        work.forget_error();
        open.set(true);
    };
    view! {
        <Button label=chatbots::delete() icon="trash" kind=ButtonKind::Quiet on_press=ask />
        <ConfirmDialog
            open=open
            title=Signal::derive(move || chatbots::delete_title(&name.get()))
            consequence=chatbots::delete_text()
            verb=shell::delete()
            work=work
            on_confirm=confirm
        />
    }
}
