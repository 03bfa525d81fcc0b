//! What a scope provides to all that is inside it, found by its type.

use std::{any::TypeId, sync::Arc};

use leptos::prelude as base;

use super::source::Value;

/// A value, and what was provided before it: Leptos would compile its search for each type of value, and so knows this one only.
#[derive(Clone)]
struct Provided {
    value: Value,
    before: Option<Arc<Provided>>,
}

/// Lets everything in this scope, and in those inside it, find the value.
pub(crate) fn provide_context<T: Send + Sync + 'static>(value: T) {
    provide(Arc::new(value));
}

fn provide(value: Value) {
    let before = base::use_context::<Provided>().map(Arc::new);
    base::provide_context(Provided { value, before });
}

/// The value of that type which this scope, or the next one around it, was given last.
pub(crate) fn use_context<T: Clone + 'static>() -> Option<T> {
    find(TypeId::of::<T>())?.downcast_ref().cloned()
}

fn find(kind: TypeId) -> Option<Value> {
    let mut at = base::use_context::<Provided>().map(Arc::new);
    while let Some(provided) = at {
        if (*provided.value).type_id() == kind {
            return Some(provided.value.clone());
        }
        at = provided.before.clone();
    }
    None
}
