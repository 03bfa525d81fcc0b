//! How one wants to be told of customers who wait, while the page is not in front: kept in this browser.

use crate::{
    texts::{Words, inbox},
    ui::{
        alerts::{Alert, use_alerts},
        chunks::aside::{Part, show},
        components::Icon,
        prelude::*,
    },
};

const CHOICES: [(Alert, &str, Words); 3] = [
    (Alert::Sound, "alert-sound", inbox::alert_sound),
    (Alert::Notification, "alert-notification", inbox::alert_notification),
    (Alert::Words, "alert-words", inbox::alert_words),
];

/// A native popover: Escape and a click beside it close it.
#[component]
pub(super) fn AlertChoices() -> impl IntoView {
    let wanted = RwSignal::new(false);
    view! {
        <button
            class="button button--quiet button--icon"
            type="button"
            popovertarget="alerts"
            title=inbox::alerts()
            on:click=move |_| wanted.set(true)
        >
            <Icon name="bell" />
            <span class="visually-hidden">{inbox::alerts()}</span>
        </button>
        <div class="menu alerts" id="alerts" popover="auto" role="group" aria-label=inbox::alerts_title()>
            {move || wanted.get().then(|| show(Part::Alerts))}
        </div>
    }
}

/// What stands in it.
#[component]
pub(crate) fn AlertList() -> impl IntoView {
    let alerts = use_alerts();
    let choices = CHOICES
        .into_iter()
        .map(|(alert, id, label)| {
            let needs_other = move || alert == Alert::Words && !alerts.has(Alert::Notification);
            view! {
                <div class="choice">
                    <input
                        id=id
                        type="checkbox"
                        disabled=needs_other
                        prop:checked=move || alerts.has(alert)
                        on:change=move |event| alerts.choose(alert, event_target_checked(&event))
                    />
                    <label for=id>{label()}</label>
                </div>
            }
        })
        .collect_view();
    view! {
        <p class="alerts__title">{inbox::alerts_title()}</p>
        {choices}
        <p class="alerts__note" role="status">{move || alerts.trouble()}</p>
        <p class="alerts__hint">{inbox::alerts_hint()}</p>
    }
}
