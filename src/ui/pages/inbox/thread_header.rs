//! Who one talks to, who answers, and the two switches: take over or give back, resolve or reopen.

use super::{assignee::Assignee, back_to_list::BackToList, label_menu::LabelMenu, place::use_place, snooze::Snooze};
use crate::{
    api::conversations::{set_mode, set_status},
    domain::{
        Millis,
        conversation::{Answering, Conversation, ConversationStatus, Mode},
        ids::ConversationId,
    },
    error::ErrorCode,
    texts::{inbox, words},
    ui::{
        components::{Avatar, Badge, Button, ButtonKind, ChannelPopover, ErrorPanel, Icon, Moment, Pending, Tone},
        live::use_live,
        prelude::*,
        state::{
            data::{Data, derived},
            toasts::use_toasts,
            work::Work,
        },
    },
};

#[component]
pub(super) fn ThreadHeader(id: ConversationId, conversation: Data<Conversation>) -> impl IntoView {
    let place = use_place();
    view! {
        <header class="thread__head">
            <BackToList />
            <Pending fallback=|| view! { <span class="thread__who"></span> }>
                {move || conversation.get().map(|found| match found {
                    // The place of the messages says it already.
                    Err(error) if error.code == ErrorCode::NotFound => view! { <span class="thread__who"></span> },
                    Err(error) => view! { <ErrorPanel error=error on_retry=move || conversation.refetch() /> },
                    Ok(_) => ().into_any(),
                })}
                <Who id=id conversation=conversation />
                <Switches id=id conversation=conversation />
            </Pending>
            <a class="button button--quiet button--icon thread__info" href=move || place.details_href()>
                <Icon name="info" />
                <span class="visually-hidden">{inbox::details()}</span>
            </a>
        </header>
    }
}

/// Each part changes by itself: an open popover outlives what arrives meanwhile.
#[component]
fn Who(id: ConversationId, conversation: Data<Conversation>) -> impl IntoView {
    let known = move || conversation.get().and_then(Result::ok);
    let name = derived(move |_| known().map(|c| c.contact.name));
    let channel = derived(move |_| known().map(|c| (c.channel, c.integration_id)));
    let state = derived(move |_| known().map(|c| (c.answering, c.answering_name, c.status, c.snoozed_until)));
    let badges = |(answering, name, status, until): (Answering, Option<String>, ConversationStatus, Option<Millis>)| {
        let (tone, icon) = match answering {
            Answering::Bot => (Tone::Neutral, "bot"),
            Answering::Off => (Tone::Waiting, "ban"),
            _ => (Tone::Accent, "hand"),
        };
        view! {
            <Badge tone=tone icon=icon text=words::answering(answering, name.as_deref()) />
            {(status == ConversationStatus::Resolved).then(|| view! { <Badge tone=Tone::Good icon="check-circle" text=inbox::is_resolved() /> })}
            {(status == ConversationStatus::Snoozed).then(|| view! {
                <Badge tone=Tone::Waiting icon="clock" text=inbox::is_snoozed() />
                {until.map(|until| view! { <Moment at=until /> })}
            })}
        }
    };
    let is_known = derived(move |_| name.with(Option::is_some));
    move || {
        is_known.get().then(|| {
            view! {
                <div class="thread__who">
                    {move || name.get().map(|name| view! { <Avatar name=name /> })}
                    <div class="thread__words">
                        <h2 class="thread__name" dir="auto">{move || name.get()}</h2>
                        <div class="cluster thread__small">
                            {move || channel.get().map(|(channel, integration_id)| view! {
                                <ChannelPopover channel=channel integration_id=integration_id id="thread-channel" />
                            })}
                            {move || state.get().map(badges)}
                            <Assignee id=id conversation=conversation />
                            <LabelMenu id=id conversation=conversation />
                        </div>
                    </div>
                </div>
            }
        })
    }
}

/// The buttons stay the same elements whatever changes, so that they keep the focus.
#[component]
fn Switches(id: ConversationId, conversation: Data<Conversation>) -> impl IntoView {
    let (live, toasts) = (use_live(), use_toasts());
    let (mode_work, status_work) = (Work::new(), Work::new());
    let with = move |test: fn(&Conversation) -> bool| {
        conversation.with(|c| c.as_ref().is_some_and(|c| c.as_ref().is_ok_and(test)))
    };
    let loaded = move || with(|_| true);
    let human = move || with(|c| c.mode == Mode::Human);
    // Nobody can answer there any more.
    let history = move || with(|c| c.channel.capabilities().sends && c.integration_id.is_none());
    // What is snoozed can be opened as well.
    let resolved = move || with(|c| c.status != ConversationStatus::Open);
    let mode_label = Signal::derive(move || if human() { inbox::give_back() } else { inbox::take_over() }.to_owned());
    let status_label = Signal::derive(move || if resolved() { inbox::reopen() } else { inbox::resolve() }.to_owned());
    let switch_mode = move || {
        let to = if untrack(human) { Mode::Bot } else { Mode::Human };
        mode_work.run(set_mode(id, to), move |now| {
            live.touch_conversation(id);
            // What came of it: a colleague may have been faster, and a channel that is off sends nothing, no matter who answers.
            toasts.success(match now.answering {
                Answering::You => inbox::taken_over().to_owned(),
                Answering::Bot => inbox::given_back().to_owned(),
                other => words::is_answering(other, now.answering_name.as_deref()),
            });
        });
    };
    let switch_status = move || {
        let to = if untrack(resolved) { ConversationStatus::Open } else { ConversationStatus::Resolved };
        status_work.run(set_status(id, to, None), move |_| {
            live.touch_conversation(id);
            toasts.success(if to == ConversationStatus::Resolved { inbox::resolved_now() } else { inbox::reopened() });
        });
    };
    for work in [mode_work, status_work] {
        effect(move || {
            if let Some(error) = work.error().get() {
                toasts.error(&error);
            }
        });
    }
    view! {
        <div class="thread__actions" class:is-loading=move || !loaded()>
            <span hidden=history>
                <Button label=mode_label icon="hand" busy=mode_work.busy() on_press=switch_mode />
            </span>
            <Snooze id=id conversation=conversation />
            <span class="thread__resolve" id="resolve">
                <Button
                    label=status_label
                    icon="check-circle"
                    kind=ButtonKind::Quiet
                    busy=status_work.busy()
                    on_press=switch_status
                />
            </span>
        </div>
    }
}
