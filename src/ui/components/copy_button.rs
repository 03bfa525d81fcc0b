//! Copies a value to the clipboard and says so.

use std::time::Duration;

use leptos::task::spawn_local;

use super::Button;
use crate::{
    texts::shell,
    ui::{browser, prelude::*},
};

#[component]
pub(crate) fn CopyButton(
    /// What it copies.
    value: String,
    /// The button's words: “Copy callback URL”.
    label: &'static str,
    /// What is said when it is done.
    copied: &'static str,
) -> impl IntoView {
    let outcome = RwSignal::new(None::<bool>);
    let shown = Signal::derive(move || {
        match outcome.get() {
            None => label,
            Some(true) => shell::copied(),
            Some(false) => shell::not_copied(),
        }
        .to_owned()
    });
    let copy = move || {
        let value = value.clone();
        spawn_local(async move {
            let done = browser::copy(value).await;
            outcome.try_set(Some(done));
            set_timeout(
                move || {
                    outcome.try_set(None);
                },
                Duration::from_secs(3),
            );
        });
    };
    view! {
        <Button label=shown icon="copy" on_press=copy />
        <span class="visually-hidden" role="status">
            {move || (outcome.get() == Some(true)).then_some(copied)}
        </span>
    }
}
