//! The browser side: what only a browser can do.

use std::cell::Cell;

use leptos::{
    __reexports::wasm_bindgen_futures::JsFuture,
    prelude::{document, window},
    wasm_bindgen::{JsCast, JsValue, closure::Closure},
    web_sys,
};
use uuid::Uuid;

use crate::domain::Millis;

/// The clock of the browser.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit an f64 and an i64")]
pub(crate) fn now() -> Millis {
    js_sys::Date::now() as Millis
}

/// How many minutes the browser's zone is ahead of UTC at that moment.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "whole minutes of a day")]
pub(crate) fn zone_minutes(at: Millis) -> Millis {
    -(js_sys::Date::new(&JsValue::from_f64(at as f64)).get_timezone_offset() as Millis)
}

/// A moment of the browser's own zone: so many days from today, at that hour.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit an i64")]
pub(crate) fn morning(days: u32, hour: u32) -> Millis {
    let date = js_sys::Date::new_0();
    // In steps of the calendar: a day has 23 hours now and then.
    date.set_date(date.get_date() + days);
    date.set_hours(hour);
    date.set_minutes(0);
    date.set_seconds(0);
    date.set_milliseconds(0);
    date.get_time() as Millis
}

/// The next Monday in the browser's own zone, at that hour.
pub(crate) fn next_monday(hour: u32) -> Millis {
    let today = js_sys::Date::new_0().get_day();
    morning((8 - today) % 7 + if today == 1 { 7 } else { 0 }, hour)
}

/// The moment that somebody typed into a field for date and time, in the browser's own zone.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit an i64")]
pub(crate) fn local_time(typed: &str) -> Option<Millis> {
    let time = js_sys::Date::parse(typed);
    time.is_finite().then_some(time as Millis)
}

/// A fresh id from the browser's own randomness; `None` where there is none.
pub(crate) fn new_id() -> Option<Uuid> {
    let crypto = js_sys::Reflect::get(&window(), &JsValue::from_str("crypto")).ok()?;
    let fill = js_sys::Reflect::get(&crypto, &JsValue::from_str("getRandomValues")).ok()?;
    let fill = fill.dyn_into::<js_sys::Function>().ok()?;
    let bytes = js_sys::Uint8Array::new_with_length(16);
    fill.call1(&crypto, &bytes).ok()?;
    let mut raw = [0_u8; 16];
    bytes.copy_to(&mut raw);
    Some(uuid::Builder::from_random_bytes(raw).into_uuid())
}

/// The text in small letters. (The browser has the table for it that Rust would bring along.)
pub(crate) fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

fn drafts() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

/// What was kept in this tab under `key`.
pub(crate) fn recall(key: &str) -> Option<String> {
    drafts()?.get_item(key).ok().flatten()
}

/// Keeps `value` in this tab under `key`; an empty one is forgotten.
pub(crate) fn keep(key: &str, value: &str) {
    let Some(storage) = drafts() else { return };
    // A full or forbidden storage only costs the draft.
    let _ = if value.is_empty() { storage.remove_item(key) } else { storage.set_item(key, value) };
}

thread_local! {
    /// Whether the app itself goes to another page: then nobody is asked.
    static LEAVES: Cell<bool> = const { Cell::new(false) };
    /// When this page was last about to go.
    static GOES: Cell<Millis> = const { Cell::new(0) };
}

/// How long a page may take to go, in milliseconds. A person who was asked and stays is there longer.
const GOING: Millis = 3000;

/// Whether this page seems to be going: what is in progress then breaks off, and means nothing.
pub(crate) fn is_going() -> bool {
    now() - GOES.get() < GOING
}

/// Loads another page, leaving the app.
pub(crate) fn load(url: &str) {
    LEAVES.set(true);
    let _ = window().location().set_href(url);
}

/// Reloads this page.
pub(crate) fn reload() {
    let _ = window().location().reload();
}

/// The path of this page.
pub(crate) fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// What stands behind the `#` of this page's address. No server is ever told it.
pub(crate) fn fragment() -> String {
    window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned()
}

/// Path and query of this page.
fn here() -> String {
    let location = window().location();
    path() + &location.search().unwrap_or_default()
}

/// Sends somebody whose session ended to the sign-in page, and back here afterwards.
pub(crate) fn sign_in_again() {
    let next = String::from(js_sys::encode_uri_component(&here()));
    load(&format!("/sign-in?next={next}"));
}

