//! Shows the keys of the inbox.

use crate::ui::{components::Dialog, prelude::*};

const KEYS: [(&str, &str); 5] = [
    ("J or Alt+J", "Next conversation"),
    ("K or Alt+K", "Previous conversation"),
    ("R", "Write an answer"),
    ("E", "Resolve or reopen"),
    ("?", "Show these keys"),
];

#[component]
pub(super) fn Shortcuts(open: RwSignal<bool>) -> impl IntoView {
    let rows = || {
        KEYS.into_iter().map(|(key, what)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div> }).collect_view()
    };
    view! {
        <Dialog open=open title="Keyboard shortcuts">
            <dl class="keys">{rows()}</dl>
            <p>"In the composer, Enter sends and Shift+Enter begins a new line."</p>
        </Dialog>
    }
}
