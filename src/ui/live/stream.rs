//! A stream of server-sent events that closes while the tab is hidden and comes back by itself.

#[cfg(not(feature = "hydrate"))]
use leptos::prelude::Callback;

/// What a stream tells its page.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only browsers follow streams"))]
pub(crate) enum Happening {
    /// The data of one event.
    Event(String),
    /// A new stream is open after a gap: load everything again.
    Resumed,
    /// The connection is lost; it will be tried again.
    Lost,
    /// The connection is there (again).
    Found,
}

/// Follows the events of `url` until the caller's scope ends. Does nothing on the server.
#[cfg(not(feature = "hydrate"))]
pub(crate) fn follow(_url: &'static str, _tell: Callback<Happening>) {}

#[cfg(feature = "hydrate")]
pub(crate) use browser::follow;

#[cfg(feature = "hydrate")]
mod browser {
    use std::time::Duration;

    use leptos::{ev, prelude::*, task::spawn_local, web_sys};
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{EventSource, MessageEvent};

    use super::Happening;
    use crate::{
        api::session::current_session,
        ui::{browser, prelude::effect, state::guard::guarded},
    };

    /// How long a broken connection may heal by itself before people are told.
    const GRACE: Duration = Duration::from_secs(2);
    /// How long to wait when the server refused the stream.
    const PAUSE: Duration = Duration::from_secs(4);

    /// Keeps the handlers alive as long as the stream; closes it when dropped.
    struct Open {
        source: EventSource,
        _message: Closure<dyn FnMut(MessageEvent)>,
        _open: Closure<dyn FnMut()>,
        _error: Closure<dyn FnMut()>,
    }

    impl Drop for Open {
        fn drop(&mut self) {
            self.source.set_onmessage(None);
            self.source.set_onopen(None);
            self.source.set_onerror(None);
            self.source.close();
        }
    }

    #[derive(Clone, Copy)]
    struct Stream {
        url: &'static str,
        tell: Callback<Happening>,
        open: StoredValue<Option<Open>, LocalStorage>,
        /// Whether a stream was open before: then a new one follows a gap.
        seen: StoredValue<bool>,
    }

    /// Follows the events of `url` until the caller's scope ends.
    pub(crate) fn follow(url: &'static str, tell: Callback<Happening>) {
        let stream = Stream { url, tell, open: StoredValue::new_local(None), seen: StoredValue::new(false) };
        effect(move || {
            stream.start();
            let shown = window_event_listener(ev::visibilitychange, move |_| stream.follow_visibility());
            let off = window_event_listener(ev::offline, move |_| stream.say(Happening::Lost));
            let on = window_event_listener(ev::online, move |_| stream.start());
            on_cleanup(move || {
                shown.remove();
                off.remove();
                on.remove();
            });
        });
        on_cleanup(move || {
            stream.open.try_set_value(None);
        });
    }

    impl Stream {
        /// The page may be gone by the time something happens.
        fn say(self, happening: Happening) {
            if !self.open.is_disposed() {
                self.tell.run(happening);
            }
        }

        fn follow_visibility(self) {
            if browser::hidden() {
                self.open.try_set_value(None);
            } else if self.open.try_with_value(Option::is_none) == Some(true) {
                self.start();
            }
        }

        fn start(self) {
            if self.open.is_disposed() || browser::hidden() {
                return;
            }
            // The document is older than its program, which may take seconds to come: the first stream begins where it ends.
            let told = browser::root_mark("data-told").filter(|_| self.seen.try_get_value() == Some(false));
            let url = told.map_or_else(|| self.url.to_owned(), |told| format!("{}?after={told}", self.url));
            let Ok(source) = EventSource::new(&url) else { return };
            let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                if let Some(data) = event.data().as_string() {
                    self.say(Happening::Event(data));
                }
            });
            // EventSource opens again by itself after a cut and then resumes with Last-Event-ID: only the first opening
            // of a new one follows a gap.
            let fresh = StoredValue::new(true);
            let open = Closure::<dyn FnMut()>::new(move || {
                let resumed = self.seen.try_get_value() == Some(true) && fresh.try_get_value() == Some(true);
                self.seen.try_set_value(true);
                fresh.try_set_value(false);
                self.say(Happening::Found);
                if resumed {
                    self.say(Happening::Resumed);
                }
            });
            let error = Closure::<dyn FnMut()>::new(move || set_timeout(move || self.look_again(), GRACE));
            source.set_onmessage(Some(message.as_ref().unchecked_ref()));
            source.set_onopen(Some(open.as_ref().unchecked_ref()));
            source.set_onerror(Some(error.as_ref().unchecked_ref()));
            self.open.try_set_value(Some(Open { source, _message: message, _open: open, _error: error }));
        }

        /// After an error and a moment of grace: tells people, and opens a new stream when this one gave up.
        fn look_again(self) {
            let state = self.open.try_with_value(|o| o.as_ref().map(|o| o.source.ready_state())).flatten();
            match state {
                Some(EventSource::CONNECTING) => self.say(Happening::Lost),
                Some(EventSource::CLOSED) => {
                    self.say(Happening::Lost);
                    self.open.try_set_value(None);
                    // A refusal may mean that the session ended: asking leads to the sign-in page then.
                    spawn_local(async move {
                        let _ = guarded(current_session()).await;
                        set_timeout(move || self.follow_visibility(), PAUSE);
                    });
                }
                _ => {}
            }
        }
    }
}
