//! A modal dialog on the browser's own `<dialog>`: it traps the focus, closes on Escape and gives the focus back.

use leptos::html;

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
    /// Built anew each time it opens, so that nothing of the last time remains.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let shown = Memo::new(move |_| open.get());
    let children = StoredValue::new(children);
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
    view! {
        <dialog
            node_ref=dialog
            class="dialog"
            class:dialog--wide=wide
            aria-label=move || title.get()
            on:close=move |_| open.set(false)
        >
            {move || {
                shown.get().then(|| view! {
                    <header class="dialog__head">
                        <h2 class="dialog__title">{move || title.get()}</h2>
                        <Button
                            label="Close"
                            icon="x"
                            icon_only=true
                            kind=ButtonKind::Quiet
                            on_press=move || open.set(false)
                        />
                    </header>
                    <div class="dialog__body">{children.with_value(|c| c())}</div>
                })
            }}
        </dialog>
    }
}
