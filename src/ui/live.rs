//! Live updates: one stream of events for the whole signed-in app, and what pages need to follow it.
//!
//! An event only says what changed. Pages put the version of what they show into the source of their resource and so load it
//! again; the list of conversations asks for the rows that changed. Events are gathered for a moment first, because one answer
//! of a bot makes several of them.

mod stream;

use std::{collections::BTreeMap, mem, time::Duration};

use leptos::ev;
use uuid::Uuid;

pub(crate) use stream::{Happening, Hidden, follow};

use crate::{
    api::reader::read,
    domain::{ids::ConversationId, integration::TestStep, live::LiveEvent},
    ui::{browser, prelude::*},
};

/// How long events are gathered before pages load again.
const GATHER: Duration = Duration::from_millis(150);
/// How many conversations' versions are kept.
const KEPT: usize = 1000;
/// How many conversations may have changed before a list is better loaded as a whole.
pub(crate) const CHANGED_MAX: usize = 100;

/// Versions of what pages show; each grows when the thing changed.
#[derive(Clone, Copy)]
pub(crate) struct Live {
    /// Those of conversations, and the newest of them all: none is ever given twice.
    conversations: RwSignal<(BTreeMap<ConversationId, u32>, u32)>,
    /// Conversations that changed since the list looked.
    changed: RwSignal<Vec<ConversationId>>,
    integrations: RwSignal<u32>,
    /// Messages came in or went out by some integration.
    used: RwSignal<u32>,
    chatbots: RwSignal<u32>,
    people: RwSignal<u32>,
    everything: RwSignal<u32>,
    /// Who waits for a person: followed while nobody looks, too.
    waiting: RwSignal<u32>,
    /// Something happened while nobody looked.
    missed: StoredValue<bool>,
    lost: RwSignal<bool>,
    /// The connection test that this page runs, and its steps so far.
    test: RwSignal<(Option<Uuid>, Vec<TestStep>)>,
    gathered: StoredValue<Vec<LiveEvent>>,
}

impl Live {
    /// The version of one conversation.
    pub(crate) fn conversation(self, id: ConversationId) -> (u32, u32) {
        (self.everything.get(), self.conversations.with(|(known, _)| known.get(&id).copied().unwrap_or_default()))
    }

    /// Grows when something was missed, so that everything has to be loaded again.
    pub(crate) fn everything(self) -> u32 {
        self.everything.get()
    }

    pub(crate) fn everything_untracked(self) -> u32 {
        self.everything.get_untracked()
    }

    /// The conversations that changed since this was asked for last, each once.
    pub(crate) fn take_changed(self) -> Vec<ConversationId> {
        self.changed.track();
        self.changed.try_update_untracked(mem::take).unwrap_or_default()
    }

    /// Says that too much was missed to be looked at one by one.
    pub(crate) fn miss_everything(self) {
        self.changed.update_untracked(Vec::clear);
        self.everything.update(bump);
    }

    /// The version of who waits for a person.
    pub(crate) fn waiting(self) -> (u32, u32) {
        (self.everything.get(), self.waiting.get())
    }

    /// The version of what integrations are and may do.
    pub(crate) fn integrations(self) -> (u32, u32) {
        (self.everything.get(), self.integrations.get())
    }

    /// The version of integrations and of when they were last used: grows every second while messages come.
    pub(crate) fn integrations_in_use(self) -> (u32, u32) {
        (self.everything.get(), self.integrations.get().wrapping_add(self.used.get()))
    }

    /// The version of who works here and what they may do.
    pub(crate) fn people(self) -> (u32, u32) {
        (self.everything.get(), self.people.get())
    }

    pub(crate) fn touch_people(self) {
        self.people.update(bump);
    }

    pub(crate) fn chatbots(self) -> (u32, u32) {
        (self.everything.get(), self.chatbots.get())
    }

    /// Whether the connection to the server is lost.
    pub(crate) fn is_lost(self) -> bool {
        self.lost.get()
    }

    /// Says that this page itself changed a conversation, without waiting for the event.
    pub(crate) fn touch_conversation(self, id: ConversationId) {
        self.change(&[id]);
    }

    fn change(self, ids: &[ConversationId]) {
        self.conversations.update(|(known, newest)| {
            // A viewer of one whose version is forgotten reloads it.
            if known.len() > KEPT {
                known.clear();
            }
            bump(newest);
            known.extend(ids.iter().map(|id| (*id, *newest)));
        });
        self.change_rows(ids);
    }

    /// Only what the list says of them changed.
    fn change_rows(self, ids: &[ConversationId]) {
        self.changed.update(|changed| ids.iter().for_each(|id| add(changed, *id)));
        // Nobody may be looking at the list for hours.
        if self.changed.with_untracked(|changed| changed.len() > CHANGED_MAX) {
            self.miss_everything();
        }
    }

    pub(crate) fn touch_integrations(self) {
        self.integrations.update(bump);
        // The number of integrations stands on the chatbots' cards.
        self.chatbots.update(bump);
    }

    pub(crate) fn touch_chatbots(self) {
        self.chatbots.update(bump);
    }

