//! The list of conversations, newest first, with its filters.

use super::{
    conversation_row::ConversationLink,
    filters::Filters,
    known::join_rows,
    place::{Filter, use_place},
};
use crate::{
    api::conversations::list_conversations,
    domain::conversation::{ConversationPage, ConversationRow, ConversationStatus},
    ui::{
        components::{Button, ButtonKind, Each, EmptyState, ErrorPanel, Pending, Skeleton},
        live::use_live,
        prelude::*,
        state::{data::load, guard::guarded, work::Work},
    },
};

/// What was loaded below the first page.
#[derive(Clone)]
struct Further {
    filter: Filter,
    rows: Vec<ConversationRow>,
    next: Option<String>,
}

#[component]
pub(super) fn ConversationList(shortcuts: RwSignal<bool>) -> impl IntoView {
    let place = use_place();
    let live = use_live();
    let first = load(
        move || (place.filter.get(), live.conversation_list()),
        |(filter, _)| async move {
            let page = guarded(list_conversations(filter.channel, filter.status, None)).await?;
            Ok((filter, page))
        },
    );
    let further = RwSignal::new(None::<Further>);
    let more = Work::new();
    // Once more was loaded, rows that are pushed off the first page must not get lost.
    let below = move |filter: Filter| further.get().filter(|f| f.filter == filter);
    effect(move || {
        if let Some(Ok((filter, page))) = first.get() {
            place
                .order
                .set(rows_of(&page, further.get().filter(|f| f.filter == filter)).iter().map(|r| r.id).collect());
            further.update_untracked(|f| {
                if let Some(f) = f.as_mut().filter(|f| f.filter == filter) {
                    f.rows = join_rows(&page, &f.rows);
                }
            });
        }
    });
    let rows = move || match first.get() {
        Some(Ok((filter, page))) => rows_of(&page, below(filter)),
        _ => Vec::new(),
    };
    let next = move || match first.get() {
        Some(Ok((filter, page))) => below(filter).map_or(page.next, |f| f.next),
        _ => None,
    };
    let load_more = move || {
        let Some(Ok((filter, page))) = first.get_untracked() else { return };
        let known = further.get_untracked().filter(|f| f.filter == filter);
        let Some(before) = known.as_ref().map_or(page.next.clone(), |f| f.next.clone()) else { return };
        work_on(more, filter, before, rows_of(&page, known), further);
    };
    let error = move || first.get().and_then(Result::err);
    let empty = move || match first.get() {
        Some(Ok((filter, page))) if page.rows.is_empty() => Some(nothing(filter, page.only_filtered)),
        _ => None,
    };
    view! {
        <section class="list" aria-label="Inbox">
            <header class="list__head">
                <p class="list__title" aria-hidden="true">"Inbox"</p>
                <Button
                    label="Keyboard shortcuts"
                    icon="keyboard"
                    icon_only=true
                    kind=ButtonKind::Quiet
                    on_press=move || shortcuts.set(true)
                />
            </header>
            <Filters />
            <div class="list__scroll">
                <Pending fallback=|| view! { <Skeleton shape="rows" count=7 /> }>
                    {move || error().map(|e| view! { <ErrorPanel error=e on_retry=move || first.refetch() /> })}
                    {empty}
                    <ul class="list__rows" aria-label="Conversations">
                        <Each each=rows key=|row: &ConversationRow| row.id.to_string() let:row>
                            {
                                // The element stays while its content changes, or it would lose the focus.
                                let id = row.id;
                                let row = Memo::new(move |before: Option<&ConversationRow>| {
                                    let now = rows().into_iter().find(|r| r.id == id);
                                    now.or_else(|| before.cloned()).unwrap_or_else(|| row.clone())
                                });
                                view! { <ConversationLink id=id row=row /> }
                            }
                        </Each>
                    </ul>
                    {move || {
                        next().map(|_| view! {
                            <div class="list__more"><Button label="Load more" busy=more.busy() on_press=load_more /></div>
                        })
                    }}
                    {move || more.error().get().map(|e| view! { <ErrorPanel error=e on_retry=load_more /> })}
                </Pending>
            </div>
        </section>
    }
}

fn rows_of(page: &ConversationPage, further: Option<Further>) -> Vec<ConversationRow> {
    join_rows(page, &further.map(|f| f.rows).unwrap_or_default())
}

fn work_on(
    more: Work,
    filter: Filter,
    before: String,
    mut rows: Vec<ConversationRow>,
    further: RwSignal<Option<Further>>,
) {
    more.run(list_conversations(filter.channel, filter.status, Some(before)), move |page| {
        for row in page.rows {
            if rows.iter().all(|r| r.id != row.id) {
                rows.push(row);
            }
        }
        further.set(Some(Further { filter, rows, next: page.next }));
    });
}

/// Why the list is empty, and the one next step.
fn nothing(filter: Filter, only_filtered: bool) -> AnyView {
    if !only_filtered {
        view! {
            <EmptyState
                icon="inbox"
                title="No conversation yet"
                text="As soon as a customer writes on WhatsApp or on your website, the conversation appears here by itself."
            >
                <a class="button" href="/integrations">"Connect a channel"</a>
            </EmptyState>
        }
    } else {
        let all = Filter { channel: None, status: None }.href(None);
        let (title, text) = if filter == (Filter { channel: None, status: Some(ConversationStatus::Open) }) {
            ("All done", "Every conversation is resolved or snoozed. New messages open them again.")
        } else {
            ("Nothing here", "No conversation fits this filter.")
        };
        view! {
            <EmptyState icon="tick" title=title text=text>
                <a class="button" href=all>"Show all"</a>
            </EmptyState>
        }
    }
}
