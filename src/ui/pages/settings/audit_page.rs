//! Who did what, newest first, and the filters of it: they stand in the address.

use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::{audit_row::AuditLine, frame::Frame};
use crate::{
    api::{audit::list_audit_entries, people::list_people},
    domain::{
        Millis,
        audit::{AuditAction, AuditEntry, AuditPage as Entries},
        people::Member,
    },
    texts::{audit, words},
    ui::{
        components::{Button, Each, EmptyState, ErrorPanel, Icon, Pending, Select, Skeleton},
        prelude::*,
        state::{clock::use_clock, data::load, guard::guarded, work::Work},
    },
};

const DAY: Millis = 24 * 60 * 60 * 1000;

/// What is asked for, as the address says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    person: String,
    action: String,
    /// How many days back; empty: all.
    days: String,
}

impl Asked {
    fn href(&self) -> String {
        let parts = [("person", &self.person), ("action", &self.action), ("days", &self.days)];
        format!("/settings/audit{}", query(&parts))
    }

    /// The file of what is listed.
    fn file(&self, now: Option<Millis>) -> String {
        let since = self.since(now).map(|since| since.to_string()).unwrap_or_default();
        let parts = [("person", &self.person), ("action", &self.action), ("since", &since)];
        format!("/api/v1/audit/export{}", query(&parts))
    }

    fn is_any(&self) -> bool {
        *self == Self::default()
    }

    fn since(&self, now: Option<Millis>) -> Option<Millis> {
        Some(now? - self.days.parse::<Millis>().ok()?.checked_mul(DAY)?)
    }
}

/// What is given of it, as an address has it.
fn query(parts: &[(&str, &String)]) -> String {
    let given: Vec<String> =
        parts.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| format!("{key}={value}")).collect();
    format!("{}{}", if given.is_empty() { "" } else { "?" }, given.join("&"))
}

#[component]
pub(crate) fn AuditPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|q| {
            let of = |key| q.get(key).unwrap_or_default();
            Asked { person: of("person"), action: of("action"), days: of("days") }
        })
    });
    let clock = use_clock();
    let fetch = move |asked: &Asked, before: Option<String>| {
        let since = asked.since(untrack(move || clock.now()));
        let action = AuditAction::from_word(&asked.action);
        list_audit_entries(asked.person.parse().ok(), action, since, None, before)
    };
    let first = load(move || asked.get(), move |asked| guarded(fetch(&asked, None)));
    let older = RwSignal::new(None::<Entries>);
    let more = Work::new();
    effect(move || {
        // Another question has other answers.
        asked.track();
        older.set(None);
    });
    let page = move || first.get().and_then(Result::ok);
    let rows = move || {
        let mut rows = page().map(|page| page.rows).unwrap_or_default();
        rows.extend(older.get().map(|older| older.rows).unwrap_or_default());
        rows
    };
    let next = move || older.get().map_or_else(|| page().and_then(|page| page.next), |older| older.next);
    let load_more = move || {
        let Some(before) = untrack(next) else { return };
        let asking = asked.get_untracked();
        more.run(fetch(&asking, Some(before)), move |page| {
            // Something else may be asked for by now.
            if asked.get_untracked() != asking {
                return;
            }
            older.update(|older| match older {
                Some(known) => {
                    known.rows.extend(page.rows);
                    known.next = page.next;
                }
                None => *older = Some(page),
            });
        });
    };
    view! {
        <Frame title=audit::title() lead=audit::lead()>
            <Filters asked=asked />
            <p>
                <a class="button" href=move || asked.with(|asked| asked.file(clock.now())) download="audit.csv" title=audit::export_why() rel="external">
                    <Icon name="down" /><span>{audit::export()}</span>
                </a>
            </p>
            <Pending fallback=|| view! { <Skeleton shape="rows" count=6 /> }>
                {move || first.get().and_then(Result::err).map(|e| view! { <ErrorPanel error=e on_retry=move || first.refetch() /> })}
                {move || page().is_some_and(|page| page.rows.is_empty()).then(|| {
                    if asked.with(Asked::is_any) {
                        view! { <EmptyState icon="list" title=audit::none() text=audit::none_text() /> }
                    } else {
                        view! { <p class="panel__note">{audit::nothing_found()}</p> }
                    }
                })}
                <ul class="rows" aria-label=audit::title()>
                    <Each each=rows key=|e: &AuditEntry| e.id.to_string() let:entry>
                        <AuditLine entry=entry />
                    </Each>
                </ul>
                {move || more.error().get().map(|error| view! { <ErrorPanel error=error /> })}
                {move || next().map(|_| view! { <p><Button label=audit::older() busy=more.busy() on_press=load_more /></p> })}
            </Pending>
        </Frame>
    }
}

#[component]
fn Filters(asked: Memo<Asked>) -> impl IntoView {
    let people = load(|| (), |()| guarded(list_people()));
    let Asked { person, action, days } = asked.get_untracked();
    let (person, action, days) = (RwSignal::new(person), RwSignal::new(action), RwSignal::new(days));
    let navigate = StoredValue::new(use_navigate());
    // The address may change by other ways than these: the browser's own buttons, the tab above.
    effect(move || {
        let now = asked.get();
        for (choice, value) in [(person, now.person), (action, now.action), (days, now.days)] {
            if choice.with_untracked(|known| *known != value) {
                choice.set(value);
            }
        }
    });
    effect(move || {
        let chosen = Asked { person: person.get(), action: action.get(), days: days.get() };
        if chosen != asked.get_untracked() {
            let quietly = NavigateOptions { scroll: false, replace: true, ..NavigateOptions::default() };
            navigate.try_with_value(|navigate| navigate(&chosen.href(), quietly));
        }
    });
    let pair = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    let everybody = move || {
        let members = people.get().and_then(Result::ok).map(|p| p.members).unwrap_or_default();
        let named = members.into_iter().map(|Member { user_id, name, .. }| (user_id.to_string(), name));
        std::iter::once(pair("", audit::everybody())).chain(named).collect::<Vec<_>>()
    };
    let known = AuditAction::ALL.iter().filter(|action| **action != AuditAction::Newer);
    let actions: Vec<_> = std::iter::once(pair("", audit::every_action()))
        .chain(known.map(|action| pair(action.as_str(), words::audit_action(*action))))
        .collect();
    let times = vec![
        pair("", audit::any_time()),
        pair("1", audit::last_day()),
        pair("7", audit::last_week()),
        pair("30", audit::last_month()),
    ];
    view! {
        <div class="audit__filters">
            <Pending>
                <Select id="audit-person" label=audit::person() value=person options=Signal::derive(everybody) />
            </Pending>
            <Select id="audit-action" label=audit::action() value=action options=actions />
            <Select id="audit-days" label=audit::when() value=days options=times />
        </div>
    }
}
