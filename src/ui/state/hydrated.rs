//! Whether the browser has taken over the page that the server rendered.

use crate::ui::{browser, prelude::*};

/// True once event handlers work.
#[derive(Clone, Copy)]
pub(crate) struct Hydrated(pub(crate) RwSignal<bool>);

/// Provides [`Hydrated`], and marks the root element so that tests and styles can tell.
pub(crate) fn provide_hydrated() {
    let hydrated = RwSignal::new(false);
    provide_context(Hydrated(hydrated));
    effect(move || {
        browser::mark_root("data-hydrated", Some("true"));
        hydrated.set(true);
    });
}

/// Whether the page is alive; `false` where nobody provided it.
pub(crate) fn use_hydrated() -> Signal<bool> {
    use_context::<Hydrated>().map_or_else(|| Signal::stored(false), |h| h.0.into())
}
