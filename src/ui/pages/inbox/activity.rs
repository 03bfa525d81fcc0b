//! Lines between the bubbles: days, and what happened to the conversation.

use std::sync::Arc;

use crate::{
    domain::{Millis, message::Message},
    ui::{
        components::{Moment, MomentStyle},
        prelude::*,
        state::clock::{iso, use_clock},
    },
};

#[component]
pub(super) fn Day(at: Millis) -> impl IntoView {
    let clock = use_clock();
    view! { <li class="day"><time datetime=iso(at)>{move || clock.date(at)}</time></li> }
}

#[component]
pub(super) fn Activity(message: Arc<Message>) -> impl IntoView {
    view! {
        <li class="activity">
            <span dir="auto">{message.content.text.clone()}</span> " " <Moment at=message.at style=MomentStyle::Time />
        </li>
    }
}
