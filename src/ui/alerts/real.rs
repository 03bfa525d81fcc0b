//! The browser side: what is kept in it for all its pages, its notifications, and a sound.
//!
//! Notifications, sounds and locks are reached by name: they are few calls, and not every browser has them.

use std::time::Duration;

use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::{
    __reexports::wasm_bindgen_futures::JsFuture,
    prelude::{document, set_timeout, window},
    task::spawn_local,
    wasm_bindgen::{JsCast, JsValue, closure::Closure},
    web_sys::Storage,
};

fn kept() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What the pages of this browser keep under `key`.
pub(super) fn recall(key: &str) -> Option<String> {
    kept()?.get_item(key).ok().flatten()
}

/// Keeps it; a full or forbidden storage only costs the choice.
pub(super) fn keep(key: &str, value: &str) {
    if let Some(storage) = kept() {
        let _ = storage.set_item(key, value);
    }
}

/// Whether somebody looks at this page.
pub(super) fn is_watched() -> bool {
    !document().hidden() && document().has_focus().unwrap_or(true)
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &JsValue::from_str(name)).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

fn function(object: &JsValue, name: &str) -> Option<Function> {
    get(object, name)?.dyn_into().ok()
}

fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    function(object, name)?.apply(object, &arguments.iter().collect()).ok()
}

/// Asks for the leave to show notifications; none when the browser has no such thing here.
pub(super) async fn ask() -> Option<bool> {
    let asked = call(&get(&window(), "Notification")?, "requestPermission", &[])?;
    let said = JsFuture::from(Promise::resolve(&asked)).await.ok()?;
    Some(said.as_string().as_deref() == Some("granted"))
}

/// Shows a notification, in place of an earlier one with that tag. A click on it brings this page to the front.
pub(super) fn notify(title: &str, body: &str, tag: &str, click: impl FnOnce() + 'static) {
    let Some(kind) = function(&window(), "Notification") else { return };
    let options = Object::new();
    for (name, value) in [("body", body), ("tag", tag), ("icon", "/favicon.svg")] {
        let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    // On phones only a service worker may.
    let Ok(shown) = Reflect::construct(&kind, &Array::of2(&JsValue::from_str(title), &options)) else { return };
    let closing = shown.clone();
    let clicked = Closure::once_into_js(move || {
        let _ = window().focus();
        call(&closing, "close", &[]);
        click();
    });
    let _ = Reflect::set(&shown, &JsValue::from_str("onclick"), &clicked);
}

/// Plays two short tones, where the browser lets pages do so: not before somebody has clicked in this one.
pub(super) fn chime() {
    let clicked = get(&window().navigator(), "userActivation").and_then(|a| get(&a, "hasBeenActive"));
    if clicked.is_none_or(|c| c.is_truthy()) {
        play();
    }
}

fn play() -> Option<()> {
    let audio = Reflect::construct(&function(&window(), "AudioContext")?, &Array::new()).ok()?;
    let now = get(&audio, "currentTime")?.as_f64()?;
    for (pitch, begins) in [(880.0, now), (1174.7, now + 0.12)] {
        let (tone, volume) = (call(&audio, "createOscillator", &[])?, call(&audio, "createGain", &[])?);
        let gain = get(&volume, "gain")?;
        let number = JsValue::from_f64;
        Reflect::set(&get(&tone, "frequency")?, &"value".into(), &number(pitch)).ok()?;
        call(&gain, "setValueAtTime", &[number(0.2), number(begins)])?;
        call(&gain, "exponentialRampToValueAtTime", &[number(0.001), number(begins + 0.4)])?;
        call(&tone, "connect", std::slice::from_ref(&volume))?;
        call(&volume, "connect", &[get(&audio, "destination")?])?;
        call(&tone, "start", &[number(begins)]);
        call(&tone, "stop", &[number(begins + 0.4)]);
    }
    // A page may have few of them.
    set_timeout(move || drop(call(&audio, "close", &[])), Duration::from_secs(1));
    Some(())
}

/// Waits for a lock that only one page of this browser has, and calls `hold` when this one has it: until what that gives is
/// settled. `false` where there are no locks (without https).
pub(crate) fn lock(name: &str, hold: impl FnOnce() -> JsValue + 'static) -> bool {
    let Some(locks) = get(&window().navigator(), "locks") else { return false };
    let granted = Closure::once_into_js(hold);
    let Some(asked) = call(&locks, "request", &[JsValue::from_str(name), granted]) else { return false };
    // It ends badly when the page goes; nobody is left to be told.
    spawn_local(async move { drop(JsFuture::from(Promise::resolve(&asked)).await) });
    true
}
