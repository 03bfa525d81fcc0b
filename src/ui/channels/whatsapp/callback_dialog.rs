//! Looks up again what has to be entered at Meta's.

use super::{connected::Connected, desk::Desk};
use crate::{
    texts::integrations,
    ui::{components::Dialog, prelude::*},
};

#[component]
pub(super) fn CallbackDialog(desk: Desk) -> impl IntoView {
    let open = desk.callback;
    let title = Signal::derive(move || integrations::callback_title(&desk.name()));
    view! {
        <Dialog open=open title=title wide=true>
            {desk.subject.get_untracked().map(|integration| view! {
                <Connected desk=desk integration=integration on_done=move || open.set(false) />
            })}
        </Dialog>
    }
}
