//! What a person has written and the server has not confirmed yet. A message belongs to its conversation, whichever is open:
//! it goes on its way, waits its turn and fails there.
//!
//! In each conversation one goes after the other, so that they arrive in order; one that failed holds up those behind it.
//! Each has an id of its own, under which the server takes it once, however often it is tried. The tab keeps all of it
//! over a reload, for its author.

mod kept;

use std::{collections::BTreeSet, time::Duration};

use leptos::task::spawn_local;
use uuid::Uuid;

use self::kept::{keep, recall};
use super::{
    guard::guarded,
    toasts::{Toasts, use_toasts},
};
use crate::{
    api::messages::send_message,
    domain::{
        Millis,
        ids::{ConversationId, UserId},
        message::Message,
    },
    error::{ApiError, ApiResult, ErrorCode},
    texts::inbox,
    ui::{
        browser,
        live::{Live, use_live},
        prelude::*,
        state::session::use_session,
    },
};

/// How long an answer may take before people can do something about it. (Browsers wait for minutes.)
const PATIENCE: Duration = Duration::from_secs(30);

const SECOND: Duration = Duration::from_secs(1);

/// How old a message may be that a reload interrupted and that goes on by itself, in milliseconds. Later nobody expects it.
const STILL_MEANT: Millis = 120_000;

/// Where a message stands.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// For those before it.
    Waits,
    /// The attempt of that number is in progress.
    Tried(u32),
    /// The server has it at that place; the thread does not show it yet.
    Taken(i64),
    Failed(ApiError),
}

/// A message that the server has not confirmed, or that its thread does not show yet.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Unsent {
    pub(crate) id: Uuid,
    pub(crate) conversation: ConversationId,
    /// Whom it is for.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) at: Millis,
    pub(crate) fate: Fate,
    /// A try ended without an answer, so it may have arrived: it may be sent again under its id, but not as another message.
    pub(crate) uncertain: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Outbox {
    all: RwSignal<Vec<Unsent>>,
    failed: Memo<BTreeSet<ConversationId>>,
    /// Who writes; known in the browser only.
    user: RwSignal<Option<UserId>>,
    /// The conversation whose thread is on the screen.
    open: StoredValue<Option<ConversationId>>,
    /// What goes back into the composer of a conversation.
    given_back: RwSignal<Option<(ConversationId, String)>>,
    /// The messages that were shown here before their thread held them.
    shown: StoredValue<Vec<Uuid>>,
    tries: StoredValue<u32>,
    live: Live,
    toasts: Toasts,
}

/// Provides [`Outbox`]; in the browser it goes on with what a reload interrupted, and asks before the page goes with it.
pub(crate) fn provide_outbox() -> Outbox {
    let outbox = new_outbox();
    provide_context(outbox);
    let session = use_session();
    effect(move || {
        let user = session.get().and_then(Result::ok).map(|s| s.user_id);
        if user.is_some() && outbox.user.get_untracked() != user {
            outbox.begin(user);
        }
    });
    effect(move || browser::ask_before_leaving(move || outbox.is_busy()));
    outbox
}

pub(crate) fn use_outbox() -> Outbox {
    use_context::<Outbox>().unwrap_or_else(new_outbox)
}

fn new_outbox() -> Outbox {
    let all = RwSignal::new(Vec::<Unsent>::new());
    let is_failed = |u: &&Unsent| matches!(u.fate, Fate::Failed(_));
    Outbox {
        all,
        failed: Memo::new(move |_| all.with(|all| all.iter().filter(is_failed).map(|u| u.conversation).collect())),
        user: RwSignal::new(None),
        open: StoredValue::new(None),
        given_back: RwSignal::new(None),
        shown: StoredValue::new(Vec::new()),
        tries: StoredValue::new(0),
        live: use_live(),
        toasts: use_toasts(),
    }
}

/// Whether the server may have taken a message although it did not say so.
fn is_uncertain(error: &ApiError) -> bool {
    matches!(error.code, ErrorCode::Unavailable | ErrorCode::Internal)
}

impl Outbox {
    /// The messages of a conversation that its thread does not hold yet, in their order.
    pub(crate) fn of(self, conversation: ConversationId) -> Vec<Unsent> {
        self.all.with(|all| all.iter().filter(|u| u.conversation == conversation).cloned().collect())
    }

