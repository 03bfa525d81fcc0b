//! A quiet bar while the server cannot be reached. Nothing is lost meanwhile: drafts stay, events are caught up.

use super::Icon;
use crate::{
    texts::shell,
    ui::{live::use_live, prelude::*},
};

#[component]
pub(crate) fn OfflineBar() -> impl IntoView {
    let live = use_live();
    view! {
        <div class="offline-bar" role="status">
            {move || {
                live.is_lost().then(|| view! {
                    <Icon name="offline" />
                    <span>{shell::offline()}</span>
                })
            }}
        </div>
    }
}
