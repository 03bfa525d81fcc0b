//! A stream of server-sent events that comes back by itself.
//!
//! While the tab is hidden it stays open in one tab of the browser, the one that has the lock `EAR`: somebody has to hear of
//! customers who wait. The others close theirs, because over HTTP/1.1 a browser opens no more than six connections to a server:
//! with as many tabs in the background the next page would not load at all.
//!
//! A line that is dead without saying so (after sleep, in another network) shows in that the server's heartbeat is missing.

#[cfg(not(feature = "hydrate"))]
use crate::ui::prelude::Callback;

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

/// What becomes of a stream while its tab is hidden.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hidden {
    /// It is closed.
    Closes,
    /// It stays open in one tab of the browser, and its server beats.
    HearsForAll,
}

/// Follows the events of `url` until the caller's scope ends. Does nothing on the server.
#[cfg(not(feature = "hydrate"))]
pub(crate) fn follow(_url: &'static str, _hidden: Hidden, _tell: Callback<Happening>) {}

#[cfg(feature = "hydrate")]
pub(crate) use browser::follow;

#[cfg(feature = "hydrate")]
mod browser {
    use std::time::Duration;

    use leptos::{
        ev,
        prelude::{LocalStorage, StoredValue as LocalValue},
        task::spawn_local,
        web_sys,
    };
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web_sys::{EventSource, MessageEvent};

    use super::{Happening, Hidden};
    use crate::{
        api::session::current_session,
        domain::Millis,
        ui::{alerts::lock, browser, prelude::*, state::guard::guarded},
    };

    /// How long a broken connection may heal by itself before people are told.
    const GRACE: Duration = Duration::from_secs(2);
    /// How long to wait when the server refused the stream.
    const PAUSE: Duration = Duration::from_secs(4);
    /// What the one hidden tab has that hears for all.
    const EAR: &str = "parlance.ear";
    /// How long a tab that was hidden waits for it before it closes its stream.
    const PATIENCE: Duration = Duration::from_secs(1);
    /// Three beats of the server (every 15 s) that did not come: the line is dead.
    const SILENCE: Millis = 45_000;
    /// How often that is looked at.
    const LISTEN: Duration = Duration::from_secs(15);

    /// Keeps the handlers alive as long as the stream; closes it when dropped.
    struct Open {
        source: EventSource,
        _message: Closure<dyn FnMut(MessageEvent)>,
        _open: Closure<dyn FnMut()>,
        _error: Closure<dyn FnMut()>,
        _beat: Closure<dyn FnMut()>,
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
        hidden: Hidden,
        tell: Callback<Happening>,
        open: LocalValue<Option<Open>, LocalStorage>,
        /// Whether a stream was open before: then a new one follows a gap.
        seen: StoredValue<bool>,
        /// When the server was heard last.
        heard: StoredValue<Millis>,
        /// Counts how often the tab was hidden or shown.
        turns: StoredValue<u32>,
        /// This hidden tab hears for all of them, until this is called.
        ear: LocalValue<Option<js_sys::Function>, LocalStorage>,
    }

    /// Follows the events of `url` until the caller's scope ends.
    pub(crate) fn follow(url: &'static str, hidden: Hidden, tell: Callback<Happening>) {
        let stream = Stream {
            url,
            hidden,
            tell,
            open: LocalValue::new_local(None),
            seen: StoredValue::new(false),
            heard: StoredValue::new(0),
            turns: StoredValue::new(0),
            ear: LocalValue::new_local(None),
        };
        effect(move || {
            stream.follow_visibility();
            let shown = window_event_listener(ev::visibilitychange, move |_| stream.follow_visibility());
            let off = window_event_listener(ev::offline, move |_| stream.say(Happening::Lost));
            let on = window_event_listener(ev::online, move |_| stream.start());
            let listens = set_interval_with_handle(move || stream.listen(), LISTEN);
            on_cleanup(move || {
                if let Ok(listens) = listens {
                    listens.clear();
                }
                shown.remove();
                off.remove();
                on.remove();
            });
        });
        on_cleanup(move || {
            stream.give_up_ear();
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
            let turn = self.turns.try_update_value(|turns| {
                *turns = turns.wrapping_add(1);
                *turns
            });
            let Some(turn) = turn else { return };
            if browser::hidden() {
                self.hide(turn);
            } else {
                self.give_up_ear();
                self.listen();
                if !self.is_open() {
                    self.start();
                }
            }
        }

        /// Asks for the ear, and closes the stream if another tab has it.
        fn hide(self, turn: u32) {
            let still = move || self.turns.try_get_value() == Some(turn);
            let granted = move || {
                if !still() {
                    return JsValue::UNDEFINED;
                }
                js_sys::Promise::new(&mut |done, _| {
                    self.ear.try_set_value(Some(done));
                    if !self.is_open() {
                        self.start();
                    }
                })
                .into()
            };
            if self.hidden == Hidden::Closes || !lock(EAR, granted) {
                self.open.try_set_value(None);
                return;
            }
            let close = move || {
                if still() && !self.has_ear() {
                    self.open.try_set_value(None);
                }
            };
            set_timeout(close, PATIENCE);
        }

        fn has_ear(self) -> bool {
            self.ear.try_with_value(Option::is_some) == Some(true)
        }

        fn give_up_ear(self) {
            if let Some(done) = self.ear.try_update_value(Option::take).flatten() {
                let _ = done.call0(&JsValue::UNDEFINED);
            }
        }

        fn is_open(self) -> bool {
            self.open.try_with_value(Option::is_none) != Some(true)
        }

        /// Opens another stream in place of one that has said nothing for too long.
        fn listen(self) {
            let heard = self.heard.try_get_value().unwrap_or_default();
            if self.hidden == Hidden::HearsForAll && self.is_open() && heard > 0 && browser::now() - heard > SILENCE {
                self.start();
            }
        }

        fn hears(self) {
            self.heard.try_set_value(browser::now());
        }

        fn start(self) {
            if self.open.is_disposed() || browser::hidden() && !self.has_ear() {
                return;
            }
            self.hears();
            // The document is older than its program, which may take seconds to come: the first stream begins where it ends.
            let told = browser::root_mark("data-told").filter(|_| self.seen.try_get_value() == Some(false));
            let url = told.map_or_else(|| self.url.to_owned(), |told| format!("{}?after={told}", self.url));
            let Ok(source) = EventSource::new(&url) else { return };
            let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                self.hears();
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
                self.hears();
                fresh.try_set_value(false);
                self.say(Happening::Found);
                if resumed {
                    self.say(Happening::Resumed);
                }
            });
            let error = Closure::<dyn FnMut()>::new(move || set_timeout(move || self.look_again(), GRACE));
            let beat = Closure::<dyn FnMut()>::new(move || self.hears());
            source.set_onmessage(Some(message.as_ref().unchecked_ref()));
            let _ = source.add_event_listener_with_callback("beat", beat.as_ref().unchecked_ref());
            source.set_onopen(Some(open.as_ref().unchecked_ref()));
            source.set_onerror(Some(error.as_ref().unchecked_ref()));
            self.open.try_set_value(Some(Open { source, _message: message, _open: open, _error: error, _beat: beat }));
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
                        let again = move || {
                            if !self.is_open() {
                                self.start();
                            }
                        };
                        set_timeout(again, PAUSE);
                    });
                }
                _ => {}
            }
        }
    }
}
