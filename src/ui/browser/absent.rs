//! The server side: there is no browser, so nothing happens. These exist to let event handlers compile.

use uuid::Uuid;

use crate::domain::Millis;

pub(crate) fn now() -> Millis {
    0
}

pub(crate) fn zone_minutes(_at: Millis) -> Millis {
    0
}

pub(crate) fn morning(_days: u32, _hour: u32) -> Millis {
    0
}

pub(crate) fn next_monday(_hour: u32) -> Millis {
    0
}

pub(crate) fn local_time(_typed: &str) -> Option<Millis> {
    None
}

pub(crate) fn new_id() -> Option<Uuid> {
    None
}

pub(crate) fn lower(text: &str) -> String {
    text.to_lowercase()
}

pub(crate) fn recall(_key: &str) -> Option<String> {
    None
}

pub(crate) fn keep(_key: &str, _value: &str) {}

pub(crate) fn load(_url: &str) {}

pub(crate) fn reload() {}

pub(crate) fn fragment() -> String {
    String::new()
}

pub(crate) fn sign_in_again() {}

pub(crate) fn mark_root(_name: &str, _value: Option<&str>) {}

pub(crate) fn root_mark(_name: &str) -> Option<String> {
    None
}

pub(crate) fn set_cookie(_name: &str, _value: &str) {}

pub(crate) async fn copy(_text: String) -> bool {
    false
}

pub(crate) fn hidden() -> bool {
    false
}

pub(crate) fn offline() -> bool {
    false
}

pub(crate) fn is_going() -> bool {
    false
}

pub(crate) fn ask_before_leaving(_busy: impl Fn() -> bool + 'static) {}

pub(crate) fn watch_size(_element: &leptos::web_sys::Element, _changed: impl Fn() + 'static) {}

pub(crate) fn tell_height(_name: &str, _selector: &str) {}

pub(crate) fn is_typing() -> bool {
    false
}

pub(crate) fn focus(_selector: &str) {}

pub(crate) fn reveal(_selector: &'static str) {}

pub(crate) fn keep_in_view(_selector: &str) {}

pub(crate) fn press(_selector: &str) {}

pub(crate) fn keep_place(_pane: Option<leptos::web_sys::HtmlElement>) {}

pub(crate) fn begin_dialog(_dialog: &leptos::web_sys::HtmlElement) {}

pub(crate) fn keep_focus() {}

pub(crate) fn refocus(_selector: &str) {}

pub(crate) fn guard_leaving(_is_dirty: impl Fn() -> bool + 'static, _ask: impl Fn() + 'static) {}

pub(crate) fn leave_after_all() {}

pub(crate) fn leave_later(_leave: impl FnOnce() + 'static) {}

pub(crate) fn previous_page() -> Option<String> {
    None
}

pub(crate) fn go(_steps: i32) {}
