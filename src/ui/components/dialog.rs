//! A modal dialog on the browser's own `<dialog>`: it traps the focus and gives it back. Escape and a press beside it close
//! it, unless somebody wants to be asked first.

use leptos::{
    ev::{Event, MouseEvent},
    html,
};

use super::{Button, ButtonKind};
use crate::ui::prelude::*;

#[component]
pub(crate) fn Dialog(
    /// Opens and closes it.
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    /// For long forms.
    #[prop(optional)]
    wide: bool,
    /// Called instead of closing it when a person wants to leave it.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
    /// Built anew each time it opens, so that nothing of the last time remains.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let shown = Memo::new(move |_| open.get());
    let children = StoredValue::new(children);
    let leave = move || match on_leave {
        Some(on_leave) => on_leave.run(()),
        None => open.set(false),
    };
    effect(move || {
        let is_open = shown.get();
        let Some(dialog) = dialog.get() else { return };
        if is_open && !dialog.open() {
            // Fails only when it is not part of the page any more.
            let _ = dialog.show_modal();
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
        match (on_leave, dialog.get_untracked()) {
            (Some(on_leave), Some(dialog)) if open.get_untracked() => {
                let _ = dialog.show_modal();
                on_leave.run(());
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
                shown.get().then(|| view! {
                    <header class="dialog__head">
                        <h2 class="dialog__title">{move || title.get()}</h2>
                        <Button label="Close" icon="x" icon_only=true kind=ButtonKind::Quiet on_press=leave />
                    </header>
                    <div class="dialog__body">{children.with_value(|c| c())}</div>
                })
            }}
        </dialog>
    }
}
