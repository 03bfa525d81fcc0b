//! Which integration a dialog is about.
//!
//! Dialogs live beside the cards, not inside of them: a card is built anew whenever something arrives.

use leptos::prelude::*;
use uuid::Uuid;

use crate::domain::integration::Integration;

/// A dialog of the page and the integration it is about.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub(super) open: RwSignal<bool>,
    id: RwSignal<Option<Uuid>>,
    name: RwSignal<String>,
}

impl Target {
    pub(super) fn new() -> Self {
        Self { open: RwSignal::new(false), id: RwSignal::new(None), name: RwSignal::new(String::new()) }
    }

    /// Opens the dialog for that integration.
    pub(super) fn choose(self, id: Uuid, name: String) {
        self.id.set(Some(id));
        self.name.set(name);
        self.open.set(true);
    }

    pub(super) fn id(self) -> Option<Uuid> {
        self.id.get_untracked()
    }

    pub(super) fn name(self) -> String {
        self.name.get()
    }
}

/// What the buttons of a card open.
#[derive(Clone, Copy)]
pub(super) struct Targets {
    pub(super) test: Target,
    pub(super) delete: Target,
}

impl Targets {
    pub(super) fn new() -> Self {
        Self { test: Target::new(), delete: Target::new() }
    }

    pub(super) fn test(self, integration: &Integration) {
        self.test.choose(integration.id, integration.name.clone());
    }

    pub(super) fn delete(self, integration: &Integration) {
        self.delete.choose(integration.id, integration.name.clone());
    }
}
