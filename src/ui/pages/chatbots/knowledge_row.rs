//! One question with its answer, to read, change or delete.

use super::knowledge_editor::KnowledgeEditor;
use crate::{
    api::knowledge::delete_knowledge,
    domain::chatbot::KnowledgeItem,
    ui::{
        components::{Button, ButtonKind, ConfirmDialog, Dialog},
        prelude::*,
        state::{toasts::use_toasts, work::Work},
    },
};

#[component]
pub(super) fn KnowledgeRow(
    item: KnowledgeItem,
    manages: Signal<bool>,
    #[prop(into)] on_change: Callback<()>,
) -> impl IntoView {
    let editing = RwSignal::new(false);
    let deleting = RwSignal::new(false);
    let work = Work::new();
    let toasts = use_toasts();
    let id = item.id;
    let title = format!("Delete the question “{}”?", item.question);
    let stored = StoredValue::new(item.clone());
    let delete = move || {
        work.run(delete_knowledge(id), move |()| {
            deleting.set(false);
            toasts.success("The question was deleted.");
            on_change.run(());
        });
    };
    let edit_label = format!("Edit “{}”", item.question);
    let delete_label = format!("Delete “{}”", item.question);
    view! {
        <li class="row">
            <div class="row__words">
                <h3 class="row__title" dir="auto">{item.question}</h3>
                <p class="row__text" dir="auto">{item.answer}</p>
            </div>
            {move || manages.get().then(|| view! {
                <div class="row__actions">
                    <Button
                        label=edit_label.clone()
                        icon="edit"
                        icon_only=true
                        kind=ButtonKind::Quiet
                        on_press=move || editing.set(true)
                    />
                    <Button
                        label=delete_label.clone()
                        icon="trash"
                        icon_only=true
                        kind=ButtonKind::Quiet
                        on_press=move || {
                            work.forget_error();
                            deleting.set(true);
                        }
                    />
                </div>
            })}
                <Dialog open=editing title="Edit the question" wide=true>
                    <KnowledgeEditor
                        chatbot_id=stored.with_value(|i| i.chatbot_id)
                        item=stored.get_value()
                        on_done=move || {
                            editing.set(false);
                            on_change.run(());
                        }
                        on_cancel=move || editing.set(false)
                    />
                </Dialog>
                <ConfirmDialog
                    open=deleting
                    title=title
                    consequence="The chatbot will no longer answer with it."
                    verb="Delete"
                    work=work
                    on_confirm=delete
                />
        </li>
    }
}
