//! Filters with many choices, a colleague or a label: what is chosen stands as a chip, the choice is a menu that asks when it is
//! opened.

use leptos::task::spawn_local;

use super::place::{Filter, use_place};
use crate::{
    api::{conversations::list_colleagues, labels::list_labels},
    domain::{
        label::Label,
        listing::{Colleague, Whose},
        role::Permission,
    },
    error::ApiResult,
    texts::inbox,
    ui::{
        components::{ErrorPanel, Icon, LabelTag, Pending, Skeleton},
        prelude::*,
        state::{guard::guarded, session::use_session},
    },
};

const MENU: &str = "filter-menu";

type Choices = (Vec<Label>, Vec<Colleague>);

async fn ask() -> ApiResult<Choices> {
    Ok((guarded(list_labels()).await?, guarded(list_colleagues()).await?))
}

/// A native popover of links: each view has an address.
#[component]
pub(super) fn FilterMenu() -> impl IntoView {
    let place = use_place();
    let manages = use_session().may(Permission::ManageLabels);
    let (asked, found) = (RwSignal::new(false), RwSignal::new(None::<ApiResult<Choices>>));
    let look = move || {
        asked.set(true);
        spawn_local(async move {
            let answer = ask().await;
            found.try_set(Some(answer));
        });
    };
    // What an address names that was opened from elsewhere has to be asked for to be shown.
    effect(move || {
        let filter = place.filter.get();
        let is_named = filter.label.is_some() || matches!(filter.assignee, Some(Whose::Person(_)));
        if is_named && !asked.get_untracked() {
            look();
        }
    });
    let chosen = move || {
        let filter = place.filter.get();
        let open = place.open.get();
        let known = found.get().and_then(Result::ok);
        let label = filter.label.map(|id| {
            let found = known.as_ref().and_then(|(labels, _)| labels.iter().find(|l| l.id == id).cloned());
            let what = found.map_or_else(|| inbox::labels().into_any(), |l| view! { <LabelTag label=l /> });
            chip(what, Filter { label: None, ..filter }.href(open))
        });
        let person = match filter.assignee {
            Some(Whose::Person(id)) => {
                let found = known.as_ref().and_then(|(_, team)| team.iter().find(|c| c.id == id).cloned());
                let name = found.map_or_else(|| inbox::a_colleague().to_owned(), |c| c.name);
                Some(chip(view! { <span dir="auto">{name}</span> }, Filter { assignee: None, ..filter }.href(open)))
            }
            _ => None,
        };
        view! { {label} {person} }
    };
    let item = move |what: AnyView, change: Filter, is_on: bool| {
        let href = change.href(place.open.get());
        view! { <a class="menu__item" href=href aria-current=is_on.then_some("true")>{is_on.then(|| view! { <Icon name="tick" /> })}{what}</a> }
    };
    let items = move |(labels, team): Choices| {
        let filter = place.filter.get();
        let labels = labels.into_iter().map(|l| {
            let is_on = filter.label == Some(l.id);
            let to = Filter { label: Some(l.id).filter(|_| !is_on), ..filter };
            item(view! { <LabelTag label=l /> }, to, is_on)
        });
        let team = team.into_iter().map(|c| {
            let whose = Some(Whose::Person(c.id));
            let is_on = filter.assignee == whose;
            let to = Filter { assignee: whose.filter(|_| !is_on), ..filter };
            item(view! { <span dir="auto">{inbox::assigned_to(&c.name)}</span> }, to, is_on)
        });
        view! { {labels.collect_view()} {team.collect_view()} }
    };
    view! {
        {chosen}
        <button class="chip filters__more" type="button" popovertarget=MENU title=inbox::more_filters() on:click=move |_| look()>
            <Icon name="tag" />
            <span class="visually-hidden">{inbox::more_filters()}</span>
        </button>
        <div class="menu" id=MENU popover="auto" role="group" aria-label=inbox::more_filters()>
            {move || match found.get() {
                None => view! { {asked.get().then(|| view! { <Skeleton shape="rows" count=2 /> })} },
                Some(Err(error)) => view! { <ErrorPanel error=error /> },
                Some(Ok(choices)) => items(choices),
            }}
            <Pending>{move || manages.get().then(|| view! { <a class="menu__item" href="/labels">{inbox::manage_labels()}</a> })}</Pending>
        </div>
    }
}

/// What is chosen, as a link that takes it away.
fn chip(what: AnyView, without: String) -> AnyView {
    view! {
        <a class="chip" href=without aria-current="true">
            {what}
            <Icon name="x" />
            <span class="visually-hidden">{inbox::take_away()}</span>
        </a>
    }
}
