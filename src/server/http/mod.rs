//! Plain HTTP routes: what is not a page and not a server function.

pub mod callback;
mod delivery;
pub mod events;
pub mod health;
pub mod notice;
pub mod streams;
pub mod whatsapp;
pub mod widget;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::error::ApiError;

/// An [`ApiError`] as an answer, with the status of its code.
pub struct ApiErrorResponse(pub ApiError);

impl IntoResponse for ApiErrorResponse {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self.0)).into_response()
    }
}

impl From<crate::server::error::Error> for ApiErrorResponse {
    fn from(error: crate::server::error::Error) -> Self {
        Self(error.into())
    }
}

impl From<ApiError> for ApiErrorResponse {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}
