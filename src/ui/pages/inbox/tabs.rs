//! Whose conversations are listed, with how many there are: mine, nobody's, everybody's.

use std::time::Duration;

use leptos::task::spawn_local;

use super::{
    filter_menu::FilterMenu,
    filters::FilterLink,
    listed::Listed,
    place::{Filter, use_place},
};
use crate::{
    api::conversations::count_conversations,
    domain::listing::{Counts, Whose},
    texts::{self, Words, inbox},
    ui::{prelude::*, state::guard::guarded},
};

/// How long changes are gathered before they are counted again: in a busy inbox something changes all the time.
const GATHER: Duration = Duration::from_secs(1);

type Count = fn(&Counts) -> i64;

const TABS: [(Option<Whose>, Words, Count); 3] = [
    (Some(Whose::Mine), inbox::mine, |c| c.mine),
    (Some(Whose::Nobody), inbox::unassigned, |c| c.unassigned),
    (None, inbox::all, |c| c.all),
];

#[component]
pub(super) fn Tabs(listed: Listed) -> impl IntoView {
    let place = use_place();
    // The other filters, to which the counts belong.
    let others = Memo::new(move |_| Filter { assignee: None, ..place.filter.get() });
    let counts = RwSignal::new(None::<(Filter, Counts)>);
    let ask = move || {
        let Some(filter) = others.try_get_untracked() else { return };
        spawn_local(async move {
            // Nothing hangs on it: the next change asks again.
            if let Ok(found) = guarded(count_conversations(filter)).await {
                counts.try_set(Some((filter, found)));
            }
        });
    };
    effect(move || {
        others.track();
        ask();
    });
    let gathers = StoredValue::new(false);
    effect(move || {
        if listed.renewed() == 0 || gathers.get_value() {
            return;
        }
        gathers.set_value(true);
        set_timeout(
            move || {
                if gathers.try_set_value(false).is_none() {
                    ask();
                }
            },
            GATHER,
        );
    });
    let tabs = TABS
        .into_iter()
        .map(|(assignee, label, of)| {
            let count = move || {
                counts.with(|c| c.as_ref().filter(|(f, _)| *f == others.get()).map(|(_, counts)| shown(of(counts))))
            };
            view! { <FilterLink label=label() count=Signal::derive(count) change=move |f: Filter| Filter { assignee, ..f } /> }
        })
        .collect_view();
    view! { <div class="filters__group filters__group--tabs">{tabs} <FilterMenu /></div> }
}

/// A number as people read it, exact to a thousand.
fn shown(count: i64) -> String {
    if count > 1000 { format!("{}+", texts::number(1000)) } else { texts::number(count) }
}
