//! Calls to the server from pages: a session that ended leads to the sign-in page.

use crate::{
    error::{ApiError, ApiResult, ErrorCode},
    ui::browser,
};

/// Awaits a server function. When nobody is signed in any more, the browser goes to sign in and comes back.
///
/// # Errors
/// What the server function answers.
pub(crate) async fn guarded<T>(call: impl Future<Output = ApiResult<T>> + Send) -> ApiResult<T> {
    let outcome = call.await.inspect_err(look_at);
    // In the browser it has come in the language of the page.
    if cfg!(feature = "ssr") { outcome.map_err(ApiError::retold) } else { outcome }
}

fn look_at(error: &ApiError) {
    if error.code == ErrorCode::Unauthenticated {
        browser::sign_in_again();
    }
}
