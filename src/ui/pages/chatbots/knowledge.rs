//! The questions and answers of a chatbot.

use super::{
    knowledge_editor::KnowledgeEditor,
    knowledge_row::{DeleteDialog, EditDialog, KnowledgeRow},
};
use crate::{
    api::knowledge::list_knowledge,
    domain::{chatbot::KnowledgeItem, ids::ChatbotId},
    texts::chatbots,
    ui::{
        browser,
        components::{Button, ButtonKind, Dialog, Each, EmptyState, ErrorPanel, Field, Pending, Skeleton},
        live::use_live,
        prelude::*,
        state::{data::load, guard::guarded},
    },
};

/// From how many questions on a filter helps.
const MANY: usize = 6;

#[component]
pub(super) fn Knowledge(chatbot_id: ChatbotId, manages: Signal<bool>) -> impl IntoView {
    let live = use_live();
    let items = load(move || live.chatbots(), move |_| guarded(list_knowledge(chatbot_id)));
    let adding = RwSignal::new(false);
    // Beside the rows, which are rebuilt when something in them changes.
    let (editing, deleting) = (RwSignal::new(None::<KnowledgeItem>), RwSignal::new(None::<KnowledgeItem>));
    let filter = RwSignal::new(String::new());
    let count = move || items.with(|i| i.as_ref().and_then(|i| i.as_ref().ok()).map_or(0, Vec::len));
    let many = move || count() >= MANY;
    let some = move || count() > 0;
    let add_button = move || {
        manages.get().then(|| view! {
            <Button label=chatbots::add_question() icon="plus" kind=ButtonKind::Primary on_press=move || adding.set(true) />
        })
    };
    let shown = move || {
        let wanted = filter.with(|f| browser::lower(f.trim()));
        let all = items.get().and_then(Result::ok).unwrap_or_default();
        all.into_iter().filter(|i| matches(i, &wanted)).collect::<Vec<_>>()
    };
    view! {
        <section class="panel" aria-labelledby="knowledge-title">
            <header class="panel__head">
                <h2 class="panel__title" id="knowledge-title">{chatbots::knowledge()}</h2>
                <Pending>{move || some().then(add_button)}</Pending>
            </header>
            <Pending fallback=|| view! { <Skeleton shape="rows" /> }>
                {move || {
                    items.get().and_then(Result::err).map(|e| view! { <ErrorPanel error=e on_retry=move || items.refetch() /> })
                }}
                {move || many().then(|| view! { <Field id="filter" label=chatbots::filter() kind="search" value=filter /> })}
                {move || {
                    (items.with(|i| i.is_some_and(Result::is_ok)) && !some()).then(|| view! {
                        <EmptyState
                            icon="question"
                            title=chatbots::knows_nothing()
                            text=chatbots::knows_nothing_text()
                        >
                            {move || add_button()}
                        </EmptyState>
                    })
                }}
                <ul class="rows" aria-label=chatbots::questions()>
                    <Each each=shown key=|i: &KnowledgeItem| format!("{} {}", i.id, i.updated_at) let:item>
                        <KnowledgeRow item=item manages=manages editing=editing deleting=deleting />
                    </Each>
                </ul>
                {move || {
                    let none = some() && shown().is_empty();
                    none.then(|| view! { <p class="panel__note">{chatbots::no_question()}</p> })
                }}
            </Pending>
            <Dialog open=adding title=chatbots::add_title() wide=true>
                <KnowledgeEditor
                    chatbot_id=chatbot_id
                    on_done=move || {
                        adding.set(false);
                        items.refetch();
                    }
                />
            </Dialog>
            <EditDialog editing=editing on_change=move || items.refetch() />
            <DeleteDialog deleting=deleting on_change=move || items.refetch() />
        </section>
    }
}

fn matches(item: &KnowledgeItem, wanted: &str) -> bool {
    wanted.is_empty()
        || browser::lower(&item.question).contains(wanted)
        || browser::lower(&item.answer).contains(wanted)
}
