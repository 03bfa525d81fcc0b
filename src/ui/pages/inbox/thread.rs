//! An open conversation: head, messages, composer and details.

use leptos::{ev, task::spawn_local};

use super::{composer::Composer, details::Details, messages::Messages, thread_header::ThreadHeader};
use crate::{
    api::{
        conversations::{get_conversation, mark_read},
        messages::list_messages,
    },
    domain::{conversation::Conversation, ids::ConversationId, message::Direction},
    error::ErrorCode,
    texts::inbox,
    ui::{
        browser,
        live::use_live,
        prelude::*,
        state::{data::load, guard::guarded, outbox::use_outbox},
    },
};

#[component]
pub(crate) fn Thread(id: ConversationId) -> impl IntoView {
    let live = use_live();
    // Whether something can be sent also hangs on the integration.
    let conversation =
        load(move || (live.conversation(id), live.integrations()), move |_| guarded(get_conversation(id)));
    let messages = load(move || live.conversation(id), move |_| guarded(list_messages(id, None)));
    // For what must not be rebuilt while it is used: the composer.
    let info = RwSignal::new(None::<Conversation>);
    let gone = RwSignal::new(false);
    effect(move || match conversation.get() {
        Some(Ok(conversation)) => info.set(Some(conversation)),
        Some(Err(error)) => gone.set(error.code == ErrorCode::NotFound),
        None => {}
    });
    // What is on the screen has been read, and nothing that arrives meanwhile. Only a new message from the customer asks for it
    // again, or a page that somebody looks at again.
    let marked = StoredValue::new(0_i64);
    let looked = RwSignal::new(());
    effect(move || {
        let handle = window_event_listener(ev::visibilitychange, move |_| looked.set(()));
        on_cleanup(move || handle.remove());
    });
    effect(move || {
        looked.track();
        let newest = messages.with(|m| {
            let all = m.as_ref().and_then(|m| m.as_ref().ok())?;
            all.iter().filter(|m| m.direction == Direction::Inbound).map(|m| m.seq).max()
        });
        if let Some(newest) = newest.filter(|newest| *newest > marked.get_value() && !browser::hidden()) {
            marked.set_value(newest);
            // Nothing hangs on it: the next message tries again.
            spawn_local(async move { drop(guarded(mark_read(id, Some(newest))).await) });
        }
    });
    let outbox = use_outbox();
    effect(move || {
        outbox.show(id);
        messages.with(|m| {
            if let Some(Ok(shown)) = m {
                outbox.compare(id, shown);
            }
        });
    });
    on_cleanup(move || outbox.hide(id));
    view! {
        <section class="thread" aria-label=inbox::conversation()>
            <ThreadHeader id=id conversation=conversation />
            <Messages id=id messages=messages />
            <div hidden=move || gone.get()><Composer id=id info=info /></div>
        </section>
        <Details conversation=conversation />
    }
}
