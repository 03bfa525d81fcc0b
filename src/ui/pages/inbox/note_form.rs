//! Where a person writes a note to the team. With an `@` a colleague is named, who is found again by it.

use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    task::spawn_local,
};
use uuid::Uuid;

use crate::{
    api::{conversations::list_colleagues, notes::create_note},
    domain::{ids::ConversationId, listing::Colleague},
    texts::inbox,
    ui::{
        browser,
        components::{Button, ButtonKind, ErrorPanel},
        live::use_live,
        prelude::*,
        state::{guard::guarded, outbox::use_outbox, work::Work},
    },
};

/// The most colleagues that are offered at once.
const OFFERED: usize = 6;
/// The longest beginning of a name that is looked for.
const NAME_MAX: usize = 40;

#[component]
pub(super) fn NoteForm(id: ConversationId) -> impl IntoView {
    let (live, outbox, work) = (use_live(), use_outbox(), Work::new());
    let text = RwSignal::new(String::new());
    let team = RwSignal::new(Vec::<Colleague>::new());
    let asked = StoredValue::new(false);
    // Which of those offered is chosen by key; none when they were waved away.
    let chosen = RwSignal::new(Some(0_usize));
    // One id for one note, however often it is tried.
    let client_id = StoredValue::new(None::<Uuid>);
    let key = move || outbox.user().map(|user| format!("note-{user}-{id}"));
    let write = move |value: String| {
        if let Some(key) = untrack(key) {
            browser::keep(&key, &value);
        }
        if value.contains('@') && !asked.get_value() {
            asked.set_value(true);
            spawn_local(async move {
                if let Ok(all) = guarded(list_colleagues()).await {
                    team.try_set(all);
                }
            });
        }
        client_id.set_value(None);
        chosen.set(Some(0));
        text.set(value);
    };
    effect(move || {
        if let Some(kept) =
            key().and_then(|key| browser::recall(&key)).filter(|_| text.with_untracked(String::is_empty))
        {
            write(kept);
        }
    });
    let offered = Memo::new(move |_| {
        let Some(_) = chosen.get() else { return Vec::new() };
        text.with(|text| begun(text).map(|begun| team.with(|team| fitting(team, begun))).unwrap_or_default())
    });
    let name = move |name: &str| {
        let whole = text.with_untracked(|text| {
            let before = begun(text).map_or(text.len(), |begun| text.len() - begun.len());
            format!("{}{name} ", text.get(..before).unwrap_or_default())
        });
        write(whole);
        browser::focus("#note");
    };
    let send = move || {
        let typed = text.get_untracked();
        if typed.trim().is_empty() {
            return;
        }
        if client_id.with_value(Option::is_none) {
            client_id.set_value(browser::new_id());
        }
        work.run(create_note(id, typed.clone(), client_id.get_value()), move |_| {
            // What was typed meanwhile stays.
            if text.with_untracked(|now| *now == typed) {
                write(String::new());
            }
            live.touch_conversation(id);
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        send();
        browser::focus("#note");
    };
    let pressed = move |event: KeyboardEvent| {
        let composes = event.is_composing() || event.key_code() == 229;
        let names = offered.get_untracked();
        let at = chosen.get_untracked().unwrap_or_default();
        match event.key().as_str() {
            _ if composes => return,
            "ArrowDown" if !names.is_empty() => chosen.set(Some((at + 1) % names.len())),
            "ArrowUp" if !names.is_empty() => chosen.set(Some((at + names.len() - 1) % names.len())),
            "Escape" if !names.is_empty() => chosen.set(None),
            "Enter" | "Tab" if !names.is_empty() && !event.shift_key() => {
                if let Some(colleague) = names.get(at) {
                    name(&colleague.name);
                }
            }
            "Enter" if !event.shift_key() => send(),
            _ => return,
        }
        event.prevent_default();
    };
    let offers = move || {
        let at = chosen.get().unwrap_or_default();
        let item = |(n, colleague): (usize, Colleague)| {
            let label = colleague.name.clone();
            view! {
                <li
                    role="option"
                    class="menu__item"
                    id=format!("mention-{n}")
                    aria-selected=if n == at { "true" } else { "false" }
                    // Before the text loses the focus.
                    on:mousedown=move |event| {
                        event.prevent_default();
                        name(&colleague.name);
                    }
                >
                    <span dir="auto">{label}</span>
                </li>
            }
        };
        offered.get().into_iter().enumerate().map(item).collect_view()
    };
    let has_offers = move || offered.with(|o| !o.is_empty());
    view! {
        <div class="note-form">
            {move || work.error().get().map(|error| view! { <ErrorPanel error=error on_retry=send /> })}
            <ul class="note-form__names" id="mentions" role="listbox" aria-label=inbox::mention() hidden=move || !has_offers()>{offers}</ul>
            <form class="composer__form" on:submit=submit>
                <label class="visually-hidden" for="note">{inbox::note()}</label>
                <textarea
                    class="input composer__text"
                    id="note"
                    rows="1"
                    dir="auto"
                    placeholder=inbox::note_placeholder()
                    aria-describedby="note-hint"
                    role="combobox"
                    aria-autocomplete="list"
                    aria-controls="mentions"
                    aria-expanded=move || if has_offers() { "true" } else { "false" }
                    aria-activedescendant=move || has_offers().then(|| format!("mention-{}", chosen.get().unwrap_or_default()))
                    prop:value=move || text.get()
                    on:input=move |event| write(event_target_value(&event))
                    on:keydown=pressed
                ></textarea>
                <Button label=inbox::add_note() icon="tick" icon_only=true kind=ButtonKind::Primary submit=true busy=work.busy() />
            </form>
            <p class="composer__hint" id="note-hint">{inbox::note_hint()}</p>
        </div>
    }
}

/// What stands behind the last `@`, if it may be the beginning of a name.
fn begun(text: &str) -> Option<&str> {
    let (before, begun) = text.rsplit_once('@')?;
    let is_word = before.chars().next_back().is_none_or(|c| !c.is_ascii_alphanumeric());
    (is_word && begun.len() <= NAME_MAX && !begun.contains('\n')).then_some(begun)
}

/// Who is called so.
fn fitting(team: &[Colleague], begun: &str) -> Vec<Colleague> {
    let begun = browser::lower(begun);
    let fits = |c: &&Colleague| {
        let name = browser::lower(&c.name);
        name.starts_with(&begun) && name.len() > begun.len()
            || name.split(' ').any(|part| !begun.is_empty() && part.starts_with(&begun) && part.len() > begun.len())
    };
    team.iter().filter(fits).take(OFFERED).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::begun;

    #[test]
    fn an_address_names_nobody() {
        assert_eq!(begun("Ask @An"), Some("An"));
        assert_eq!(begun("@"), Some(""));
        assert_eq!(begun("(@Ann Le"), Some("Ann Le"));
        assert_eq!(begun("ann@example"), None);
        assert_eq!(begun("nobody"), None);
        assert_eq!(begun("@Ann\nand more"), None);
    }
}
