//! A button that shows at once that it works, and cannot be pressed twice.

use leptos::ev::{KeyboardEvent, MouseEvent};

use super::Icon;
use crate::ui::prelude::*;

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ButtonKind {
    #[default]
    Secondary,
    Primary,
    Danger,
    /// Without a frame, for what stands beside something.
    Quiet,
}

impl ButtonKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Secondary => "button",
            Self::Primary => "button button--primary",
            Self::Danger => "button button--danger",
            Self::Quiet => "button button--quiet",
        }
    }
}

#[component]
pub(crate) fn Button(
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] icon: Option<&'static str>,
    /// Shows the icon alone; the label is read out and stands in the tooltip.
    #[prop(optional)]
    icon_only: bool,
    /// Sends the form it stands in.
    #[prop(optional)]
    submit: bool,
    /// Its work is in progress. It keeps the focus, but does nothing.
    #[prop(optional, into)]
    busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] on_press: Option<Callback<()>>,
) -> impl IntoView {
    let press = move |event: MouseEvent| {
        if busy.get_untracked() {
            event.prevent_default();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    // A key that is held down presses once.
    let held = move |event: KeyboardEvent| {
        if event.repeat() && event.key() == "Enter" {
            event.prevent_default();
        }
    };
    view! {
        <button
            class=kind.class()
            class:button--icon=icon_only
            type=if submit { "submit" } else { "button" }
            disabled=move || disabled.get()
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || busy.get().then_some("true")
            title=move || icon_only.then(|| label.get())
            on:click=press
            on:keydown=held
        >
            {icon.map(|name| view! { <Icon name=name /> })}
            <span class:visually-hidden=icon_only>{move || label.get()}</span>
        </button>
    }
}
