//! Copies a value to the clipboard and says so.

use std::time::Duration;

use leptos::task::spawn_local;

use super::Button;
use crate::ui::{browser, prelude::*};

#[component]
pub(crate) fn CopyButton(
    /// What it copies.
    value: String,
    /// What the value is: "callback URL".
    what: &'static str,
) -> impl IntoView {
    let outcome = RwSignal::new(None::<bool>);
    let label = Signal::derive(move || match outcome.get() {
        None => format!("Copy {what}"),
        Some(true) => "Copied".to_owned(),
        Some(false) => "Not allowed: select and copy it by hand".to_owned(),
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
        <Button label=label icon="copy" on_press=copy />
        <span class="visually-hidden" role="status">
            {move || (outcome.get() == Some(true)).then(|| format!("The {what} was copied."))}
        </span>
    }
}
