//! Calls to the server from pages: a session that ended leads to the sign-in page.

use crate::{
    error::{ApiResult, ErrorCode},
    ui::browser,
};

/// Awaits a server function. When nobody is signed in any more, the browser goes to sign in and comes back.
///
/// # Errors
/// What the server function answers.
pub(crate) async fn guarded<T>(call: impl Future<Output = ApiResult<T>> + Send) -> ApiResult<T> {
    let outcome = call.await;
    if outcome.as_ref().is_err_and(|e| e.code == ErrorCode::Unauthenticated) {
        browser::sign_in_again();
    }
    outcome
}
