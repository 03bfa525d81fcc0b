//! Asks before something dangerous: the title names the thing, the button repeats the verb.

use super::{Button, ButtonKind, Dialog, ErrorPanel};
use crate::{
    texts::shell,
    ui::{prelude::*, state::work::Work},
};

#[component]
pub(crate) fn ConfirmDialog(
    open: RwSignal<bool>,
    /// A question that names the thing: `Delete the chatbot “Shop”?`
    #[prop(into)]
    title: Signal<String>,
    /// What follows from it.
    #[prop(into)]
    consequence: Signal<String>,
    /// The verb on the button.
    verb: &'static str,
    work: Work,
    #[prop(into)] on_confirm: Callback<()>,
) -> impl IntoView {
    view! {
        <Dialog open=open title=title>
            <p>{move || consequence.get()}</p>
            {move || work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
            <div class="dialog__actions">
                <Button label=shell::cancel() on_press=move || open.set(false) />
                <Button label=verb kind=ButtonKind::Danger busy=work.busy() on_press=on_confirm />
            </div>
        </Dialog>
    }
}
