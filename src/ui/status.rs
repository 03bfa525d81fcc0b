//! The HTTP status of a page. Only the server has one; in the browser this does nothing.

/// Answers the page with that status.
#[cfg(feature = "ssr")]
pub(crate) fn set_status(status: u16) {
    use axum::http::StatusCode;
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;

    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

#[cfg(not(feature = "ssr"))]
pub(crate) fn set_status(_status: u16) {}
