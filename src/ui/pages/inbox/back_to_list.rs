//! On a phone a conversation, or what holds its place while it comes, takes the list's place: this is the way back.

use super::place::use_place;
use crate::{
    texts::inbox,
    ui::{components::BackLink, prelude::*},
};

#[component]
pub(crate) fn BackToList() -> impl IntoView {
    let place = use_place();
    view! {
        <BackLink
            class="button button--quiet button--icon thread__back"
            href=Signal::derive(move || place.filter.get().href(None))
            label=inbox::back_to_list()
            icon_only=true
        />
    }
}