    /// How it stands about a message.
    pub(crate) fn fate(self, id: Uuid) -> Option<Fate> {
        self.all.with(|all| all.iter().find(|u| u.id == id).map(|u| u.fate.clone()))
    }

    /// Whether a message may have arrived although nobody said so.
    pub(crate) fn is_uncertain(self, id: Uuid) -> bool {
        self.all.with_untracked(|all| all.iter().any(|u| u.id == id && u.uncertain))
    }

    /// Whether a message stood on the screen before its thread held it.
    pub(crate) fn has_shown(self, id: Uuid) -> bool {
        self.shown.with_value(|shown| shown.contains(&id))
    }

    /// Whether something of this conversation could not be sent.
    pub(crate) fn has_failed(self, conversation: ConversationId) -> bool {
        self.failed.with(|failed| failed.contains(&conversation))
    }

    /// Who writes, once that is known.
    pub(crate) fn user(self) -> Option<UserId> {
        self.user.get()
    }

    /// What goes back into the composer of this conversation; it is given once.
    pub(crate) fn given_back(self, conversation: ConversationId) -> Option<String> {
        let given = self.given_back.get().filter(|(of, _)| *of == conversation);
        if given.is_some() {
            self.given_back.update_untracked(|given| *given = None);
        }
        given.map(|(_, text)| text)
    }

    /// Says whose thread is on the screen.
    pub(crate) fn show(self, conversation: ConversationId) {
        self.open.try_set_value(Some(conversation));
    }

    /// Says that this thread is on the screen no longer: what the server has need not be kept for it.
    pub(crate) fn hide(self, conversation: ConversationId) {
        if self.open.try_get_value() == Some(Some(conversation)) {
            self.open.try_set_value(None);
        }
        if !self.all.is_disposed() {
            self.remove(|u| u.conversation == conversation && matches!(u.fate, Fate::Taken(_)));
        }
    }

    /// Takes a message. What failed before it in its conversation is tried again with it, or it would overtake that.
    /// `false`: it cannot, and did not.
    pub(crate) fn send(self, conversation: ConversationId, name: String, text: String) -> bool {
        let Some(id) = browser::new_id() else { return false };
        let (at, fate) = (browser::now(), Fate::Waits);
        self.shown.update_value(|shown| shown.push(id));
        self.all.update(|all| all.push(Unsent { id, conversation, name, text, at, fate, uncertain: false }));
        self.again(conversation);
        true
    }

    /// Tries again what failed in a conversation.
    pub(crate) fn again(self, conversation: ConversationId) {
        self.all.update(|all| {
            for unsent in all.iter_mut().filter(|u| u.conversation == conversation) {
                if matches!(unsent.fate, Fate::Failed(_)) {
                    unsent.fate = Fate::Waits;
                }
            }
        });
        self.go_on(conversation);
    }

    /// Takes a message out; its text goes back into the composer, unless it may have arrived.
    pub(crate) fn take_back(self, id: Uuid) {
        let Some(unsent) = self.remove(|u| u.id == id).pop() else { return };
        if !unsent.uncertain {
            self.given_back.set(Some((unsent.conversation, unsent.text)));
        }
        self.go_on(unsent.conversation);
    }

    /// Drops what a thread shows by now.
    pub(crate) fn compare(self, conversation: ConversationId, shown: &[Message]) {
        let newest = shown.iter().map(|m| m.seq).max().unwrap_or_default();
        let arrived = self.remove(|u| {
            u.conversation == conversation
                && (shown.iter().any(|m| m.client_id == Some(u.id))
                    || matches!(u.fate, Fate::Taken(seq) if seq <= newest))
        });
        if !arrived.is_empty() {
            self.go_on(conversation);
        }
    }

    /// Takes some out. Touches nothing when there are none.
    fn remove(self, which: impl Fn(&Unsent) -> bool) -> Vec<Unsent> {
        let mut removed = Vec::new();
        if self.all.with_untracked(|all| all.iter().any(&which)) {
            self.all.update(|all| {
                let (out, rest) = all.drain(..).partition(|u| which(u));
                (removed, *all) = (out, rest);
            });
            self.write_down();
        }
        removed
    }

