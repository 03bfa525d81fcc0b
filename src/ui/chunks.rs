//! Pages whose code comes in a file of its own, so that nobody downloads what they do not look at. The open conversation is
//! one of them: the list of the inbox does not wait for it, and asks for it when somebody points at a row.
//!
//! `cargo leptos build --split` cuts the wasm apart at these functions. On the server they are plain calls.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use leptos::{
    task::spawn_local,
    wasm_split::{SplitLoaderError, wasm_split},
};

use super::{
    browser,
    channels::whatsapp::{EventLogPage, IntegrationsPage},
    components::{ErrorPanel, Skeleton},
    pages::{
        chatbots::{ChatbotPage, ChatbotsPage},
        contacts::{ContactDetailPage, ContactsPage},
        inbox::{AlertList, BackToList, Chosen, FilterChoices, FilterList, Shortcuts, Thread},
        join::JoinPage,
        labels::LabelsPage,
        sandbox::SandboxPage,
        set_up::SetUpPage,
        settings::{AccountPage, AuditPage, PeoplePage, TokensPage},
        sign_in::CodePage,
    },
    prelude::*,
};
use crate::{
    domain::ids::ConversationId,
    error::{ApiError, ErrorCode},
    texts::shell,
};

type SplitResult<T> = Result<T, SplitLoaderError>;
type Loading = Pin<Box<dyn Future<Output = SplitResult<()>>>>;

/// A module of the chunk's name, with the views of the routes whose pages (and all that only they need) are in it.
macro_rules! chunk {
    ($chunk:ident: $($view:ident => $page:ident),+) => {
        pub(super) mod $chunk {
            use super::*;

            #[expect(non_camel_case_types, reason = "they are called as the views are")]
            pub(super) enum Page { $($view),+ }

            // One function for all: each would keep its own account of whether the chunk is there.
            #[wasm_split($chunk, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
            pub(super) fn make(page: Page) -> SplitResult<AnyView> {
                Ok(match page { $(Page::$view => view! { <$page /> }),+ })
            }

            $(pub(in crate::ui) fn $view() -> AnyView {
                lazy(PAGE, Box::pin(load()), Box::new(|| at_once(make(Page::$view)).and_then(Result::ok)))
            })+
        }
    };
}

chunk!(manage: contacts => ContactsPage, contact => ContactDetailPage, labels => LabelsPage, chatbots => ChatbotsPage, chatbot => ChatbotPage, integrations => IntegrationsPage, event_log => EventLogPage);
chunk!(sandbox: sandbox => SandboxPage);
chunk!(set_up: set_up => SetUpPage, join => JoinPage, code => CodePage);
chunk!(settings: account => AccountPage, tokens => TokensPage, people => PeoplePage, audit => AuditPage);

pub(super) mod thread {
    use super::*;

    #[wasm_split(thread, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
    pub(super) fn make(id: ConversationId) -> SplitResult<AnyView> {
        Ok(view! { <Thread id=id /> })
    }

    /// The conversation that is open in the inbox.
    pub(in crate::ui) fn open(id: ConversationId) -> AnyView {
        lazy(THREAD, Box::pin(load()), Box::new(move || at_once(make(id)).and_then(Result::ok)))
    }
}

pub(super) mod aside {
    use super::*;

    #[wasm_split(aside, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
    pub(super) fn make(part: Part) -> SplitResult<AnyView> {
        Ok(match part {
            Part::Chosen(choices) => view! { <Chosen choices=choices /> },
            Part::Menu(choices) => view! { <FilterList choices=choices /> },
            Part::Alerts => view! { <AlertList /> },
            Part::Keys(open) => view! { <Shortcuts open=open /> },
        })
    }

    /// What stands beside the inbox's list. It is asked for in the browser only, once somebody wants it.
    #[derive(Clone, Copy)]
    pub(in crate::ui) enum Part {
        /// What is chosen of the filters with many choices.
        Chosen(FilterChoices),
        /// What can be chosen.
        Menu(FilterChoices),
        /// How one is told of customers who wait.
        Alerts,
        /// The keys, in a dialog that this opens.
        Keys(RwSignal<bool>),
    }

