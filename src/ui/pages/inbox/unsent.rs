//! Below the messages: what was written and is not among them yet. It is there at once, says how it stands about it, and what
//! can be done when it could not be sent.

use crate::{
    domain::{
        ids::ConversationId,
        message::{Message, MessageState},
    },
    texts::{inbox, shell},
    ui::{
        browser,
        components::{Button, ButtonKind, Each, Icon, Moment, MomentStyle, Ticks},
        prelude::*,
        state::{
            data::Data,
            outbox::{Fate, Outbox, Unsent, use_outbox},
        },
    },
};

#[component]
pub(super) fn UnsentMessages(id: ConversationId, messages: Data<Vec<Message>>) -> impl IntoView {
    let outbox = use_outbox();
    let shown = move || {
        let mut unsent = outbox.of(id);
        messages.with(|known| {
            if let Some(Ok(known)) = known {
                unsent.retain(|u| known.iter().all(|m| m.client_id != Some(u.id)));
            }
        });
        unsent
    };
    let some = Memo::new(move |_| !shown().is_empty());
    // Its author need not hear it; as a message of the thread it will be read out.
    move || {
        some.get().then(|| {
            view! {
                <ol class="log" aria-label=inbox::being_sent() aria-live="off">
                    <Each each=shown key=|u: &Unsent| u.id.to_string() let:unsent>
                        <UnsentBubble unsent=unsent />
                    </Each>
                </ol>
            }
        })
    }
}

#[component]
fn UnsentBubble(unsent: Unsent) -> impl IntoView {
    let outbox = use_outbox();
    let id = unsent.id;
    // The element stays while its state changes.
    let fate = Memo::new(move |before: Option<&Fate>| {
        outbox.fate(id).unwrap_or_else(|| before.cloned().unwrap_or(Fate::Waits))
    });
    let state = move || match fate.get() {
        Fate::Failed(_) => MessageState::Failed,
        _ => MessageState::Queued,
    };
    view! {
        <li class="bubble bubble--out bubble--last bubble--fresh bubble--unsent" data-state=move || state().as_str()>
            <span class="visually-hidden">{inbox::you()} ": "</span>
            <span class="bubble__text" dir="auto">{unsent.text.clone()}</span>
            <span class="bubble__meta">
                {move || matches!(fate.get(), Fate::Tried(_)).then(inbox::sending)}
                <Moment at=unsent.at style=MomentStyle::Time />
                {move || view! { <Ticks state=state() /> }}
            </span>
            {move || outcome(outbox, &unsent, fate.get())}
        </li>
    }
}

/// Why it stays here, and what can be done.
fn outcome(outbox: Outbox, unsent: &Unsent, fate: Fate) -> Option<AnyView> {
    let (id, conversation) = (unsent.id, unsent.conversation);
    match fate {
        Fate::Waits if outbox.has_failed(conversation) => Some(view! {
            <div class="bubble__trouble"><Icon name="clock" /><p>{inbox::waits_above()}</p></div>
        }),
        Fate::Failed(error) => {
            // What may have arrived is sent again under its own id only, never as another message.
            let back = if outbox.is_uncertain(id) { shell::discard() } else { inbox::edit() };
            Some(view! {
                <div class="bubble__trouble" role="alert">
                    <Icon name="alert" />
                    <p>{inbox::not_sent()} " " {error.message} {error.action.map(|step| format!(" {step}"))}</p>
                    <div class="cluster">
                        <Button
                            label=inbox::send_again()
                            icon="refresh"
                            kind=ButtonKind::Quiet
                            on_press=move || {
                                outbox.again(conversation);
                                browser::focus("#composer");
                            }
                        />
                        <Button
                            label=back
                            kind=ButtonKind::Quiet
                            on_press=move || {
                                outbox.take_back(id);
                                browser::focus("#composer");
                            }
                        />
                    </div>
                </div>
            })
        }
        _ => None,
    }
}
