//! One question with its answer, to read, change or delete.

use super::knowledge_editor::KnowledgeEditor;
use crate::{
    api::knowledge::delete_knowledge,
    domain::chatbot::KnowledgeItem,
    texts::{chatbots, shell},
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
    /// What is to be changed, and what deleted.
    editing: RwSignal<Option<KnowledgeItem>>,
    deleting: RwSignal<Option<KnowledgeItem>>,
) -> impl IntoView {
    let edit_label = chatbots::edit_question(&item.question);
    let delete_label = chatbots::delete_question(&item.question);
    let stored = StoredValue::new(item.clone());
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
                        on_press=move || editing.set(Some(stored.get_value()))
                    />
                    <Button
                        label=delete_label.clone()
                        icon="trash"
                        icon_only=true
                        kind=ButtonKind::Quiet
                        on_press=move || deleting.set(Some(stored.get_value()))
                    />
                </div>
            })}
        </li>
    }
}

/// Opens a dialog as soon as it has a subject, and takes the subject away when it is closed.
fn about(subject: RwSignal<Option<KnowledgeItem>>) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    effect(move || {
        if subject.with(Option::is_some) {
            open.set(true);
        }
    });
    effect(move || {
        if !open.get() {
            subject.set(None);
        }
    });
    open
}

#[component]
pub(super) fn EditDialog(
    editing: RwSignal<Option<KnowledgeItem>>,
    #[prop(into)] on_change: Callback<()>,
) -> impl IntoView {
    let open = about(editing);
    view! {
        <Dialog open=open title=chatbots::edit_title() wide=true>
            {editing.get_untracked().map(|item| view! {
                <KnowledgeEditor
                    chatbot_id=item.chatbot_id
                    item=item
                    on_done=move || {
                        open.set(false);
                        on_change.run(());
                    }
                />
            })}
        </Dialog>
    }
}

#[component]
pub(super) fn DeleteDialog(
    deleting: RwSignal<Option<KnowledgeItem>>,
    #[prop(into)] on_change: Callback<()>,
) -> impl IntoView {
    let open = about(deleting);
    let work = Work::new();
    let toasts = use_toasts();
    let title = Signal::derive(move || {
        let question = deleting.with(|d| d.as_ref().map(|d| d.question.clone())).unwrap_or_default();
        chatbots::delete_question_title(&question)
    });
    effect(move || {
        if deleting.with(Option::is_some) {
            work.forget_error();
        }
    });
    let delete = move || {
        let Some(item) = deleting.get_untracked() else { return };
        work.run(delete_knowledge(item.id), move |()| {
            open.set(false);
            toasts.success(chatbots::question_deleted());
            on_change.run(());
        });
    };
    view! {
        <ConfirmDialog
            open=open
            title=title
            consequence=chatbots::delete_question_text()
            verb=shell::delete()
            work=work
            on_confirm=delete
        />
    }
}
