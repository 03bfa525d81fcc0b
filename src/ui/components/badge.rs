//! A short word on the state of a thing. The colour supports the word, never replaces it.

use super::Icon;
use crate::ui::prelude::*;

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    #[default]
    Neutral,
    Good,
    Waiting,
    Bad,
    Accent,
}

impl Tone {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Good => "good",
            Self::Waiting => "waiting",
            Self::Bad => "bad",
            Self::Accent => "accent",
        }
    }
}

#[component]
pub(crate) fn Badge(
    #[prop(optional)] tone: Tone,
    #[prop(optional)] icon: Option<&'static str>,
    #[prop(into)] text: String,
) -> impl IntoView {
    view! {
        <span class="badge" data-tone=tone.as_str()>
            {icon.map(|name| view! { <Icon name=name /> })}
            <span class="badge__text">{text}</span>
        </span>
    }
}