    /// Follows a connection test in place of the last one.
    pub(crate) fn follow_test(self, run_id: Option<Uuid>) {
        self.test.set((run_id, Vec::new()));
    }

    /// The steps of the test that are done.
    pub(crate) fn test_steps(self, run_id: Option<Uuid>) -> Vec<TestStep> {
        self.test.with(|(run, steps)| if *run == run_id { steps.clone() } else { Vec::new() })
    }

    fn take(self, event: LiveEvent) {
        // A step carries its content, and people are waiting for it.
        if let LiveEvent::TestStep { run_id, step } = event {
            if self.test.with_untracked(|(run, _)| *run == Some(run_id)) {
                self.test.update(|(_, steps)| steps.push(*step));
            }
            return;
        }
        let first = self.gathered.with_value(Vec::is_empty);
        self.gathered.update_value(|g| g.push(event));
        if first {
            set_timeout(move || self.tell(), GATHER);
        }
    }

    /// Passes on what was gathered; each version grows at most once.
    fn tell(self) {
        let mut events = Vec::new();
        self.gathered.update_value(|g| events.append(g));
        if events.iter().any(|e| {
            !matches!(
                e,
                LiveEvent::Read { .. }
                    | LiveEvent::IntegrationUsed { .. }
                    | LiveEvent::Chatbot { .. }
                    | LiveEvent::Person { .. }
                    | LiveEvent::Workspace
            )
        }) {
            self.waiting.update(bump);
        }
        // What nobody looks at is loaded when somebody does, all at once.
        if browser::hidden() {
            return self.missed.set_value(true);
        }
        let (mut changed, mut read): (Vec<ConversationId>, Vec<ConversationId>) = (Vec::new(), Vec::new());
        let (mut integrations, mut used, mut chatbots) = (false, false, false);
        let (mut people, mut everything) = (false, false);
        for event in events {
            match event {
                LiveEvent::Conversations { ids } | LiveEvent::Notes { ids } => {
                    ids.into_iter().for_each(|id| add(&mut changed, id));
                }
                LiveEvent::Read { ids } => read.extend(ids),
                LiveEvent::Integration { .. } => integrations = true,
                LiveEvent::IntegrationUsed { .. } => used = true,
                LiveEvent::Chatbot { .. } => chatbots = true,
                LiveEvent::Person { .. } => people = true,
                // Taken already, or for the server only.
                LiveEvent::TestStep { .. } | LiveEvent::Workspace => {}
                LiveEvent::Labels | LiveEvent::Resync => everything = true,
            }
        }
        if everything {
            self.miss_everything();
            return;
        }
        if !changed.is_empty() {
            self.change(&changed);
        }
        if !read.is_empty() {
            self.change_rows(&read);
        }
        if integrations {
            self.integrations.update(bump);
        }
        if used {
            self.used.update(bump);
        }
        if chatbots {
            self.chatbots.update(bump);
        }
        if people {
            self.people.update(bump);
        }
    }

    /// Somebody looks again.
    fn catch_up(self) {
        if !browser::hidden() && self.missed.try_get_value() == Some(true) {
            self.missed.set_value(false);
            self.take(LiveEvent::Resync);
        }
    }

    fn hear(self, happening: Happening) {
        match happening {
            Happening::Event(data) => {
                // A newer server may tell things that this page does not know: they are not for it.
                if let Ok(event) = read(data.as_bytes()) {
                    self.take(event);
                }
            }
            Happening::Resumed => self.take(LiveEvent::Resync),
            Happening::Lost => self.lost.set(true),
            Happening::Found => self.lost.set(false),
        }
    }
}

/// Adds an id that is not there yet.
pub(crate) fn add(ids: &mut Vec<ConversationId>, id: ConversationId) {
    if !ids.contains(&id) {
        ids.push(id);
    }
}

fn bump(version: &mut u32) {
    *version = version.wrapping_add(1);
}

fn new_live() -> Live {
    Live {
        conversations: RwSignal::new((BTreeMap::new(), 0)),
        changed: RwSignal::new(Vec::new()),
        integrations: RwSignal::new(0),
        used: RwSignal::new(0),
        chatbots: RwSignal::new(0),
        people: RwSignal::new(0),
        everything: RwSignal::new(0),
        waiting: RwSignal::new(0),
        missed: StoredValue::new(false),
        lost: RwSignal::new(false),
        test: RwSignal::new((None, Vec::new())),
        gathered: StoredValue::new(Vec::new()),
    }
}

/// Provides [`Live`] and, in the browser, follows the server's events as long as the caller's scope lives.
pub(crate) fn provide_live() -> Live {
    let live = new_live();
    provide_context(live);
    follow("/api/v1/events", Hidden::HearsForAll, Callback::new(move |happening| live.hear(happening)));
    effect(move || {
        let shown = window_event_listener(ev::visibilitychange, move |_| live.catch_up());
        on_cleanup(move || shown.remove());
    });
    live
}

pub(crate) fn use_live() -> Live {
    use_context::<Live>().unwrap_or_else(new_live)
}
