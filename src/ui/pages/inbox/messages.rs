//! The messages of a conversation. New ones never move what is being read.

use leptos::html;
use uuid::Uuid;

use super::{
    activity::{Activity, Day},
    bubble::Bubble,
    known::join_messages,
    lines::{Line, lines},
    unsent::UnsentMessages,
};
use crate::{
    api::messages::list_messages,
    domain::message::{Author, Message},
    ui::{
        components::{Button, Each, ErrorPanel, Icon, Pending, Skeleton},
        prelude::*,
        state::{at_end::AtEnd, clock::use_clock, data::Data, outbox::use_outbox, work::Work},
    },
};

#[component]
pub(super) fn Messages(id: Uuid, messages: Data<Vec<Message>>) -> impl IntoView {
    let clock = use_clock();
    let log = NodeRef::<html::Div>::new();
    let known = RwSignal::new(Vec::<Message>::new());
    let complete = RwSignal::new(false);
    let older = Work::new();
    let missed = RwSignal::new(0_usize);
    let at_end = AtEnd::follow(log, Some(".composer"));
    let all = move || {
        let mut all = known.get();
        messages.with(|m| {
            if let Some(Ok(news)) = m {
                join_messages(&mut all, news);
            }
        });
        all
    };
    let to_end = move || {
        missed.set(0);
        at_end.go();
    };
    // Whoever writes wants to see it, and how it stands about it.
    let outbox = use_outbox();
    let written = StoredValue::new(None);
    effect(move || {
        let last = outbox.of(id).last().map(|u| u.id);
        if last.is_some() && last != written.get_value() {
            to_end();
        } else if at_end.is_there() {
            at_end.go();
        }
        written.set_value(last);
    });
    let newest = StoredValue::new(None::<i64>);
    effect(move || {
        let Some(Ok(news)) = messages.get() else { return };
        known.update(|known| join_messages(known, &news));
        let before = newest.get_value();
        newest.set_value(news.iter().map(|m| m.seq).max().max(before));
        if at_end.is_there() {
            to_end();
        } else if let Some(before) = before {
            // What one has written oneself is no news, nor is what happened to the conversation.
            let arrived = news.iter().filter(|m| m.seq > before && !m.mine && m.author != Author::System).count();
            missed.update(|missed| *missed += arrived);
        }
    });
    let scrolled = move |_| {
        if at_end.look() {
            missed.set(0);
        }
    };
    let load_older = move || {
        let Some(first) = known.with_untracked(|k| k.iter().map(|m| m.seq).min()) else { return };
        older.run(list_messages(id, Some(first)), move |page| {
            let height = log.get_untracked().map_or(0, |log| log.scroll_height());
            complete.set(page.is_empty());
            known.update(|known| join_messages(known, &page));
            // What was on the screen stays where it was.
            request_animation_frame(move || {
                if let Some(log) = log.try_get_untracked().flatten() {
                    log.set_scroll_top(log.scroll_top() + log.scroll_height() - height);
                }
            });
        });
    };
    let has_older = move || !complete.get() && all().iter().map(|m| m.seq).min().is_some_and(|first| first > 1);
    view! {
        <div class="thread__middle">
            <Pending fallback=|| view! { <Skeleton shape="bubbles" count=6 /> }>
                {move || {
                    messages.get().and_then(Result::err).map(|e| view! { <ErrorPanel error=e on_retry=move || messages.refetch() /> })
                }}
                <div class="thread__log" node_ref=log role="log" aria-label="Messages" tabindex="0" on:scroll=scrolled><ol class="log">
                    {move || has_older().then(|| view! {
                        <li class="activity"><Button label="Load older messages" busy=older.busy() on_press=load_older /></li>
                    })}
                    <Each each=move || lines(clock, &all()) key=Line::key let:line>
                        {match line {
                            Line::Day { at, .. } => view! { <Day at=at /> },
                            Line::Activity(message) => view! { <Activity message=message /> },
                            Line::Bubble { message, first, last } => {
                                view! { <Bubble message=message first=first last=last /> }
                            }
                        }}
                    </Each>
                </ol><UnsentMessages id=id messages=messages /></div>
            </Pending>
            {move || {
                let missed = missed.get();
                (missed > 0).then(|| view! {
                    <button class="pill" type="button" on:click=move |_| to_end()>
                        {if missed == 1 { "1 new message".to_owned() } else { format!("{missed} new messages") }}
                        <Icon name="down" />
                    </button>
                })
            }}
        </div>
    }
}
