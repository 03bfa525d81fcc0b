//! Asks before a page is left on which something would be lost. `public/leaving.js` notices that people want to leave, by
//! whatever way, and tells it as the event `leave`.

use std::cell::RefCell;

use leptos::{
    prelude::window,
    wasm_bindgen::{JsCast, JsValue, closure::Closure},
    web_sys::Event,
};

thread_local! {
    /// What leaves after all.
    static LEAVE: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
}

/// Leaves as the person wanted to, after they have been asked.
pub(crate) fn leave_after_all() {
    if let Some(leave) = LEAVE.take() {
        leave();
    }
}

/// Says what leaves after all.
pub(crate) fn leave_later(leave: impl FnOnce() + 'static) {
    LEAVE.set(Some(Box::new(leave)));
}

/// From now on `ask` is called whenever somebody wants to leave while `is_dirty`.
pub(crate) fn guard_leaving(is_dirty: impl Fn() -> bool + 'static, ask: impl Fn() + 'static) {
    let what = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        if !is_dirty() {
            return;
        }
        event.prevent_default();
        // Without a way to leave, the browser itself asks: the tab is closed.
        if let Ok(leave) = get(&event, "detail").dyn_into::<js_sys::Function>() {
            leave_later(move || drop(leave.call0(&JsValue::UNDEFINED)));
            ask();
        }
    });
    let _ = window().add_event_listener_with_callback("leave", what.as_ref().unchecked_ref());
    what.forget();
}

/// The address of the page before this one in the tab's history, where the browser tells it.
pub(crate) fn previous_page() -> Option<String> {
    let history = get(&window(), "navigation");
    let now = index(&get(&history, "currentEntry"))?;
    let entries: js_sys::Function = get(&history, "entries").dyn_into().ok()?;
    let entries: js_sys::Array = entries.call0(&history).ok()?.dyn_into().ok()?;
    let before = entries.get(now.checked_sub(1)?);
    let url = get(&before, "url").as_string()?;
    url.strip_prefix(&window().location().origin().ok()?).map(ToOwned::to_owned)
}

/// Goes that many pages on in the tab's history; back, if there are less than none.
pub(crate) fn go(steps: i32) {
    if let Ok(history) = window().history() {
        let _ = history.go_with_delta(steps);
    }
}

/// What is no object has nothing.
fn get(of: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(of, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a tab's history is short; an entry that is not there any more has -1, which becomes 0"
)]
fn index(entry: &JsValue) -> Option<u32> {
    get(entry, "index").as_f64().map(|index| index as u32)
}
