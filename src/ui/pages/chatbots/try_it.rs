//! Asks the chatbot something, as a customer would. Nothing is sent or stored.

use leptos::{ev::SubmitEvent, html};

use crate::{
    api::chatbots::try_chatbot,
    domain::{
        chatbot::{Outcome, TryAnswer},
        conversation::HandOver,
        ids::ChatbotId,
    },
    texts::chatbots,
    ui::{
        browser,
        components::{Button, ButtonKind, Each, ErrorPanel, content_view},
        prelude::*,
        state::work::Work,
    },
};

#[component]
pub(super) fn TryIt(chatbot_id: ChatbotId) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let asked = RwSignal::new(Vec::<(usize, String, TryAnswer)>::new());
    let work = Work::new();
    let log = NodeRef::<html::Div>::new();
    // The answer is scrolled into view as soon as it is drawn: that may take a frame of its own.
    let show = move || {
        if let Some(log) = log.try_get_untracked().flatten() {
            log.set_scroll_top(log.scroll_height());
        }
        if asked.try_with_untracked(|a| !a.is_empty()) == Some(true) {
            browser::keep_in_view(".try-it__form");
        }
    };
    effect(move || {
        asked.track();
        request_animation_frame(show);
    });
    effect(move || {
        if let Some(log) = log.get() {
            browser::watch_size(&log, show);
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let question = typed.get_untracked().trim().to_owned();
        if question.is_empty() {
            return;
        }
        // Every trial goes on with the conversation, as a customer would.
        let (greeted, misses) = asked.with_untracked(|asked| {
            let greeted = asked.iter().any(|(.., a)| !a.contents.is_empty());
            (greeted, asked.last().map_or(0, |(.., a)| a.misses))
        });
        work.run(try_chatbot(chatbot_id, question.clone(), Some(greeted), Some(misses)), move |answer| {
            // What was typed meanwhile stays.
            typed.update(|typed| {
                if typed.trim() == question {
                    typed.clear();
                }
            });
            asked.update(|a| a.push((a.len(), question, answer)));
        });
    };
    view! {
        <section class="panel try-it" aria-labelledby="try-title">
            <h2 class="panel__title" id="try-title">{chatbots::try_it()}</h2>
            <div class="try-it__log" node_ref=log role="log" aria-label=chatbots::trial_answers() tabindex="0"><ol class="log">
                <Each each=move || asked.get() key=|(n, ..): &(usize, String, TryAnswer)| n.to_string() let:entry>
                    <Exchange question=entry.1 answer=entry.2 />
                </Each>
            </ol></div>
            {move || {
                asked.with(Vec::is_empty).then(|| view! {
                    <p class="panel__note">{chatbots::try_text()}</p>
                })
            }}
            {move || work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
            <form class="try-it__form" on:submit=submit>
                <label class="visually-hidden" for="try-question">{chatbots::ask_label()}</label>
                <input
                    class="input"
                    id="try-question"
                    dir="auto"
                    autocomplete="off"
                    placeholder=chatbots::ask_placeholder()
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                />
                <Button label=chatbots::ask() icon="send" icon_only=true kind=ButtonKind::Primary submit=true busy=work.busy() />
            </form>
        </section>
    }
}

#[component]
fn Exchange(question: String, answer: TryAnswer) -> impl IntoView {
    let sure = percent(answer.confidence);
    let why = match (answer.outcome, answer.question, answer.reason) {
        (Outcome::Answer, found, _) => chatbots::found_under(&found.unwrap_or_default(), &sure),
        (Outcome::SmallTalk, ..) => chatbots::small_talk().to_owned(),
        (Outcome::Silence, ..) => chatbots::silence().to_owned(),
        (Outcome::Fallback, ..) if sure > 0 => chatbots::fallback_best(&sure),
        (Outcome::Fallback, ..) => chatbots::fallback_none().to_owned(),
        (Outcome::HandOver, _, Some(HandOver::Asked)) => chatbots::asked_for_person().to_owned(),
        (Outcome::HandOver, ..) => chatbots::missed_twice().to_owned(),
    };
    let said = answer.contents;
    let last = said.len().checked_sub(1);
    view! {
        <li class="bubble bubble--in" dir="auto">{question}</li>
        {said.iter().enumerate().map(|(n, content)| view! {
            <li class="bubble bubble--out" dir="auto">
                {content_view(content, None)}
                {(Some(n) == last).then(|| view! { <span class="bubble__meta">{why.clone()}</span> })}
            </li>
        }).collect_view()}
        {said.is_empty().then(|| view! { <li class="panel__note">{why}</li> })}
    }
}

/// Whole percents. (Formatting a float would bring 15 KB of code along.)
#[expect(clippy::cast_possible_truncation, reason = "a confidence is between 0 and 1")]
fn percent(confidence: f32) -> i32 {
    (confidence * 100.0).round() as i32
}
