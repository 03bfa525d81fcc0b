//! A modal dialog on the browser's own `<dialog>`: it traps the focus and gives it back. Escape and a press beside it close
//! it, unless something would be lost that was typed in it: then they ask.

use leptos::{
    ev::{Event, MouseEvent},
    html,
};

use super::{Button, ButtonKind};
use crate::{
    texts::shell,
    ui::{
        browser,
        prelude::*,
        state::unsaved::{Scope, use_unsaved},
    },
};

/// Told by what takes the place of something else in an open dialog: the reader is led to its head again.
pub(crate) fn next_step() {
    effect(|| request_animation_frame(|| browser::focus("dialog[open] .dialog__title")));
}

#[component]
pub(crate) fn Dialog(
    /// Opens and closes it.
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    /// For long forms.
    #[prop(optional)]
    wide: bool,
    /// Rebuilt each time it opens, so that nothing of the last time remains.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let shown = Memo::new(move |_| open.get());
    let children = StoredValue::new(children);
    let unsaved = use_unsaved();
    let key = unsaved.key();
    let leave = move || unsaved.close(key, Callback::new(move |()| open.set(false)));
    effect(move || {
        let is_open = shown.get();
        let Some(dialog) = dialog.get() else { return };
        if is_open && !dialog.open() {
            // Fails only when it is not part of the page any more.
            let _ = dialog.show_modal();
            browser::begin_dialog(&dialog);
            // What is in it may be drawn after it.
            request_animation_frame(move || browser::begin_dialog(&dialog));
        } else if !is_open && dialog.open() {
            dialog.close();
        }
    });
    let cancelled = move |event: Event| {
        event.prevent_default();
        leave();
    };
    let closed = move |_| {
        // Browsers close it without asking when Escape is pressed again and again.
        match dialog.get_untracked() {
            Some(dialog) if open.get_untracked() && unsaved.is_dirty(Some(key)) => {
                let _ = dialog.show_modal();
                leave();
            }
            _ => open.set(false),
        }
    };
    // A press that begins inside, to select text, and ends outside is none beside it.
    let outside = StoredValue::new(false);
    let is_beside = |event: &MouseEvent| event.target() == event.current_target();
    let pressed = move |event: MouseEvent| outside.set_value(is_beside(&event));
    let released = move |event: MouseEvent| {
        if outside.get_value() && is_beside(&event) {
            leave();
        }
    };
    view! {
        <dialog
            node_ref=dialog
            class="dialog"
            class:dialog--wide=wide
            aria-label=move || title.get()
            on:cancel=cancelled
            on:close=closed
            on:mousedown=pressed
            on:click=released
        >
            {move || {
                shown.get().then(|| {
                    provide_context(Scope { key, leave: Callback::new(move |()| leave()) });
                    view! {
                        <header class="dialog__head">
                            <h2 class="dialog__title" tabindex="-1">{move || title.get()}</h2>
                            <Button label=shell::close() icon="x" icon_only=true kind=ButtonKind::Quiet on_press=leave />
                        </header>
                        <div class="dialog__body">{children.with_value(|c| c())}</div>
                    }
                })
            }}
        </dialog>
    }
}
