//! Where a person writes. It keeps its text whatever happens around it: reloads, other conversations. What is sent leaves it
//! at once and for good: the outbox has it then.

use leptos::ev::{KeyboardEvent, SubmitEvent};

use super::note_form::NoteForm;
use crate::{
    domain::{
        conversation::{Answering, Conversation},
        ids::ConversationId,
        message::SEND_MAX,
    },
    texts::{self, inbox, words},
    ui::{
        browser,
        components::{Button, ButtonKind, Icon},
        prelude::*,
        state::{clock::use_clock, outbox::use_outbox},
    },
};

#[component]
pub(super) fn Composer(
    id: ConversationId,
    /// The conversation, once it is known.
    info: RwSignal<Option<Conversation>>,
) -> impl IntoView {
    let outbox = use_outbox();
    let text = RwSignal::new(String::new());
    let too_long = RwSignal::new(None::<String>);
    let blocked = Memo::new(move |_| info.with(|i| i.as_ref().and_then(|i| i.send_blocked.clone())));
    // Drafts are kept for who wrote them: somebody else may sign in in this tab.
    let key = move || outbox.user().map(|user| format!("draft-{user}-{id}"));
    let write = move |value: String| {
        if let Some(key) = untrack(key) {
            browser::keep(&key, &value);
        }
        too_long.set(None);
        text.set(value);
    };
    effect(move || {
        let kept = key().and_then(|key| browser::recall(&key)).unwrap_or_default();
        write(joined(kept, text.get_untracked()));
    });
    effect(move || {
        if let Some(back) = outbox.given_back(id) {
            write(joined(back, text.get_untracked()));
            browser::focus("#composer");
        }
    });
    let send = move || {
        let typed = text.get_untracked();
        if typed.trim().is_empty() || blocked.with_untracked(Option::is_some) {
            return;
        }
        if let Some(why) = too_much(&typed) {
            return too_long.set(Some(why));
        }
        let name = info.with_untracked(|i| i.as_ref().map(|i| i.contact.name.clone()));
        if outbox.send(id, name.unwrap_or_else(|| inbox::the_customer().to_owned()), typed) {
            write(String::new());
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        send();
        browser::focus("#composer");
    };
    let pressed = move |event: KeyboardEvent| {
        // Enter that ends the composing of a character does not send. Safari tells of its end before that key, whose code is 229 then.
        let composes = event.is_composing() || event.key_code() == 229;
        if event.key() == "Enter" && !event.shift_key() && !composes {
            event.prevent_default();
            send();
        }
    };
    // To the customer, or to the team: each has its own text, so that none goes where the other is meant to go.
    let note = RwSignal::new(false);
    let mode = move |on: bool, label: &'static str, id: &'static str| {
        let pressed = move || if note.get() == on { "true" } else { "false" };
        view! {
            <button class="chip" id=id type="button" aria-pressed=pressed on:click=move |_| note.set(on)>{label}</button>
        }
    };
    let is_blocked = Signal::derive(move || blocked.with(Option::is_some));
    view! {
        <div class="composer" class:composer--note=move || note.get()>
            <div class="composer__modes" role="group" aria-label=inbox::what_to_write()>
                {mode(false, inbox::reply_mode(), "reply-mode")}
                {mode(true, inbox::note_mode(), "note-mode")}
            </div>
            <div hidden=move || !note.get()><NoteForm id=id /></div>
            <div class="composer__reply" hidden=move || note.get()>
            {move || too_long.get().map(|why| view! {
                <p class="notice" data-tone="bad" role="alert"><Icon name="alert" /><span>{why}</span></p>
            })}
            {move || blocked.get().map(|why| view! {
                <p class="notice" data-tone="waiting" id="composer-blocked"><Icon name="ban" /><span>{why}</span></p>
            })}
            <form class="composer__form" on:submit=submit>
                <label class="visually-hidden" for="composer">{inbox::message()}</label>
                <textarea
                    class="input composer__text"
                    id="composer"
                    rows="1"
                    dir="auto"
                    placeholder=inbox::placeholder()
                    disabled=move || is_blocked.get()
                    aria-describedby="composer-hint"
                    prop:value=move || text.get()
                    on:input=move |event| write(event_target_value(&event))
                    enterkeyhint="send"
                    on:keydown=pressed
                ></textarea>
                <Button
                    label=inbox::send()
                    icon="send"
                    icon_only=true
                    kind=ButtonKind::Primary
                    submit=true
                    disabled=is_blocked
                />
            </form>
            <Hint info=info />
            </div>
        </div>
    }
}

/// Why the text cannot be sent as one message, if it is too long for that.
fn too_much(text: &str) -> Option<String> {
    let length = text.trim().chars().count();
    let people_read = |number: usize| texts::number(i64::try_from(number).unwrap_or(i64::MAX));
    (length > SEND_MAX).then(|| inbox::too_long(&people_read(SEND_MAX), &people_read(length)))
}

/// What was there before, and what was written since, behind it. Neither is lost, and nothing stands there twice.
fn joined(before: String, since: String) -> String {
    if since.is_empty() || before == since {
        before
    } else if before.is_empty() || since.starts_with(&before) {
        since
    } else {
        format!("{before}\n{since}")
    }
}

/// Who answers, and for how long free text may be sent.
#[component]
fn Hint(info: RwSignal<Option<Conversation>>) -> impl IntoView {
    let clock = use_clock();
    let answering = Memo::new(move |_| {
        info.with(|i| {
            let i = i.as_ref()?;
            // Why nothing can be sent stands above.
            let takes_over = !matches!(i.answering, Answering::You | Answering::Off);
            Some((i.answering, i.answering_name.clone(), takes_over && i.send_blocked.is_none()))
        })
    });
    let window = Memo::new(move |_| info.with(|i| i.as_ref().and_then(|i| i.window_ends_at)));
    let who = move || {
        let (answering, name, takes_over) = answering.get()?;
        let sentence = (answering != Answering::Off).then(|| words::is_answering(answering, name.as_deref()))?;
        Some(if takes_over { format!("{sentence} {}", inbox::takes_over()) } else { sentence })
    };
    let left = move || window.get().and_then(|ends| clock.until(ends));
    view! {
        <p class="composer__hint" id="composer-hint">
            <span>{move || who()}</span>
            {move || left().map(|left| view! {
                <span class="numeric" title=inbox::window_title()>
                    {inbox::window()} " " {left}
                </span>
            })}
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn neither_draft_nor_what_was_typed_since_is_lost_or_doubled() {
        for (before, since, expected) in [
            ("", "", ""),
            ("draft", "", "draft"),
            ("", "typed", "typed"),
            ("draft", "draft", "draft"),
            ("draft", "draft goes on", "draft goes on"),
            ("draft", "typed", "draft\ntyped"),
        ] {
            assert_eq!(joined(before.to_owned(), since.to_owned()), expected);
        }
    }
}
