//! Name, greeting and fallback of a chatbot.

use leptos::ev::SubmitEvent;

use crate::{
    api::chatbots::update_chatbot,
    domain::chatbot::Chatbot,
    ui::{
        components::{Button, ButtonKind, ErrorPanel, Field, TextArea},
        live::use_live,
        prelude::*,
        state::{toasts::use_toasts, work::Work},
    },
};

#[component]
pub(super) fn Settings(
    chatbot: Chatbot,
    /// The name at the top of the page.
    name: RwSignal<String>,
    manages: Signal<bool>,
) -> impl IntoView {
    let id = chatbot.id;
    let typed = RwSignal::new(chatbot.name);
    let greeting = RwSignal::new(chatbot.greeting);
    let fallback = RwSignal::new(chatbot.fallback);
    let work = Work::new();
    let live = use_live();
    let toasts = use_toasts();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let call = update_chatbot(
            id,
            Some(typed.get_untracked()),
            Some(greeting.get_untracked()),
            Some(fallback.get_untracked()),
        );
        work.run(call, move |chatbot| {
            name.set(chatbot.name.clone());
            typed.set(chatbot.name);
            greeting.set(chatbot.greeting);
            fallback.set(chatbot.fallback);
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
                        hint="Said once, before the first answer of a conversation. Leave it empty to say nothing."
                        error=work.field_error("greeting")
                    />
                    <TextArea
                        id="fallback"
                        label="Fallback"
                        value=fallback
                        hint="Said when the chatbot does not know the answer."
                        error=work.field_error("fallback")
                    />
                    {move || {
                        work.error_beside(&["name", "greeting", "fallback"]).get().map(|e| view! { <ErrorPanel error=e /> })
                    }}
                    {move || manages.get().then(|| view! {
                        <div><Button label="Save" kind=ButtonKind::Primary submit=true busy=work.busy() /></div>
                    })}
                </fieldset>
            </form>
        </section>
    }
}