    pub(in crate::ui) fn show(part: Part) -> AnyView {
        let place = if matches!(part, Part::Menu(_) | Part::Alerts) { MENU } else { NOTHING };
        lazy(place, Box::pin(load()), Box::new(move || at_once(make(part)).and_then(Result::ok)))
    }
}

/// An address whose page needs the code of an open conversation, whichever that is.
pub(super) const OPEN_CONVERSATION: &str = "/inbox/open";

/// A file of code by its name, and how it is loaded.
struct Chunk {
    name: &'static str,
    load: fn() -> Loading,
}

/// What the page at `path` needs besides the main file.
fn chunk_of(path: &str) -> Option<Chunk> {
    let mut parts = path.split('/').skip(1);
    Some(match parts.next()? {
        "inbox" if parts.next().is_some_and(|id| !id.is_empty()) => {
            Chunk { name: "thread", load: || Box::pin(thread::load()) }
        }
        "contacts" | "chatbots" | "integrations" | "labels" => {
            Chunk { name: "manage", load: || Box::pin(manage::load()) }
        }
        "sandbox" => Chunk { name: "sandbox", load: || Box::pin(sandbox::load()) },
        "sign-in" if parts.next() == Some("code") => Chunk { name: "set_up", load: || Box::pin(set_up::load()) },
        "set-up" | "join" => Chunk { name: "set_up", load: || Box::pin(set_up::load()) },
        "settings" => Chunk { name: "settings", load: || Box::pin(settings::load()) },
        _ => return None,
    })
}

/// The name of the chunk that the page at `path` needs, if it needs one.
pub(super) fn name_of(path: &str) -> Option<&'static str> {
    chunk_of(path).map(|chunk| chunk.name)
}

/// Loads what the page at `path` needs, unless it is there.
pub(super) async fn fetch(path: &str) -> SplitResult<()> {
    match chunk_of(path) {
        Some(chunk) => (chunk.load)().await,
        None => Ok(()),
    }
}

/// Loads ahead what the page at `path` will need. When it fails, the page will try again.
pub(super) fn prefetch(path: &'static str) {
    spawn_local(async move {
        let _ = fetch(path).await;
    });
}

#[derive(Clone, Copy)]
enum State {
    Here,
    Coming,
    Failed,
}

/// What a chunk makes, once it is there.
type Make = Box<dyn Fn() -> Option<AnyView> + Send>;

/// What holds the place of something that comes: the class around it, and the shape of its skeleton.
#[derive(Clone, Copy)]
struct Place {
    class: &'static str,
    shape: &'static str,
    count: u8,
    /// The way back, where it takes the place of all else on a phone.
    back: fn() -> Option<AnyView>,
}

const PAGE: Place = Place { class: "page", shape: "cards", count: 2, back: || None };
const MENU: Place = Place { class: "menu__place", shape: "rows", count: 2, back: || None };
const NOTHING: Place = Place { class: "menu__place", shape: "rows", count: 0, back: || None };
const THREAD: Place = Place { class: "thread", shape: "bubbles", count: 6, back: || Some(view! { <BackToList /> }) };

/// What comes from a chunk: what stands in its place while it comes, and when it does not come.
fn lazy(place: Place, mut loading: Loading, make: Make) -> AnyView {
    let Place { class, shape, count, back } = place;
    // On the server, and when the page is taken over, it is there at once: both sides must build the same.
    let state = RwSignal::new(at_once(loading.as_mut()).map_or(State::Coming, State::from));
    if matches!(state.get_untracked(), State::Coming) {
        spawn_local(async move {
            let outcome = loading.await;
            // The person may have gone elsewhere meanwhile.
            state.try_set(State::from(outcome));
        });
    }
    view! {
        {move || match state.get() {
            State::Here => make(),
            State::Coming => Some(view! { <div class=class>{back()}<Skeleton shape=shape count=count /></div> }),
            State::Failed => Some(view! { <div class=class>{back()}<ErrorPanel error=failure() on_retry=|| browser::reload() /></div> }),
        }}
    }
}

impl From<SplitResult<()>> for State {
    fn from(outcome: SplitResult<()>) -> Self {
        if outcome.is_ok() { Self::Here } else { Self::Failed }
    }
}

fn failure() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, shell::not_loaded()).action(shell::not_loaded_why())
}

/// What the future gives without waiting.
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
