//! Shows the keys of the inbox.

use crate::{
    texts::{Words, inbox},
    ui::{components::Dialog, prelude::*},
};

const KEYS: [(Words, Words); 8] = [
    (inbox::key_next, inbox::next),
    (inbox::key_previous, inbox::previous),
    (|| "R", inbox::write),
    (|| "N", inbox::note),
    (|| "A", inbox::assign),
    (|| "H", inbox::snooze),
    (|| "E", inbox::resolve_or_reopen),
    (|| "?", inbox::show_keys),
];

#[component]
pub(crate) fn Shortcuts(open: RwSignal<bool>) -> impl IntoView {
    let rows = || {
        KEYS.into_iter()
            .map(|(key, what)| view! { <div><dt><kbd>{key()}</kbd></dt><dd>{what()}</dd></div> })
            .collect_view()
    };
    view! {
        <Dialog open=open title=inbox::shortcuts()>
            <dl class="keys">{rows()}</dl>
            <p>{inbox::keys_hint()}</p>
        </Dialog>
    }
}
