//! The messages of a conversation. New ones never move what is being read.

use leptos::html;

use super::{
    activity::{Activity, Day},
    bubble::Bubble,
    known::Known,
    lines::{Line, lines},
    unsent::UnsentMessages,
};
use crate::{
    api::messages::list_messages,
    domain::{
        ids::ConversationId,
        message::{Author, Message},
    },
    texts::inbox,
    ui::{
        browser,
        components::{Button, EachLive, ErrorPanel, Icon, Pending, Skeleton},
        prelude::*,
        state::{at_end::AtEnd, clock::use_clock, data::Data, outbox::use_outbox, work::Work},
    },
};

/// How many pages are loaded by themselves to fill a hole. What is longer is shown as one.
const FILLED: u32 = 6;

#[component]
pub(super) fn Messages(id: ConversationId, messages: Data<Vec<Message>>) -> impl IntoView {
    let clock = use_clock();
    let log = NodeRef::<html::Div>::new();
    let known = RwSignal::new(Known::default());
    let (older, filling) = (Work::new(), Work::new());
    // Up to which place everything was seen; what is beyond is news.
    let seen = RwSignal::new(None::<i64>);
    let at_end = AtEnd::follow(log, Some(".composer"));
    let shown = move || {
        let kept = known.get();
        messages.with(|m| match m {
            Some(Ok(news)) if kept == Known::default() => {
                let mut first = Known::default();
                first.join(news, None);
                first
            }
            _ => kept,
        })
    };
    let missed = move || match seen.get() {
        // What one has written oneself is no news, nor is what happened to the conversation.
        Some(seen) => {
            known.with(|k| k.messages.iter().filter(|m| m.seq > seen && !m.mine && m.author != Author::System).count())
        }
        None => 0,
    };
    let see_all = move || seen.set(known.with_untracked(Known::newest));
    let to_end = move || {
        see_all();
        at_end.go();
    };
    // The author wants to see it and its state.
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
    // What is before a place, of which a hole may be left.
    let load_before = move |work: Work, before: i64, done: Box<dyn FnOnce()>| {
        work.run(list_messages(id, Some(before)), move |page| {
            if at_end.is_there() {
                known.update(|known| known.join(&page, Some(before)));
                to_end();
            } else {
                // What is on the screen stays where it is.
                browser::keep_place(log.get_untracked().map(Into::into));
                known.update(|known| known.join(&page, Some(before)));
            }
            done();
        });
    };
    let fill = StoredValue::new(None::<Callback<u32>>);
    fill.set_value(Some(Callback::new(move |pages: u32| {
        let Some(hole) = known.with_untracked(Known::newest_hole).filter(|_| pages < FILLED) else { return };
        let next = move || {
            if let Some(fill) = fill.try_get_value().flatten() {
                fill.run(pages + 1);
            }
        };
        load_before(filling, hole, Box::new(next));
    })));
    effect(move || {
        let is_known = messages.with(|m| match m {
            Some(Ok(news)) => {
                known.update(|known| known.join(news, None));
                true
            }
            _ => false,
        });
        if !is_known {
            return;
        }
        if at_end.is_there() {
            to_end();
        }
        if let Some(fill) = fill.get_value() {
            fill.run(0);
        }
    });
    let scrolled = move |_| {
        if at_end.look() {
            see_all();
        }
    };
    let load_more = Callback::new(move |below: i64| {
        let hole = known.with_untracked(|k| k.hole_after(below));
        if let Some(hole) = hole {
            load_before(if below > 0 { filling } else { older }, hole, Box::new(|| {}));
        }
    });
    view! {
        <div class="thread__middle">
            <Pending fallback=|| view! { <Skeleton shape="bubbles" count=6 /> }>
                {move || {
                    messages.get().and_then(Result::err).map(|e| view! { <ErrorPanel error=e on_retry=move || messages.refetch() /> })
                }}
                // A tick that changes is not read out; a new line is.
                <div
                    class="thread__log"
                    node_ref=log
                    role="log"
                    aria-label=inbox::messages()
                    aria-relevant="additions"
                    tabindex="0"
                    on:scroll=scrolled
                ><ol class="log">
                    <EachLive each=move || lines(clock, &shown()) key=Line::key let:line>
                        {
                            let this = line.get_untracked();
                            match this {
                                Line::More { below } if below > 0 => {
                                    view! { <More below=below work=filling on_press=load_more /> }
                                }
                                Line::More { below } => view! { <More below=below work=older on_press=load_more /> },
                                Line::Day { at, .. } => view! { <Day at=at /> },
                                Line::Activity(message) => view! { <Activity message=message /> },
                                Line::Bubble { .. } => view! { <Bubble line=line /> },
                            }
                        }
                    </EachLive>
                </ol><UnsentMessages id=id messages=messages /></div>
            </Pending>
            {move || {
                let missed = missed();
                (missed > 0).then(|| view! {
                    <button class="pill" type="button" on:click=move |_| to_end()>
                        {inbox::new_messages(i64::try_from(missed).unwrap_or(i64::MAX))}
                        <Icon name="down" />
                    </button>
                })
            }}
        </div>
    }
}

/// Where something is not loaded: further up, or between two messages.
#[component]
fn More(
    /// The place of the message below which it is missing; 0: there is none.
    below: i64,
    work: Work,
    on_press: Callback<i64>,
) -> impl IntoView {
    let is_hole = below > 0;
    let label = if is_hole { inbox::load_between() } else { inbox::load_older() };
    view! {
        <li class="activity">
            {is_hole.then(|| view! { <p>{inbox::hole()}</p> })}
            <Button label=label busy=work.busy() on_press=move || on_press.run(below) />
            {move || work.error().get().map(|e| view! { <ErrorPanel error=e on_retry=move || on_press.run(below) /> })}
        </li>
    }
}
