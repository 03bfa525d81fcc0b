//! A moment in time, in the reader's own zone.

use crate::{
    domain::Millis,
    ui::{
        prelude::*,
        state::clock::{iso, use_clock},
    },
};

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum MomentStyle {
    /// Date and time.
    #[default]
    Full,
    /// The time of day.
    Time,
    /// As short as a list wants it.
    Short,
}

#[component]
pub(crate) fn Moment(at: Millis, #[prop(optional)] style: MomentStyle) -> impl IntoView {
    let clock = use_clock();
    let text = move || match style {
        MomentStyle::Full => clock.full(at),
        MomentStyle::Time => clock.time(at),
        MomentStyle::Short => clock.short(at),
    };
    let title = move || (style != MomentStyle::Full && clock.is_known()).then(|| clock.full(at));
    view! { <time class="moment" datetime=iso(at) title=title>{move || text()}</time> }
}
