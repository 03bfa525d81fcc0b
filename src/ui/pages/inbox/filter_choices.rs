//! What there is to filter by, and what is chosen of it.

use leptos::task::spawn_local;

use super::place::{Filter, Place};
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

type Found = (Vec<Label>, Vec<Colleague>);

/// What both parts know.
#[derive(Clone, Copy)]
pub(crate) struct FilterChoices {
    place: Place,
    found: RwSignal<Option<ApiResult<Found>>>,
    /// It has to be asked for, again if it was before.
    pub(super) stale: RwSignal<bool>,
}

impl FilterChoices {
    pub(super) fn new(place: Place) -> Self {
        Self { place, found: RwSignal::new(None), stale: RwSignal::new(true) }
    }

    /// Asks when it is wanted.
    fn follow(self) {
        effect(move || {
            if !self.stale.get() {
                return;
            }
            self.stale.set(false);
            spawn_local(async move {
                let answer = ask().await;
                self.found.try_set(Some(answer));
            });
        });
    }
}

async fn ask() -> ApiResult<Found> {
    Ok((guarded(list_labels()).await?, guarded(list_colleagues()).await?))
}

/// What is chosen, as links that take it away.
#[component]
pub(crate) fn Chosen(choices: FilterChoices) -> impl IntoView {
    choices.follow();
    let FilterChoices { place, found, .. } = choices;
    move || {
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
    }
}

/// What can be chosen.
#[component]
pub(crate) fn FilterList(choices: FilterChoices) -> impl IntoView {
    let FilterChoices { place, found, .. } = choices;
    let manages = use_session().may(Permission::ManageLabels);
    let item = move |what: AnyView, change: Filter, is_on: bool| {
        let href = change.href(place.open.get());
        view! { <a class="menu__item" href=href aria-current=is_on.then_some("true")>{is_on.then(|| view! { <Icon name="tick" /> })}{what}</a> }
    };
    let items = move |(labels, team): Found| {
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
        {move || match found.get() {
            None => view! { <Skeleton shape="rows" count=2 /> },
            Some(Err(error)) => view! { <ErrorPanel error=error /> },
            Some(Ok(choices)) => items(choices),
        }}
        <Pending>{move || manages.get().then(|| view! { <a class="menu__item" href="/labels">{inbox::manage_labels()}</a> })}</Pending>
    }
}

fn chip(what: AnyView, without: String) -> AnyView {
    view! {
        <a class="chip" href=without aria-current="true">
            {what}
            <Icon name="x" />
            <span class="visually-hidden">{inbox::take_away()}</span>
        </a>
    }
}
