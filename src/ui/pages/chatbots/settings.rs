//! Name, greeting, fallback and small talk of a chatbot.

use leptos::ev::SubmitEvent;

use crate::{
    api::chatbots::update_chatbot,
    domain::chatbot::{Chatbot, ChatbotFields},
    texts::{chatbots, shell},
    ui::{
        components::{Button, ButtonKind, ErrorPanel, Field, Select, TextArea},
        live::use_live,
        prelude::*,
        state::{toasts::use_toasts, unsaved::hold, work::Work},
    },
};

/// The idle times to choose from, with the one that is set by the API, should it be another.
fn idle_times(set: i64) -> Vec<(String, String)> {
    let mut times: Vec<(i64, String)> = [
        (30, chatbots::half_an_hour()),
        (60, chatbots::an_hour()),
        (240, chatbots::four_hours()),
        (720, chatbots::twelve_hours()),
        (1440, chatbots::a_day()),
        (4320, chatbots::three_days()),
    ]
    .map(|(minutes, label)| (minutes, label.to_owned()))
    .into();
    if set > 0 && times.iter().all(|(minutes, _)| *minutes != set) {
        times.push((set, chatbots::after_minutes(set)));
        times.sort_unstable();
    }
    times.push((0, chatbots::never_idle().to_owned()));
    times.into_iter().map(|(minutes, label)| (minutes.to_string(), label)).collect()
}

/// What the fields of the form hold, in their order.
fn words(chatbot: Chatbot) -> [String; 9] {
    let Chatbot { name, greeting, fallback, small_talk: talk, idle_minutes, .. } = chatbot;
    let idle = idle_minutes.to_string();
    [name, greeting, fallback, talk.hello, talk.thanks, talk.goodbye, talk.insult, talk.person, idle]
}

#[component]
pub(super) fn Settings(
    chatbot: Chatbot,
    /// The name at the top of the page.
    name: RwSignal<String>,
    manages: Signal<bool>,
) -> impl IntoView {
    let id = chatbot.id;
    let idle_times = idle_times(chatbot.idle_minutes);
    let stored = words(chatbot);
    let fields = stored.clone().map(RwSignal::new);
    let [typed, greeting, fallback, hello, thanks, goodbye, insult, person, idle] = fields;
    let saved = StoredValue::new(stored);
    hold(move || saved.with_value(|s| s.iter().zip(fields).any(|(s, now)| now.with(|n| n != s))));
    let work = Work::new();
    let live = use_live();
    let toasts = use_toasts();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let asked = fields.map(|field| field.get_untracked());
        let [name_now, greeting, fallback, hello, thanks, goodbye, insult, person, idle] = asked.clone();
        let sent = ChatbotFields {
            name: Some(name_now),
            greeting: Some(greeting),
            fallback: Some(fallback),
            hello: Some(hello),
            thanks: Some(thanks),
            goodbye: Some(goodbye),
            insult: Some(insult),
            person: Some(person),
            idle_minutes: Some(idle.parse().unwrap_or_default()),
        };
        work.run(update_chatbot(id, sent), move |chatbot| {
            name.set(chatbot.name.clone());
            let stored = words(chatbot);
            for ((field, sent), stored) in fields.into_iter().zip(asked).zip(&stored) {
                // What was typed meanwhile stays, and is not saved yet.
                if field.with_untracked(|now| *now == sent) {
                    field.set(stored.clone());
                }
            }
            saved.set_value(stored);
            live.touch_chatbots();
            toasts.success(chatbots::saved());
        });
    };
    view! {
        <section class="panel" aria-labelledby="settings-title">
            <h2 class="panel__title" id="settings-title">{chatbots::settings()}</h2>
            <form class="form" on:submit=submit>
                <fieldset class="form__fields" disabled=move || !manages.get()>
                    <Field id="name" label=chatbots::name() value=typed required=true error=work.field_error("name") />
                    <TextArea
                        id="greeting"
                        label=chatbots::greeting()
                        value=greeting
                        hint=chatbots::greeting_hint()
                        error=work.field_error("greeting")
                    />
                    <TextArea
                        id="fallback"
                        label=chatbots::fallback()
                        value=fallback
                        hint=chatbots::fallback_hint()
                        error=work.field_error("fallback")
                    />
                    <TextArea
                        id="person"
                        label=chatbots::person()
                        value=person
                        hint=chatbots::person_hint()
                        error=work.field_error("person")
                    />
                    <SmallTalk hello=hello thanks=thanks goodbye=goodbye insult=insult work=work />
                    <Select
                        id="idle"
                        label=chatbots::idle()
                        value=idle
                        options=idle_times
                        hint=chatbots::idle_hint()
                    />
                    {move || {
                        work.error_beside(&["name", "greeting", "fallback", "hello", "thanks", "goodbye", "insult", "person"]).get().map(|e| view! { <ErrorPanel error=e /> })
                    }}
                    {move || manages.get().then(|| view! {
                        <div><Button label=shell::save() kind=ButtonKind::Primary submit=true busy=work.busy() /></div>
                    })}
                </fieldset>
            </form>
        </section>
    }
}

/// Words of one's own for small talk, folded away: the built-in ones do for most.
#[component]
fn SmallTalk(
    hello: RwSignal<String>,
    thanks: RwSignal<String>,
    goodbye: RwSignal<String>,
    insult: RwSignal<String>,
    work: Work,
) -> impl IntoView {
    view! {
        <details class="disclosure">
            <summary>{chatbots::small_talk()}</summary>
            <p class="field__hint">
                {chatbots::small_talk_text()}
            </p>
            <TextArea id="hello" label=chatbots::hello() value=hello rows=2 hint=chatbots::hello_hint() error=work.field_error("hello") />
            <TextArea id="thanks" label=chatbots::thanks() value=thanks rows=2 hint=chatbots::thanks_hint() error=work.field_error("thanks") />
            <TextArea id="goodbye" label=chatbots::goodbye() value=goodbye rows=2 hint=chatbots::goodbye_hint() error=work.field_error("goodbye") />
            <TextArea
                id="insult"
                label=chatbots::insult()
                value=insult
                rows=2
                hint=chatbots::insult_hint()
                error=work.field_error("insult")
            />
        </details>
    }
}
