//! What a message holds, inside of its bubble.

use crate::{
    domain::content::{Content, Kind},
    texts::inbox,
    ui::prelude::*,
};

/// The parts of a bubble: its words, what it is beyond them, and a note on what cannot be shown.
pub(crate) fn content_view(content: &Content, note: Option<String>) -> AnyView {
    let text = Some(content.text.clone()).filter(|text| !text.is_empty());
    view! {
        {text.map(|text| view! { <span class="bubble__text" dir="auto">{text}</span> })}
        {match &content.kind {
            Kind::Location(place) => Some(view! {
                <a class="bubble__text" href=place.map_url() target="_blank" rel="noreferrer noopener">
                    {inbox::show_on_map()}
                    <span class="visually-hidden">" " {inbox::map_opens()}</span>
                </a>
            }),
            _ => None,
        }}
        {note.map(|note| view! { <span class="bubble__text bubble__text--note" dir="auto">{note}</span> })}
    }
    .into_any()
}
