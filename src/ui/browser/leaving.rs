//! Asks before a page is left on which something would be lost: by a link of the app, by the browser's buttons, by closing
//! the tab.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::{
    prelude::window,
    wasm_bindgen::{JsCast, JsValue, closure::Closure},
    web_sys::{BeforeUnloadEvent, Element, Event, HtmlAnchorElement, MouseEvent},
};

thread_local! {
    /// What leaves after all.
    static LEAVE: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
    /// The browser is on its way back to the page that was to be left.
    static RETURNING: Cell<bool> = const { Cell::new(false) };
    /// The place in the tab's history before its last change.
    static CAME_FROM: Cell<Option<i32>> = const { Cell::new(None) };
}

/// Leaves as the person wanted to, after they have been asked.
pub(crate) fn leave_after_all() {
    if let Some(leave) = LEAVE.take() {
        leave();
    }
}

/// From now on `ask` is called whenever somebody wants to leave while `is_dirty`.
pub(crate) fn guard_leaving(is_dirty: impl Fn() -> bool + 'static, ask: impl Fn() + 'static) {
    let is_dirty = Rc::new(is_dirty);
    let ask = Rc::new(move |leave: Box<dyn FnOnce()>| {
        LEAVE.set(Some(leave));
        ask();
    });
    let dirty = Rc::clone(&is_dirty);
    listen(&window(), "beforeunload", move |event| {
        if dirty() {
            event.prevent_default();
            // Older browsers ask only if there is something to say; what it is they never show.
            event.unchecked_ref::<BeforeUnloadEvent>().set_return_value("unsaved");
        }
    });
    let (dirty, asks) = (Rc::clone(&is_dirty), Rc::clone(&ask));
    listen(&window(), "click", move |event| {
        let Some(link) = link_of(&event).filter(|_| dirty()) else { return };
        event.prevent_default();
        event.stop_immediate_propagation();
        asks(Box::new(move || link.click()));
    });
    let history = history_of_tab();
    if let Some(history) = &history {
        let noted = Closure::<dyn Fn(JsValue)>::new(|event| {
            CAME_FROM.set(index(&get(&event, "from")));
        });
        let listener = get(history, "addEventListener");
        if let Ok(listener) = listener.dyn_into::<js_sys::Function>() {
            let _ = listener.call2(history, &JsValue::from_str("currententrychange"), noted.as_ref());
        }
        noted.forget();
    }
    listen(&window(), "popstate", move |event| {
        if RETURNING.replace(false) {
            return event.stop_immediate_propagation();
        }
        if !is_dirty() {
            return;
        }
        // The address has changed already. Back to where the page is, unseen by the router; then ask.
        let now = history.as_ref().and_then(|h| index(&get(h, "currentEntry")));
        let steps = match (CAME_FROM.get(), now) {
            (Some(from), Some(now)) => from - now,
            // A browser that does not tell: most people go back.
            _ => 1,
        };
        if steps == 0 {
            return;
        }
        event.stop_immediate_propagation();
        RETURNING.set(true);
        go(steps);
        ask(Box::new(move || go(-steps)));
    });
}

/// The address of the page before this one in the tab's history, where the browser tells it.
pub(crate) fn previous_page() -> Option<String> {
    let history = history_of_tab()?;
    let now = index(&get(&history, "currentEntry"))?;
    let entries: js_sys::Function = get(&history, "entries").dyn_into().ok()?;
    let entries: js_sys::Array = entries.call0(&history).ok()?.dyn_into().ok()?;
    let before = entries.get(u32::try_from(now.checked_sub(1)?).ok()?);
    let url = get(&before, "url").as_string()?;
    url.strip_prefix(&window().location().origin().ok()?).map(ToOwned::to_owned)
}

/// Goes that many pages on in the tab's history; back, if there are less than none.
pub(crate) fn go(steps: i32) {
    if let Ok(history) = window().history() {
        let _ = history.go_with_delta(steps);
    }
}

/// The link that was pressed, if it leads to another page of the app in this tab.
fn link_of(event: &Event) -> Option<HtmlAnchorElement> {
    let press = event.dyn_ref::<MouseEvent>()?;
    if press.default_prevented() || press.button() != 0 {
        return None;
    }
    if press.meta_key() || press.alt_key() || press.ctrl_key() || press.shift_key() {
        return None;
    }
    let pressed = event.target()?.dyn_into::<Element>().ok()?;
    let link = pressed.closest("a[href]").ok()??.dyn_into::<HtmlAnchorElement>().ok()?;
    // A whole new page asks by `beforeunload`.
    let elsewhere = !link.target().is_empty() || link.has_attribute("download") || link.rel().contains("external");
    let location = window().location();
    let same = link.pathname() == location.pathname().ok()? && link.search() == location.search().ok()?;
    (!elsewhere && !same && link.host() == location.host().ok()?).then_some(link)
}

fn listen(target: &leptos::web_sys::EventTarget, name: &str, what: impl Fn(Event) + 'static) {
    let what = Closure::<dyn Fn(Event)>::new(what);
    // Before the router, which listens to the window, too.
    let _ = target.add_event_listener_with_callback_and_bool(name, what.as_ref().unchecked_ref(), true);
    what.forget();
}

/// `window.navigation`, which not every browser has.
fn history_of_tab() -> Option<JsValue> {
    Some(get(&window(), "navigation")).filter(JsValue::is_object)
}

fn get(of: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(of, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

#[expect(clippy::cast_possible_truncation, reason = "a tab's history is short")]
fn index(entry: &JsValue) -> Option<i32> {
    if !entry.is_object() {
        return None;
    }
    get(entry, "index").as_f64().map(|index| index as i32)
}
