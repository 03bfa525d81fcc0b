//! Name, greeting, fallback and small talk of a chatbot.

use leptos::ev::SubmitEvent;

use crate::{
    api::chatbots::update_chatbot,
    domain::chatbot::{Chatbot, ChatbotFields},
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
        (30, "After 30 minutes"),
        (60, "After an hour"),
        (240, "After 4 hours"),
        (720, "After 12 hours"),
        (1440, "After a day"),
        (4320, "After 3 days"),
    ]
    .map(|(minutes, label)| (minutes, label.to_owned()))
    .into();
    if set > 0 && times.iter().all(|(minutes, _)| *minutes != set) {
        times.push((set, format!("After {set} minutes")));
        times.sort_unstable();
    }
    times.push((0, "Only when somebody resolves them or gives them back".to_owned()));
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
            toasts.success("Saved.");
        });
    };
    view! {
        <section class="panel" aria-labelledby="settings-title">
            <h2 class="panel__title" id="settings-title">"What it says"</h2>
            <form class="form" on:submit=submit>
                <fieldset class="form__fields" disabled=move || !manages.get()>
                    <Field id="name" label="Name" value=typed required=true error=work.field_error("name") />
                    <TextArea
                        id="greeting"
                        label="Greeting"
                        value=greeting
                        hint="Said once, before the first answer of a conversation or in reply to a first hello. Leave it empty to say nothing."
                        error=work.field_error("greeting")
                    />
                    <TextArea
                        id="fallback"
                        label="Fallback"
                        value=fallback
                        hint="Said when the chatbot does not know the answer. The second time in a row people take over."
                        error=work.field_error("fallback")
                    />
                    <TextArea
                        id="person"
                        label="When people take over"
                        value=person
                        hint="Said when a customer asks for a person, or the answer was not known twice. Empty: “A colleague will answer you here.”, in the customer's language. A dash (–) says nothing."
                        error=work.field_error("person")
                    />
                    <SmallTalk hello=hello thanks=thanks goodbye=goodbye insult=insult work=work />
                    <Select
                        id="idle"
                        label="Conversations that people have taken go back to it"
                        value=idle
                        options=idle_times
                        hint="Counted from the last word of somebody in your team. What nobody answered it answers then, and whoever was promised a person stays under Unanswered."
                    />
                    {move || {
                        work.error_beside(&["name", "greeting", "fallback", "hello", "thanks", "goodbye", "insult", "person"]).get().map(|e| view! { <ErrorPanel error=e /> })
                    }}
                    {move || manages.get().then(|| view! {
                        <div><Button label="Save" kind=ButtonKind::Primary submit=true busy=work.busy() /></div>
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
            <summary>"Small talk"</summary>
            <p class="field__hint">
                "Greetings, thanks and goodbyes are answered in the customer's language. Words of your own take the place of the built-in ones, in every language; a dash (–) says nothing."
            </p>
            <TextArea id="hello" label="To a hello" value=hello rows=2 hint="Empty: “Hello! How can I help you?”" error=work.field_error("hello") />
            <TextArea id="thanks" label="To thanks" value=thanks rows=2 hint="Empty: “You are welcome!”" error=work.field_error("thanks") />
            <TextArea id="goodbye" label="To a goodbye" value=goodbye rows=2 hint="Empty: “Goodbye, and take care!”" error=work.field_error("goodbye") />
            <TextArea
                id="insult"
                label="To an insult"
                value=insult
                rows=2
                hint="Empty: one calm line that offers a person."
                error=work.field_error("insult")
            />
        </details>
    }
}
