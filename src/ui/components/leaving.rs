//! Asks before something is lost that was typed and not saved.

use super::{Button, ButtonKind, Dialog};
use crate::{
    texts::shell,
    ui::{prelude::*, state::unsaved::use_unsaved},
};

/// Once for the whole app.
#[component]
pub(crate) fn Leaving() -> impl IntoView {
    let unsaved = use_unsaved();
    let asking = unsaved.asking;
    view! {
        <Dialog open=asking title=shell::discard_title()>
            <p>{shell::discard_text()}</p>
            <div class="dialog__actions">
                <Button label=shell::keep_editing() on_press=move || asking.set(false) />
                <Button label=shell::discard() kind=ButtonKind::Danger on_press=move || unsaved.discard() />
            </div>
        </Dialog>
    }
}
