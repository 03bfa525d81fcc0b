//! Pages are rendered to their end, even when nobody waits for them any more.
//!
//! A page's resources run as tasks of their own. When its request is dropped, Leptos takes away the signals that these tasks
//! still read, and they panic. So a page is a task too, which a client cannot end; how many there are at once is bounded.

use std::{future::Future, panic::resume_unwind, sync::Arc};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tracing::Instrument;

use crate::{
    error::ApiError,
    server::{app::state::AppState, error::ApiErrorResponse, http::events, service::actor::Actor},
};

/// Pages that are rendered at once. Those beyond wait, and may be given up.
pub const AT_ONCE: usize = 64;

/// Around the routes of the pages. Operations of the same routes pass through: they have no signals.
pub async fn to_their_end(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    // Before anything is read that the page shows.
    if request.extensions().get::<Actor>().is_some()
        && let Some(told) = events::told(&state).await
    {
        request.extensions_mut().insert(told);
    }
    render(&state, next.run(request)).await
}

/// Renders a page whole, whether or not somebody still waits for it.
pub async fn render(state: &AppState, page: impl Future<Output = Response> + Send + 'static) -> Response {
    let Ok(slot) = Arc::clone(&state.page_slots).acquire_owned().await else { return unavailable() };
    let rendered = async move {
        let _slot = slot;
        // The end of the body is where the page's signals go.
        let (parts, body) = page.await.into_parts();
        match to_bytes(body, usize::MAX).await {
            Ok(body) => Response::from_parts(parts, Body::from(body)),
            Err(_) => unavailable(),
        }
    };
    match state.life.tasks.spawn(rendered.in_current_span()).await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            // For the layer that answers for panics.
            Ok(panic) => resume_unwind(panic),
            Err(_) => unavailable(),
        },
    }
}

fn unavailable() -> Response {
    ApiErrorResponse(ApiError::unavailable()).into_response()
}
