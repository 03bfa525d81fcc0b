//! Deletes an integration: counts what goes with it, asks what should become of its conversations, and says afterwards what
//! is left to do at Meta's.

use super::desk::Desk;
use crate::{
    api::whatsapp::{delete_integration, preview_integration_removal},
    domain::integration::{ConversationsFate, Removal, RemovalPreview},
    texts::{Words, integrations, shell},
    ui::{
        components::{Button, ButtonKind, Dialog, ErrorPanel, Pending, Skeleton},
        live::use_live,
        prelude::*,
        state::{data::load, guard::guarded, toasts::use_toasts, work::Work},
    },
};

const FATES: [(ConversationsFate, Words, Words); 2] = [
    (ConversationsFate::Keep, integrations::keep_conversations, integrations::keep_conversations_text),
    (ConversationsFate::Erase, integrations::erase_conversations, integrations::erase_conversations_text),
];

#[component]
pub(super) fn DeleteDialog(desk: Desk) -> impl IntoView {
    let removal = RwSignal::new(None::<Removal>);
    let title = Signal::derive(move || {
        if removal.with(Option::is_some) {
            integrations::deleted_title(&desk.name())
        } else {
            integrations::delete_title(&desk.name())
        }
    });
    effect(move || {
        if desk.delete.get() && removal.with_untracked(Option::is_some) {
            removal.set(None);
        }
    });
    view! {
        <Dialog open=desk.delete title=title>
            {move || match removal.get() {
                None => view! { <Question desk=desk removal=removal /> },
                Some(removal) => view! { <Rest removal=removal on_done=move || desk.delete.set(false) /> },
            }}
        </Dialog>
    }
}

#[component]
fn Question(desk: Desk, removal: RwSignal<Option<Removal>>) -> impl IntoView {
    let fate = RwSignal::new(ConversationsFate::Keep);
    let work = Work::new();
    let (live, toasts) = (use_live(), use_toasts());
    let delete = move || {
        let Some(id) = desk.id() else { return };
        let done = untrack(move || integrations::deleted(&desk.name()));
        work.run(delete_integration(id, fate.get_untracked()), move |outcome| {
            toasts.success(done);
            live.touch_integrations();
            if outcome.remaining.is_empty() { desk.delete.set(false) } else { removal.set(Some(outcome)) }
        });
    };
    let choice = move |(value, label, hint): (ConversationsFate, Words, Words)| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="fate"
                    value=value.as_str()
                    prop:checked=move || fate.get() == value
                    on:change=move |_| fate.set(value)
                />
                <span><strong>{label()}</strong><br />{hint()}</span>
            </label>
        }
    };
    view! {
        <Consequences desk=desk />
        <fieldset class="choices"><legend>{integrations::its_conversations()}</legend>{FATES.map(choice).collect_view()}</fieldset>
        {move || work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
        <div class="dialog__actions">
            <Button label=shell::cancel() on_press=move || desk.delete.set(false) />
            <Button label=shell::delete() kind=ButtonKind::Danger busy=work.busy() on_press=delete />
        </div>
    }
}

#[component]
fn Consequences(desk: Desk) -> impl IntoView {
    let id = desk.id().unwrap_or_default();
    let preview = load(|| (), move |()| guarded(preview_integration_removal(id)));
    view! {
        <p>{integrations::delete_text()}</p>
        <Pending fallback=|| view! { <Skeleton shape="rows" count=1 /> }>
            {move || preview.get().map(|found| match found {
                Ok(found) => view! { <ul class="bullets">{sentences(found).into_iter().map(|s| view! { <li>{s}</li> }).collect_view()}</ul> },
                Err(error) => view! { <ErrorPanel error=error on_retry=move || preview.refetch() /> },
            })}
        </Pending>
    }
}

/// What goes along, counted.
fn sentences(preview: RemovalPreview) -> Vec<String> {
    let RemovalPreview { conversations, messages, queued, waiting } = preview;
    let conversations = integrations::count_conversations(conversations);
    let mut all = vec![integrations::has_conversations(&conversations, &integrations::count_messages(messages))];
    if queued > 0 {
        all.push(integrations::withdrawn(&integrations::count_messages(queued)));
    }
    if waiting > 0 {
        all.push(integrations::dropped(&integrations::count_webhooks(waiting)));
    }
    all
}

#[component]
fn Rest(removal: Removal, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    view! {
        <p>{integrations::rest_title()}</p>
        <ul class="bullets">{removal.remaining.into_iter().map(|s| view! { <li>{s}</li> }).collect_view()}</ul>
        <div class="dialog__actions"><Button label=shell::done() kind=ButtonKind::Primary on_press=on_done /></div>
    }
}

#[cfg(test)]
mod tests {
    use super::sentences;
    use crate::domain::integration::RemovalPreview;

    #[test]
    fn counts_what_goes_along() {
        let preview = RemovalPreview { conversations: 1204, messages: 1, queued: 2, waiting: 0 };
        let expected = ["It has 1,204 conversations with 1 message.", "Not sent yet, and withdrawn now: 2 messages."];
        assert_eq!(sentences(preview), expected);
    }
}
