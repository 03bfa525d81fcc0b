//! The browser speaks the language of its page.

use std::sync::OnceLock;

use super::Language;

static CATALOGUE: OnceLock<Vec<String>> = OnceLock::new();

/// Takes over the catalogue that the page has loaded.
pub fn load(file: &str) {
    let _ = CATALOGUE.set(file.split('\n').map(str::to_owned).collect());
}

fn line(number: usize) -> &'static str {
    CATALOGUE.get().and_then(|lines| lines.get(number)).map_or("", String::as_str)
}

/// The language of this page.
pub fn current() -> Language {
    Language::of(line(0)).unwrap_or_default()
}

pub(super) fn text(place: usize) -> &'static str {
    line(place + 1)
}

/// What the server has said came in the language of this page.
#[must_use]
pub fn retold(said: &str) -> String {
    said.to_owned()
}