    /// Whether something would go with the page.
    fn is_busy(self) -> bool {
        self.all.try_with_untracked(|all| all.iter().any(|u| !matches!(u.fate, Fate::Taken(_)))) == Some(true)
    }

    fn begin(self, user: Option<UserId>) {
        self.user.set(user);
        let kept = user.map(recall).unwrap_or_default();
        let conversations: BTreeSet<ConversationId> = kept.iter().map(|u| u.conversation).collect();
        if !kept.is_empty() {
            // Before what was written since.
            self.all.update(|all| drop(all.splice(0..0, kept)));
            conversations.into_iter().for_each(|conversation| self.go_on(conversation));
        }
    }

    fn write_down(self) {
        if let Some(user) = self.user.get_untracked() {
            self.all.with_untracked(|all| keep(user, all));
        }
    }

    /// Sends the first of a conversation that waits, unless one before it is in progress or has failed.
    fn go_on(self, conversation: ConversationId) {
        let first = self.all.with_untracked(|all| {
            let mut unsent = all.iter().filter(|u| u.conversation == conversation);
            unsent.find(|u| !matches!(u.fate, Fate::Taken(_))).cloned()
        });
        let Some(unsent) = first.filter(|u| u.fate == Fate::Waits) else {
            return self.write_down();
        };
        let number = self.tries.get_value().wrapping_add(1);
        self.tries.set_value(number);
        self.set(unsent.id, Fate::Tried(number), false);
        self.write_down();
        if browser::offline() {
            return self.end(&unsent, number, Err(no_connection()), true);
        }
        spawn_local(async move {
            let outcome = guarded(send_message(conversation, unsent.text.clone(), Some(unsent.id))).await;
            self.end(&unsent, number, outcome, false);
        });
        let late = move || {
            if self.all.try_with_untracked(|all| all.iter().any(|u| u.fate == Fate::Tried(number))) == Some(true)
                && let Some(unsent) = self.find_tried(number)
            {
                self.end(&unsent, number, Err(no_answer()), false);
            }
        };
        set_timeout(late, PATIENCE);
    }

    fn find_tried(self, number: u32) -> Option<Unsent> {
        self.all.with_untracked(|all| all.iter().find(|u| u.fate == Fate::Tried(number)).cloned())
    }

    fn set(self, id: Uuid, fate: Fate, uncertain: bool) {
        self.all.update(|all| {
            if let Some(unsent) = all.iter_mut().find(|u| u.id == id) {
                unsent.fate = fate;
                unsent.uncertain |= uncertain;
            }
        });
    }

    /// A try has ended. `before`: it ended before anything left this machine.
    fn end(self, unsent: &Unsent, number: u32, outcome: ApiResult<Message>, before: bool) {
        if self.all.is_disposed() {
            return;
        }
        if outcome.is_err() && browser::is_going() {
            // Broken off because the page goes: the next one goes on with it. If it stays after all, it is told then.
            let unsent = unsent.clone();
            return set_timeout(move || self.end(&unsent, number, outcome, before), SECOND);
        }
        let (id, conversation) = (unsent.id, unsent.conversation);
        let is_open = self.open.get_value() == Some(conversation);
        match outcome {
            // Also when it comes late: then it ends the wait of the person as well.
            Ok(_) if !is_open => {
                self.remove(|u| u.id == id);
                self.live.touch_conversation(conversation);
            }
            Ok(message) => {
                self.set(id, Fate::Taken(message.seq), false);
                self.live.touch_conversation(conversation);
            }
            Err(error) if self.find_tried(number).is_some() => {
                // What was erased meanwhile has no thread that could show it.
                let gone = error.code == ErrorCode::NotFound;
                if !is_open || gone {
                    self.toasts.failure(inbox::send_failed(&unsent.name, &error.message));
                }
                if gone {
                    self.remove(|u| u.conversation == conversation);
                    return;
                }
                let uncertain = !before && is_uncertain(&error);
                self.set(id, Fate::Failed(error), uncertain);
            }
            Err(_) => {}
        }
        self.go_on(conversation);
    }
}

fn no_connection() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, inbox::no_connection()).action(inbox::no_connection_action())
}

fn no_answer() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, inbox::no_answer()).action(inbox::no_answer_action())
}
