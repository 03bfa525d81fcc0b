//! Short messages about what just happened. Good news leaves by itself, errors stay until dismissed.

use std::time::Duration;

use crate::{error::ApiError, ui::prelude::*};

/// How long good news stays.
const STAYS: Duration = Duration::from_secs(5);

/// How many may stand there.
const MOST: usize = 3;

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Toast {
    pub(crate) id: u32,
    pub(crate) text: String,
    pub(crate) is_error: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

impl Toasts {
    pub(crate) fn list(self) -> Vec<Toast> {
        self.list.get()
    }

    pub(crate) fn success(self, text: impl Into<String>) {
        let id = self.add(text.into(), false);
        set_timeout(move || self.dismiss(id), STAYS);
    }

    pub(crate) fn error(self, error: &ApiError) {
        let text = match &error.action {
            Some(action) => format!("{} {action}", error.message),
            None => error.message.clone(),
        };
        self.failure(text);
    }

    /// What went wrong, and what to do, in words.
    pub(crate) fn failure(self, text: impl Into<String>) {
        self.add(text.into(), true);
    }

    pub(crate) fn dismiss(self, id: u32) {
        self.list.try_update(|list| list.retain(|t| t.id != id));
    }

    fn add(self, text: String, is_error: bool) -> u32 {
        let id = self.next.get_value().wrapping_add(1);
        self.next.set_value(id);
        self.list.update(|list| {
            // The same news again replaces the old; good news gives way when there is too much of it.
            list.retain(|t| t.text != text);
            if list.len() >= MOST
                && let Some(oldest) = list.iter().position(|t| !t.is_error)
            {
                list.remove(oldest);
            }
            list.push(Toast { id, text, is_error });
        });
        id
    }
}

pub(crate) fn provide_toasts() {
    provide_context(Toasts { list: RwSignal::new(Vec::new()), next: StoredValue::new(0) });
}

pub(crate) fn use_toasts() -> Toasts {
    use_context::<Toasts>().unwrap_or_else(|| Toasts { list: RwSignal::new(Vec::new()), next: StoredValue::new(0) })
}
