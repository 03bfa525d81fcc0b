//! The server side: there is no browser, so nothing happens.

pub(super) fn recall(_key: &str) -> Option<String> {
    None
}

pub(super) fn keep(_key: &str, _value: &str) {}

pub(super) fn is_watched() -> bool {
    true
}

pub(super) async fn ask() -> Option<bool> {
    None
}

pub(super) fn notify(_title: &str, _body: &str, _tag: &str, _click: impl FnOnce() + 'static) {}

pub(super) fn chime() {}
