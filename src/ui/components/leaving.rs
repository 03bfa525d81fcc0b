//! Asks before something is lost that was typed and not saved.

use super::{Button, ButtonKind, Dialog};
use crate::ui::{prelude::*, state::unsaved::use_unsaved};

/// Once for the whole app.
#[component]
pub(crate) fn Leaving() -> impl IntoView {
    let unsaved = use_unsaved();
    let asking = unsaved.asking;
    view! {
        <Dialog open=asking title="Discard what you entered?">
            <p>"Nothing of it is saved yet."</p>
            <div class="dialog__actions">
                <Button label="Keep editing" on_press=move || asking.set(false) />
                <Button label="Discard" kind=ButtonKind::Danger on_press=move || unsaved.discard() />
            </div>
        </Dialog>
    }
}
