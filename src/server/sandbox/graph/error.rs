//! Graph errors in Meta's form (contract, section 7). What is said here is said to the product as Meta would say it; what went wrong
//! inside the simulator is only logged.

use super::super::{error::SandboxError, ids};
use crate::server::channel::whatsapp::wire::messages::{Details, Fault, Refused};
use axum::{
    Json,
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
};

const HELP: &str = "Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api";

/// An error answer.
#[derive(Debug)]
pub(in crate::server::sandbox) struct GraphError {
    status: StatusCode,
    code: i64,
    subcode: Option<i64>,
    message: String,
    details: Option<String>,
}

impl GraphError {
    fn new(status: StatusCode, code: i64, message: impl Into<String>) -> Self {
        Self { status, code, subcode: None, message: message.into(), details: None }
    }

    fn bad(code: i64, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    fn with_details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }

    pub(super) fn no_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 104, "An access token is required to request this resource.")
    }

    pub(super) fn bad_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 190, "Invalid OAuth access token - Cannot parse access token")
    }

    /// The sending path has its own words for a bad token (contract, section 7.2).
    pub(super) fn on_edge(mut self, edge: &str) -> Self {
        if self.code == 190 && edge == "messages" {
            self.message = "Authentication Error".to_owned();
        }
        self
    }

    /// An app token of an app that does not exist.
    pub(super) fn unknown_app() -> Self {
        Self::bad(101, "Error validating application. Cannot get application info due to a system error.")
    }

    /// An app token with the wrong secret.
    pub(super) fn bad_app_token() -> Self {
        Self::bad(190, "Invalid OAuth access token signature.")
    }

    pub(super) fn bad_proof() -> Self {
        Self::bad(100, "Invalid appsecret_proof provided in the API argument")
    }

    /// The object is not there, or not for this token: Meta does not tell which.
    pub(super) fn no_object(method: &Method, id: &str) -> Self {
        let verb = method.as_str().to_ascii_lowercase();
        let message = format!(
            "Unsupported {verb} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, \
             or does not support this operation. {HELP}"
        );
        Self { subcode: Some(33), ..Self::bad(100, message) }
    }

    pub(super) fn unknown_path(path: &str) -> Self {
        Self::bad(2500, format!("Unknown path components: {path}"))
    }

    pub(super) fn nonexisting_field(name: &str, kind: &str) -> Self {
        Self::bad(100, format!("(#100) Tried accessing nonexisting field ({name}) on node type ({kind})"))
    }

    /// The body could not be read: cut off or too large.
    pub(super) fn unreadable(status: StatusCode) -> Self {
        Self::new(status, 100, "(#100) The request body could not be read")
    }

    pub(super) fn not_json() -> Self {
        Self::parameter("The request body is not a JSON object")
    }

    pub(in crate::server::sandbox) fn required(name: &str) -> Self {
        Self::parameter(&format!("The parameter {name} is required."))
    }

    /// Something about the parameters, in words.
    pub(in crate::server::sandbox) fn parameter(message: &str) -> Self {
        Self::bad(100, format!("(#100) {message}"))
    }

    pub(super) fn invalid_value(details: &str) -> Self {
        Self::bad(131_009, "(#131009) Parameter value is not valid").with_details(details)
    }

    pub(super) fn to_yourself() -> Self {
        Self::bad(131_021, "(#131021) Recipient cannot be sender")
            .with_details("The recipient is the business number itself")
    }

    /// As with a test number: only people on its list can be written to. The list is the customers of the sandbox.
    pub(super) fn not_listed() -> Self {
        Self::bad(131_030, "(#131030) Recipient phone number not in allowed list")
            .with_details("The recipient is no customer of this sandbox number: add one on the sandbox page")
    }

    pub(in crate::server::sandbox) fn unsupported_type(kind: &str) -> Self {
        Self::bad(131_051, "(#131051) Unsupported message type")
            .with_details(format!("The sandbox takes messages of type text only, not {kind}"))
    }

    fn into_wire(self) -> Refused {
        let error = Fault {
            message: self.message.into(),
            kind: "OAuthException",
            code: self.code,
            error_subcode: self.subcode,
            error_data: self.details.map(Details::new),
            fbtrace_id: ids::trace_id().into(),
        };
        Refused { error }
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        (self.status, Json(self.into_wire())).into_response()
    }
}

impl From<SandboxError> for GraphError {
    fn from(error: SandboxError) -> Self {
        tracing::error!(?error, "the sandbox could not answer a Graph call");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, 131_000, "(#131000) Something went wrong")
    }
}

impl From<sqlx::Error> for GraphError {
    fn from(error: sqlx::Error) -> Self {
        SandboxError::from(error).into()
    }
}
