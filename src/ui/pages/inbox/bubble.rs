//! One message: who wrote it, what, when, by which channel, and how far it has come.

use std::sync::Arc;

use super::lines::Line;
use crate::{
    api::messages::retry_message,
    domain::message::{Author, Direction, Message, MessageState},
    domain::{
        Millis,
        ids::{ConversationId, MessageId},
    },
    texts::inbox,
    ui::{
        browser,
        components::{Button, ButtonKind, ChannelIndicator, Countdown, Icon, Moment, MomentStyle, Ticks, content_view},
        live::use_live,
        prelude::*,
        state::{hydrated::use_hydrated, outbox::use_outbox, toasts::use_toasts, work::Work},
    },
};

/// How long ago a message may have been written to count as just arrived, in milliseconds.
const FRESH: Millis = 5000;

/// The elements stay as long as the message does: a new tick changes the tick and nothing else.
#[component]
pub(super) fn Bubble(
    /// A [`Line::Bubble`].
    line: ArcRwSignal<Line>,
) -> impl IntoView {
    // Only what has just arrived moves in, and nothing while the page comes alive.
    let is_alive = use_hydrated().get_untracked();
    let outbox = use_outbox();
    // What the outbox has shown before does not move once more.
    let is_new = |m: &Message| {
        !m.client_id.is_some_and(|id| outbox.has_shown(id))
            && matches!(m.state, MessageState::Received | MessageState::Queued)
            && browser::now() - m.at < FRESH
    };
    let fresh = is_alive && line.with_untracked(|l| matches!(l, Line::Bubble { message, .. } if is_new(message)));
    let here = Memo::new(move |_| match line.get() {
        Line::Bubble { message, first, last } => Some((message, first, last)),
        _ => None,
    });
    let said = Memo::new(move |_| here.get().map(|(message, first, _)| (said(&message), first)));
    let way = Way {
        state: Memo::new(move |_| here.with(|h| h.as_ref().map_or(MessageState::Received, |(m, ..)| m.state))),
        trouble: Memo::new(move |_| here.get().map(|(m, ..)| m).filter(|m| is_troubled(m))),
        last: Memo::new(move |_| here.with(|h| h.as_ref().is_some_and(|(.., last)| *last))),
    };
    move || said.get().map(|(message, first)| content(&message, first, way, fresh))
}

/// What changes about a bubble while its message stays the same.
#[derive(Clone, Copy)]
struct Way {
    state: Memo<MessageState>,
    trouble: Memo<Option<Arc<Message>>>,
    last: Memo<bool>,
}

/// A message without how far it has come.
fn said(message: &Message) -> Message {
    Message {
        state: MessageState::Received,
        error: None,
        error_code: None,
        action: None,
        next_attempt_at: None,
        ..message.clone()
    }
}

/// Whether there is something to say about its way.
fn is_troubled(message: &Message) -> bool {
    match message.state {
        MessageState::Failed | MessageState::Unknown | MessageState::Cancelled => true,
        MessageState::Queued => message.error.is_some(),
        _ => false,
    }
}

fn content(
    m: &Message,
    // The first of its group says who writes.
    first: bool,
    way: Way,
    fresh: bool,
) -> AnyView {
    let Way { state, trouble, last } = way;
    let out = m.direction != Direction::Inbound;
    let author = match m.author {
        Author::Contact | Author::System => None,
        Author::Bot => Some(inbox::bot().to_owned()),
        Author::Other => Some(inbox::another_app().to_owned()),
        Author::Newer => Some(inbox::somebody().to_owned()),
        Author::User if m.mine => Some(inbox::you().to_owned()),
        Author::User => Some(m.author_name.clone().unwrap_or_else(|| inbox::a_colleague().to_owned())),
    };
    let (bot, internal) = (m.author == Author::Bot, m.direction == Direction::Internal);
    let (channel, at) = (m.channel, m.at);
    let shown = content_view(&m.content, m.note.clone());
    let big = is_emoji_only(&m.content.text);
    view! {
        <li
            class="bubble"
            class:bubble--out=out
            class:bubble--in=!out
            class:bubble--bot=bot
            class:bubble--last=move || last.get()
            class:bubble--fresh=fresh
            class:bubble--emoji=big
            class:bubble--note=internal
            data-state=move || state.get().as_str()
        >
            {match (author, first) {
                (Some(author), true) => view! { <span class="bubble__author" dir="auto">{author}</span> },
                (Some(author), false) => view! { <span class="visually-hidden">{author} ": "</span> },
                (None, _) => view! { <span class="visually-hidden">{inbox::customer()} ": "</span> },
            }}
            {internal.then(|| view! { <span class="bubble__internal"><Icon name="lock" /><span>{inbox::note()}</span></span> })}
            {shown}
            <span class="bubble__meta">
                {(!internal).then(|| view! { <ChannelIndicator channel=channel compact=true /> })}
                <Moment at=at style=MomentStyle::Time />
                {move || view! { <Ticks state=state.get() /> }}
            </span>
            {move || trouble.get().map(|message| view! { <Trouble message=message /> })}
        </li>
    }
}

/// Why a message did not get through, or waits, and what can be done.
#[component]
fn Trouble(message: Arc<Message>) -> impl IntoView {
    let fallback = match message.state {
        MessageState::Failed => inbox::failed(),
        MessageState::Unknown => inbox::unknown(),
        MessageState::Cancelled => inbox::cancelled(),
        _ => inbox::it_waits(),
    };
    let waits = message.state == MessageState::Queued;
    let code = message.error_code.map(|code| format!(" {}", inbox::meta_code(&code)));
    let again = message.next_attempt_at.filter(|_| waits);
    view! {
        <div class="bubble__trouble">
            <Icon name=if waits { "clock" } else { "alert" } />
            <p>
                {message.error.clone().unwrap_or_else(|| fallback.to_owned())} {code}
                {message.action.as_deref().map(|step| format!(" {step}"))}
                {again.map(|at| view! { " " <Countdown at=at /> })}
            </p>
            {(!waits).then(|| view! { <Again id=message.id conversation=message.conversation_id /> })}
        </div>
    }
}

#[component]
fn Again(id: MessageId, conversation: ConversationId) -> impl IntoView {
    let (live, toasts) = (use_live(), use_toasts());
    let work = Work::new();
    effect(move || {
        if let Some(error) = work.error().get() {
            toasts.error(&error);
        }
    });
    let send = move || work.run(retry_message(id), move |_| live.touch_conversation(conversation));
    view! { <Button label=inbox::send_again() icon="refresh" kind=ButtonKind::Quiet busy=work.busy() on_press=send /> }
}

/// A few signs without a letter or digit among them are shown large.
fn is_emoji_only(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.chars().count() <= 8 && text.chars().all(|c| c > '\u{2000}' && !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::is_emoji_only;

    #[test]
    fn tells_emoji_from_words() {
        assert!(is_emoji_only("👍"));
        assert!(is_emoji_only("❤️🎉"));
        assert!(!is_emoji_only("ok 👍"));
        assert!(!is_emoji_only("你好"));
        assert!(!is_emoji_only(""));
    }
}
