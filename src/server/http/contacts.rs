//! `GET /api/v1/contacts/export`: all contacts as a file of comma-separated values, streamed while they are read.

use std::time::Duration;

use axum::{
    Extension,
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use tokio::{sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;

use super::Web;
use crate::{
    domain::role::Permission,
    error::ApiError,
    server::{
        auth::{Proof, layer::still_valid},
        error::{ApiErrorResponse, Error},
        service::{
            actor::Actor,
            contact::{self, Export},
        },
    },
};

/// How long somebody may take to take a piece.
const PATIENCE: Duration = Duration::from_secs(60);
/// The same when the server stops.
const MOMENT: Duration = Duration::from_millis(200);

type Piece = Result<String, std::io::Error>;

/// Whole numbers are in it: so it is for few, and it is on record who took it.
pub async fn export(
    State(state): State<Web>,
    who: Option<Extension<Actor>>,
    proof: Option<Extension<Proof>>,
) -> Response {
    let Some((Extension(actor), Extension(proof))) = who.zip(proof) else {
        return ApiErrorResponse(ApiError::unauthenticated()).into_response();
    };
    if let Err(error) = actor.require(Permission::ExportContacts) {
        return ApiErrorResponse(error).into_response();
    }
    let export = match contact::export(&state, &actor).await {
        Ok(export) => export,
        Err(error) => return ApiErrorResponse(error.into()).into_response(),
    };
    let (sender, receiver) = mpsc::channel(2);
    state.life.tasks.clone().spawn(feed(state, export, (actor, proof), sender));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"contacts.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, Body::from_stream(ReceiverStream::new(receiver))).into_response()
}

/// Reads on as fast as it is taken; whoever loses the right meanwhile gets no more.
async fn feed(state: Web, mut export: Export, (actor, proof): (Actor, Proof), sender: mpsc::Sender<Piece>) {
    loop {
        let piece = if still_valid(&state, &actor, &proof).await { export.next(&state).await } else { Err(gone()) };
        let piece = match piece {
            Ok(Some(piece)) => Ok(piece),
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(error = ?error, "An export of contacts was cut off");
                // The download fails, instead of looking whole.
                Err(std::io::Error::other("the export was cut off"))
            }
        };
        let failed = piece.is_err();
        let sent = tokio::select! {
            sent = timeout(PATIENCE, sender.send(piece)) => matches!(sent, Ok(Ok(()))),
            () = state.life.shutdown.cancelled() => {
                // Cut off where everybody sees it.
                let _ = timeout(MOMENT, sender.send(Err(std::io::Error::other("the server stops")))).await;
                return;
            }
        };
        if !sent || failed {
            return;
        }
    }
}

fn gone() -> Error {
    ApiError::unauthenticated().into()
}
