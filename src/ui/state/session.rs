//! Who is signed in, loaded once for all pages.

use super::{
    data::{Data, load},
    guard::guarded,
};
use crate::{
    api::session::current_session,
    domain::{integration::CannotReach, role::Permission, session::Session},
    error::ApiResult,
    ui::prelude::*,
};

/// The session of this page; read it inside a `Suspense` or `Transition`.
#[derive(Clone, Copy)]
pub(crate) struct CurrentSession(Data<Session>);

impl CurrentSession {
    pub(crate) fn get(self) -> Option<ApiResult<Session>> {
        self.0.get()
    }

    /// Whether the person may do that; `false` while it is not known.
    pub(crate) fn may(self, permission: Permission) -> Signal<bool> {
        Signal::derive(move || {
            self.0.with(|s| s.as_ref().is_some_and(|s| s.as_ref().is_ok_and(|s| s.role.may(permission))))
        })
    }

    /// The public address, and why providers cannot reach it, if they cannot.
    pub(crate) fn unreached(self) -> Option<(String, CannotReach)> {
        let session = self.get()?.ok()?;
        session.cannot_reach.map(|why| (session.public_url, why))
    }

    /// Loads it again, after something about it was changed here.
    pub(crate) fn refetch(self) {
        self.0.refetch();
    }

    /// Whether the simulator is on; `false` while it is not known.
    pub(crate) fn sandbox(self) -> bool {
        self.0.with(|s| s.as_ref().is_some_and(|s| s.as_ref().is_ok_and(|s| s.sandbox)))
    }
}

/// Loads the session and provides it to everything below.
pub(crate) fn provide_session() -> CurrentSession {
    let session = CurrentSession(load(|| (), |()| guarded(current_session())));
    provide_context(session);
    session
}

/// The session that the layout provides.
pub(crate) fn use_session() -> CurrentSession {
    use_context::<CurrentSession>().unwrap_or_else(provide_session)
}
