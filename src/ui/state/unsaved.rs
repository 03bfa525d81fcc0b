//! What people have typed and not saved yet. Nobody loses it by a slip: dialogs and pages ask before they are left.

use crate::ui::{browser, prelude::*};

/// A form that tells whether something in it would be lost.
#[derive(Clone, Copy)]
struct Held {
    key: u32,
    /// The dialog that it stands in.
    scope: Option<u32>,
    dirty: Signal<bool>,
}

/// All forms that are open, and the question whether to leave them.
#[derive(Clone, Copy)]
pub(crate) struct Unsaved {
    held: StoredValue<Vec<Held>>,
    next: StoredValue<u32>,
    /// The dialog that is to be closed; without one it is the page that is left.
    closing: StoredValue<Option<Callback<()>>>,
    /// Whether the question is put.
    pub(crate) asking: RwSignal<bool>,
}

/// The dialog around a form.
#[derive(Clone, Copy)]
pub(crate) struct Scope {
    pub(crate) key: u32,
    /// Closes it, after asking if something would be lost.
    pub(crate) leave: Callback<()>,
}

impl Unsaved {
    fn new() -> Self {
        Self {
            held: StoredValue::new(Vec::new()),
            next: StoredValue::new(0),
            closing: StoredValue::new(None),
            asking: RwSignal::new(false),
        }
    }

    /// A number that nobody else has.
    pub(crate) fn key(self) -> u32 {
        let key = self.next.get_value().wrapping_add(1);
        self.next.set_value(key);
        key
    }

    /// Whether something would be lost, in that dialog or anywhere.
    pub(crate) fn is_dirty(self, scope: Option<u32>) -> bool {
        let held = self.held.try_get_value().unwrap_or_default();
        held.into_iter()
            .filter(|h| scope.is_none() || h.scope == scope)
            .any(|h| h.dirty.try_get_untracked().unwrap_or(false))
    }

    /// Closes a dialog, after asking if something in it would be lost.
    pub(crate) fn close(self, scope: u32, close: Callback<()>) {
        if self.is_dirty(Some(scope)) {
            self.closing.set_value(Some(close));
            self.asking.set(true);
        } else {
            close.run(());
        }
    }

    /// Goes elsewhere by the app's own doing, after asking if something would be lost.
    pub(crate) fn go(self, go: impl FnOnce() + 'static) {
        if !self.is_dirty(None) {
            return go();
        }
        self.closing.set_value(None);
        browser::leave_later(go);
        self.asking.set(true);
    }

    /// What was typed may go.
    pub(crate) fn discard(self) {
        self.asking.set(false);
        match self.closing.get_value() {
            Some(close) => close.run(()),
            None => {
                self.held.set_value(Vec::new());
                browser::leave_after_all();
            }
        }
    }
}

/// Provides [`Unsaved`], and in the browser asks before the page is left.
pub(crate) fn provide_unsaved() -> Unsaved {
    let unsaved = Unsaved::new();
    provide_context(unsaved);
    effect(move || {
        browser::guard_leaving(
            move || unsaved.is_dirty(None),
            move || {
                unsaved.closing.set_value(None);
                unsaved.asking.set(true);
            },
        );
    });
    unsaved
}

pub(crate) fn use_unsaved() -> Unsaved {
    use_context::<Unsaved>().unwrap_or_else(Unsaved::new)
}

/// Says of the form that is being built whether leaving it would lose something.
pub(crate) fn hold(dirty: impl Fn() -> bool + Send + Sync + 'static) {
    let unsaved = use_unsaved();
    let key = unsaved.key();
    let scope = use_context::<Scope>().map(|scope| scope.key);
    let held = Held { key, scope, dirty: Signal::derive(dirty) };
    unsaved.held.update_value(|all| all.push(held));
    on_cleanup(move || {
        unsaved.held.try_update_value(|all| all.retain(|h| h.key != key));
    });
}

/// What a form's “Cancel” does: closes the dialog around it, after asking if something would be lost.
pub(crate) fn use_leave() -> Callback<()> {
    use_context::<Scope>().map_or_else(|| Callback::new(|()| ()), |scope| scope.leave)
}
