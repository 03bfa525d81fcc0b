//! How far a message has come: a sign, and the word for those who cannot see it.

use super::Icon;
use crate::{domain::message::MessageState, texts::words, ui::prelude::*};

#[component]
pub(crate) fn Ticks(state: MessageState) -> impl IntoView {
    let icon = match state {
        MessageState::Received => return ().into_any(),
        MessageState::Queued | MessageState::Sending => "clock",
        MessageState::Accepted | MessageState::Sent => "tick",
        MessageState::Delivered | MessageState::Read => "ticks",
        MessageState::Failed => "alert",
        MessageState::Unknown | MessageState::Newer => "question",
        MessageState::Cancelled => "ban",
    };
    view! {
        <span class="ticks" data-state=state.as_str() title=words::message_state(state)>
            <Icon name=icon />
            <span class="visually-hidden">{words::message_state(state)}</span>
        </span>
    }
}
