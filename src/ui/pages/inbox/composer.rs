//! Where a person writes. It keeps its text whatever happens around it: reloads, failures, other conversations.

use leptos::ev::{KeyboardEvent, SubmitEvent};
use uuid::Uuid;

use crate::{
    api::messages::send_message,
    domain::conversation::{Conversation, Mode},
    ui::{
        browser,
        components::{Button, ButtonKind, ErrorPanel, Icon},
        live::use_live,
        prelude::*,
        state::{clock::use_clock, work::Work},
    },
};

#[component]
pub(super) fn Composer(
    id: Uuid,
    /// The conversation, once it is known.
    info: RwSignal<Option<Conversation>>,
) -> impl IntoView {
    let draft = StoredValue::new(format!("draft-{id}"));
    let text = RwSignal::new(String::new());
    let work = Work::new();
    let live = use_live();
    // What was sent last and under which id: repeating the same text after a failure must not send it twice.
    let attempt = StoredValue::new(None::<(String, Option<Uuid>)>);
    let blocked = Memo::new(move |_| info.with(|i| i.as_ref().and_then(|i| i.send_blocked.clone())));
    effect(move || {
        if let Some(kept) = browser::recall(&draft.get_value()) {
            text.set(kept);
        }
    });
    let write = move |value: String| {
        browser::keep(&draft.get_value(), &value);
        text.set(value);
    };
    let send = move || {
        let typed = text.get_untracked();
        if typed.trim().is_empty() || work.busy().get_untracked() || blocked.with_untracked(Option::is_some) {
            return;
        }
        let repeated = attempt.get_value().filter(|(sent, _)| *sent == typed).map(|(_, id)| id);
        let client_id = repeated.unwrap_or_else(browser::new_id);
        attempt.set_value(Some((typed.clone(), client_id)));
        text.set(String::new());
        let key = draft.get_value();
        let call = async move {
            let outcome = send_message(id, typed.clone(), client_id).await;
            // This also holds when the person has gone to another conversation meanwhile.
            match &outcome {
                Ok(_) => {
                    let rest = text.try_get_untracked().unwrap_or_default();
                    browser::keep(&key, &rest);
                }
                Err(_) => {
                    text.try_update(|rest| {
                        *rest = if rest.is_empty() { typed } else { format!("{typed}\n{rest}") };
                    });
                }
            }
            outcome
        };
        work.run(call, move |_| {
            attempt.set_value(None);
            live.touch_conversation(id);
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        send();
        browser::focus("#composer");
    };
    let key = move |event: KeyboardEvent| {
        // Enter that ends the composing of a character does not send.
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            send();
        }
    };
    let is_blocked = Signal::derive(move || blocked.with(Option::is_some));
    view! {
        <div class="composer">
            {move || work.error().get().map(|error| view! { <ErrorPanel error=error on_retry=send /> })}
            {move || blocked.get().map(|why| view! {
                <p class="notice" data-tone="waiting" id="composer-blocked"><Icon name="ban" /><span>{why}</span></p>
            })}
            <form class="composer__form" on:submit=submit>
                <label class="visually-hidden" for="composer">"Message"</label>
                <textarea
                    class="input composer__text"
                    id="composer"
                    rows="1"
                    dir="auto"
                    placeholder="Write a message…"
                    disabled=is_blocked
                    aria-describedby="composer-hint"
                    prop:value=move || text.get()
                    on:input=move |event| write(event_target_value(&event))
                    on:keydown=key
                ></textarea>
                <Button
                    label="Send"
                    icon="send"
                    icon_only=true
                    kind=ButtonKind::Primary
                    submit=true
                    busy=work.busy()
                    disabled=is_blocked
                />
            </form>
            <Hint info=info />
        </div>
    }
}

/// Who answers, and for how long free text may be sent.
#[component]
fn Hint(info: RwSignal<Option<Conversation>>) -> impl IntoView {
    let clock = use_clock();
    let mode = Memo::new(move |_| info.with(|i| i.as_ref().map(|i| i.mode)));
    let window = Memo::new(move |_| info.with(|i| i.as_ref().and_then(|i| i.window_ends_at)));
    let who = move || match mode.get() {
        Some(Mode::Bot) => "The bot is answering. Your message takes over.",
        Some(Mode::Human) => "You are answering; the bot is silent.",
        None => "",
    };
    let left = move || window.get().and_then(|ends| clock.until(ends));
    view! {
        <p class="composer__hint" id="composer-hint">
            <span>{move || who()}</span>
            {move || left().map(|left| view! {
                <span class="numeric" title="WhatsApp allows free text within 24 hours of the customer’s last message">
                    "Free text for another " {left}
                </span>
            })}
        </p>
    }
}
