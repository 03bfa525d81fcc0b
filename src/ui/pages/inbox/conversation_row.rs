//! One conversation in the list.

use std::sync::Arc;

use super::place::use_place;
use crate::{
    domain::{
        Millis,
        conversation::{ConversationStatus, ConversationSummary, Mode},
        message::Author,
    },
    texts::{inbox, words},
    ui::{
        chunks::{OPEN_CONVERSATION, prefetch},
        components::{Avatar, ChannelIndicator, Icon, LabelTag, Moment, MomentStyle, Ticks},
        prelude::*,
        state::{clock::use_clock, outbox::use_outbox},
    },
};

/// How many labels are shown; of the others, how many they are.
const LABELS: usize = 3;

/// The element stays while its content changes, or it would lose the focus; what changes in it is changed in place.
#[component]
pub(super) fn ConversationLink(row: ArcRwSignal<Arc<ConversationSummary>>) -> impl IntoView {
    let place = use_place();
    let id = row.with_untracked(|r| r.id);
    let href = move || place.filter.get().href(Some(id));
    let outbox = use_outbox();
    let is_open = Memo::new(move |_| place.open.get() == Some(id));
    let current = move || is_open.get().then_some("page");
    let has_failed = Memo::new(move |_| outbox.has_failed(id));
    let unread = {
        let row = row.clone();
        move || row.with(|r| r.unread > 0).then_some("true")
    };
    view! {
        <li class="conversation" data-unread=unread>
            <a
                class="conversation__link"
                href=href
                aria-current=current
                on:pointerenter=|_| prefetch(OPEN_CONVERSATION)
                on:focus=|_| prefetch(OPEN_CONVERSATION)
            >
                {move || content(&row.get())}
                {move || has_failed.get().then(|| view! { <span class="conversation__unsent">{sign("alert", inbox::not_sent_sign().to_owned())}</span> })}
            </a>
        </li>
    }
}

fn content(row: &ConversationSummary) -> AnyView {
    let author = match row.preview_author {
        Author::User if row.preview_mine => Some(format!("{}: ", inbox::you())),
        Author::User => Some(format!("{}: ", row.preview_name.as_deref().unwrap_or(inbox::a_colleague()))),
        Author::Bot => Some(format!("{}: ", inbox::bot())),
        Author::Other => Some(format!("{}: ", inbox::another_app())),
        Author::Contact | Author::System | Author::Newer => None,
    };
    let unread = row.unread;
    view! {
        <span class="conversation__sign">
            <Avatar name=row.name.clone() />
            <ChannelIndicator channel=row.channel compact=true />
        </span>
        <span class="conversation__words">
            <span class="conversation__line">
                <span class="conversation__name" dir="auto">{row.name.clone()}</span>
                <Moment at=row.last_message_at style=MomentStyle::Short />
            </span>
            <span class="conversation__line">
                <span class="conversation__preview">
                    <Ticks state=row.preview_state />
                    {author.map(|a| view! { <span class="conversation__author" dir="auto">{a}</span> })}
                    <span dir="auto">{row.preview.clone()}</span>
                </span>
                {(row.status == ConversationStatus::Resolved).then(|| sign("check-circle", inbox::is_resolved().to_owned()))}
                {(row.status == ConversationStatus::Snoozed).then(|| sign("clock", inbox::is_snoozed().to_owned()))}
                {row.assignee.as_ref().map(|a| sign("user", inbox::assigned_to(&a.name)))}
                {row.waiting_since.map(|since| view! { <Waits since=since /> })}
                {(row.mode == Mode::Human).then(|| sign("hand", words::answering(row.answering, row.answering_name.as_deref())))}
                {(unread > 0).then(|| view! {
                    <span class="conversation__unread">
                        {if unread > 99 { "99+".to_owned() } else { unread.to_string() }}
                        <span class="visually-hidden">" " {inbox::unread()}</span>
                    </span>
                })}
            </span>
            {(!row.labels.is_empty()).then(|| view! {
                <span class="labels">
                    {row.labels.iter().take(LABELS).cloned().map(|l| view! { <LabelTag label=l /> }).collect_view()}
                    {row.labels.len().checked_sub(LABELS).filter(|more| *more > 0).map(|more| format!("+{more}"))}
                </span>
            })}
        </span>
    }
}

/// Since when the customer waits. All rows share the page's one clock.
#[component]
fn Waits(since: Millis) -> impl IntoView {
    let clock = use_clock();
    view! {
        <span class="conversation__waits numeric" title=move || inbox::waits_since(&clock.full(since))>
            <Icon name="clock" />
            <span class="visually-hidden">{inbox::waits()} " "</span>
            {move || clock.since(since).unwrap_or_else(|| clock.short(since))}
        </span>
    }
}

fn sign(icon: &'static str, word: String) -> impl IntoView {
    let title = word.clone();
    view! { <span class="conversation__mode" title=title><Icon name=icon /><span class="visually-hidden">{word}</span></span> }
}