/// Sets (or with `None` takes away) an attribute of the root element.
pub(crate) fn mark_root(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// An attribute of the root element.
pub(crate) fn root_mark(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(name)
}

/// Writes a cookie that the server may read; an empty value deletes it.
pub(crate) fn set_cookie(name: &str, value: &str) {
    let age = if value.is_empty() { 0 } else { 31_536_000 };
    let cookie = JsValue::from_str(&format!("{name}={value}; Path=/; Max-Age={age}; SameSite=Lax"));
    let _ = js_sys::Reflect::set(&document(), &JsValue::from_str("cookie"), &cookie);
}

/// Puts text on the clipboard; `false` when the browser does not allow it.
pub(crate) async fn copy(text: String) -> bool {
    let navigator = window().navigator();
    // Outside of https and localhost there is no clipboard object at all.
    let there = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard")).is_ok_and(|c| c.is_object());
    if !there {
        return false;
    }
    let promise = navigator.clipboard().write_text(&text);
    JsFuture::from(promise).await.is_ok()
}

/// Whether the tab is in the background.
pub(crate) fn hidden() -> bool {
    document().hidden()
}

/// Whether the browser knows that there is no network.
pub(crate) fn offline() -> bool {
    !window().navigator().on_line()
}

/// Lets the browser ask before this page goes, as long as `busy` says so and the caller's scope lives.
pub(crate) fn ask_before_leaving(busy: impl Fn() -> bool + 'static) {
    let handle = leptos::prelude::window_event_listener_untyped("beforeunload", move |event| {
        GOES.set(now());
        if busy() && !LEAVES.get() {
            event.prevent_default();
            // Safari asks for this only.
            let _ = js_sys::Reflect::set(&event, &JsValue::from_str("returnValue"), &JsValue::TRUE);
        }
    });
    leptos::prelude::on_cleanup(move || handle.remove());
}

/// Calls `changed` when the element gets another size, and once at first, as long as it is there.
pub(crate) fn watch_size(element: &web_sys::Element, changed: impl Fn() + 'static) {
    let changed = Closure::<dyn FnMut()>::new(changed).into_js_value();
    // Through `Reflect`: as a feature of web-sys it is not there yet.
    let observer = js_sys::Reflect::get(&window(), &JsValue::from_str("ResizeObserver"))
        .and_then(JsCast::dyn_into::<js_sys::Function>)
        .and_then(|class| js_sys::Reflect::construct(&class, &js_sys::Array::of1(&changed)));
    if let Ok(observer) = observer
        && let Ok(observe) = js_sys::Reflect::get(&observer, &JsValue::from_str("observe"))
        && let Ok(observe) = observe.dyn_into::<js_sys::Function>()
    {
        let _ = observe.call1(&observer, element);
    }
}

/// Tells the toasts how high the element is that the selector finds, as the custom property `name`. Only them, and only when that
/// is news: whatever inherits it is restyled.
pub(crate) fn tell_height(name: &str, selector: &str) {
    if let (Some(element), Some(toasts)) = (find(selector), find(".toasts")) {
        let (style, height) = (toasts.style(), format!("{}px", element.offset_height()));
        if style.get_property_value(name).ok().as_deref() != Some(height.as_str()) {
            let _ = style.set_property(name, &height);
        }
    }
}

/// Whether typing goes somewhere: then single keys are no shortcuts.
pub(crate) fn is_typing() -> bool {
    let Some(active) = document().active_element() else { return false };
    let tag = active.tag_name();
    matches!(tag.as_str(), "INPUT" | "TEXTAREA" | "SELECT") || active.closest("dialog").is_ok_and(|d| d.is_some())
}

/// Gives the focus to the first element that the selector finds.
pub(crate) fn focus(selector: &str) {
    if let Some(element) = find(selector) {
        let _ = element.focus();
    }
}

/// Scrolls the first element that the selector finds into view, once it is drawn.
pub(crate) fn reveal(selector: &'static str) {
    leptos::prelude::request_animation_frame(move || {
        if let Some(element) = find(selector) {
            element.scroll_into_view();
        }
    });
}

/// Scrolls the first element that the selector finds into view, unless it is there already.
pub(crate) fn keep_in_view(selector: &str) {
    let Some(element) = find(selector) else { return };
    let options = js_sys::Object::new();
    let set = js_sys::Reflect::set(&options, &JsValue::from_str("block"), &JsValue::from_str("nearest"));
    let scroll = js_sys::Reflect::get(&element, &JsValue::from_str("scrollIntoView"));
    if let (Ok(true), Ok(scroll)) = (set, scroll.and_then(|s| s.dyn_into::<js_sys::Function>())) {
        let _ = scroll.call1(&element, &options);
    }
}

/// Presses the first element that the selector finds.
pub(crate) fn press(selector: &str) {
    if let Some(element) = find(selector) {
        element.click();
    }
}

fn find(selector: &str) -> Option<web_sys::HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Notes what stands at the upper edge of a scrolled list, and puts it there again once the next change of the list is drawn.
/// (Not every browser does that by itself, and none does it for a pane that is scrolled to its very beginning.)
pub(crate) fn keep_place(pane: Option<web_sys::HtmlElement>) {
    let Some(pane) = pane else { return };
    let Ok(Some(list)) = pane.query_selector("ol, ul") else { return };
    let top = pane.get_bounding_client_rect().top();
    let mut row = list.first_element_child();
    // What loads more may go: the first row of content is the one to hold on to.
    while let Some(element) = row {
        let is_seen =
            element.get_bounding_client_rect().bottom() > top && !element.matches(".activity").unwrap_or(false);
        if is_seen {
            let was = element.get_bounding_client_rect().top();
            leptos::prelude::request_animation_frame(move || {
                let moved = element.get_bounding_client_rect().top() - was;
                if element.is_connected() {
                    pane.scroll_by_with_x_and_y(0.0, moved);
                }
            });
            return;
        }
        row = element.next_element_sibling();
    }
}
