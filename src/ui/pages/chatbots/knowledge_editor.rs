//! Writes one question with its answer, new or changed.

use leptos::ev::SubmitEvent;

use crate::{
    api::knowledge::save_knowledge,
    domain::{chatbot::KnowledgeItem, ids::ChatbotId},
    texts::{chatbots, shell},
    ui::{
        components::{Button, ButtonKind, ErrorPanel, Field, TextArea},
        prelude::*,
        state::{
            toasts::use_toasts,
            unsaved::{hold, use_leave},
            work::Work,
        },
    },
};

#[component]
pub(super) fn KnowledgeEditor(
    chatbot_id: ChatbotId,
    /// The item to change; none makes a new one.
    #[prop(optional)]
    item: Option<KnowledgeItem>,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    let (id, question, answer) = match item {
        Some(item) => (Some(item.id), item.question, item.answer),
        None => (None, String::new(), String::new()),
    };
    let saved = StoredValue::new([question.clone(), answer.clone()]);
    let question = RwSignal::new(question);
    let answer = RwSignal::new(answer);
    hold(move || saved.with_value(|s| s.iter().zip([question, answer]).any(|(s, now)| now.with(|n| n != s))));
    let leave = use_leave();
    let work = Work::new();
    let toasts = use_toasts();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let call = save_knowledge(chatbot_id, id, question.get_untracked(), answer.get_untracked());
        work.run(call, move |_| {
            toasts.success(chatbots::answer_saved());
            on_done.run(());
        });
    };
    view! {
        <form class="form" on:submit=submit>
            <Field
                id="question"
                label=chatbots::question()
                value=question
                hint=chatbots::question_hint()
                required=true
                autofocus=true
                error=work.field_error("question")
            />
            <TextArea id="answer" label=chatbots::answer() value=answer rows=5 error=work.field_error("answer") />
            {move || work.error_beside(&["question", "answer"]).get().map(|error| view! { <ErrorPanel error=error /> })}
            <div class="dialog__actions">
                <Button label=shell::cancel() on_press=leave />
                <Button label=shell::save() kind=ButtonKind::Primary submit=true busy=work.busy() />
            </div>
        </form>
    }
}
