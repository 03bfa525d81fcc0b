//! Filters with many choices, a colleague or a label: what is chosen stands as a chip, the choice is a menu that asks when it is
//! opened. What is in them comes as code of its own, for few look at them.

use super::{filter_choices::FilterChoices, place::use_place};
use crate::{
    domain::listing::Whose,
    texts::inbox,
    ui::{
        chunks::aside::{Part, show},
        components::Icon,
        prelude::*,
    },
};

const MENU: &str = "filter-menu";

/// A native popover of links: each view has an address.
#[component]
pub(super) fn FilterMenu() -> impl IntoView {
    let place = use_place();
    let wanted = RwSignal::new(false);
    let choices = FilterChoices::new(place);
    // What an address names that was opened from elsewhere has to be asked for to be shown.
    effect(move || {
        let filter = place.filter.get();
        if filter.label.is_some() || matches!(filter.assignee, Some(Whose::Person(_))) {
            wanted.set(true);
        }
    });
    let open = move |_| {
        choices.stale.set(true);
        wanted.set(true);
    };
    view! {
        {move || wanted.get().then(|| show(Part::Chosen(choices)))}
        <button class="chip filters__more" type="button" popovertarget=MENU title=inbox::more_filters() on:click=open>
            <Icon name="tag" />
            <span class="visually-hidden">{inbox::more_filters()}</span>
        </button>
        <div class="menu" id=MENU popover="auto" role="group" aria-label=inbox::more_filters()>
            {move || wanted.get().then(|| show(Part::Menu(choices)))}
        </div>
    }
}
