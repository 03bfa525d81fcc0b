//! `GET /api/v1/contacts/export` and `GET /api/v1/audit/export`: files of comma-separated values, streamed while they are read.

use std::time::Duration;

use axum::{
    Extension,
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tokio::{sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;

use super::Web;
use crate::{
    domain::{Millis, audit::AuditAction, ids::UserId, role::Permission, sheet::MARK},
    error::ApiError,
    server::{
        auth::{Proof, layer::still_valid},
        error::ApiErrorResponse,
        service::{actor::Actor, audit, contact, download::Download},
    },
};

/// How long somebody may take to take a piece.
const PATIENCE: Duration = Duration::from_secs(60);
/// The same when the server stops.
const MOMENT: Duration = Duration::from_millis(200);

type Piece = Result<String, std::io::Error>;

/// Who asks, if anybody.
type Asking = (Option<Extension<Actor>>, Option<Extension<Proof>>);

fn allowed((actor, proof): Asking, permission: Permission) -> Result<(Actor, Proof), ApiError> {
    let (Extension(actor), Extension(proof)) = actor.zip(proof).ok_or_else(ApiError::unauthenticated)?;
    actor.require(permission)?;
    Ok((actor, proof))
}

/// All contacts. Whole numbers are in it: so it is for few, and it is on record who took it.
pub async fn contacts(
    State(state): State<Web>,
    actor: Option<Extension<Actor>>,
    proof: Option<Extension<Proof>>,
) -> Response {
    let who = match allowed((actor, proof), Permission::ExportContacts) {
        Ok(who) => who,
        Err(error) => return ApiErrorResponse(error).into_response(),
    };
    match contact::export(&state, &who.0).await {
        Ok(export) => stream(state, export, who, "attachment; filename=\"contacts.csv\""),
        Err(error) => ApiErrorResponse(error.into()).into_response(),
    }
}

/// What is asked for of the audit log, as its list is asked.
#[derive(Debug, Deserialize)]
pub struct Asked {
    person: Option<UserId>,
    action: Option<AuditAction>,
    since: Option<Millis>,
    until: Option<Millis>,
}

/// The audit log, or a part of it. That somebody took it is on record, too.
pub async fn audit_log(
    State(state): State<Web>,
    actor: Option<Extension<Actor>>,
    proof: Option<Extension<Proof>>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let who = match allowed((actor, proof), Permission::ReadAuditLog) {
        Ok(who) => who,
        Err(error) => return ApiErrorResponse(error).into_response(),
    };
    let Ok(Query(Asked { person, action, since, until })) = asked else {
        let error = ApiError::invalid("query", "This is no part of the audit log.");
        return ApiErrorResponse(error.action("Ask by person, action, since and until.")).into_response();
    };
    match audit::export(&state, &who.0, audit::Wanted { person, action, since, until }).await {
        Ok(export) => stream(state, export, who, "attachment; filename=\"audit.csv\""),
        Err(error) => ApiErrorResponse(error.into()).into_response(),
    }
}

fn stream(state: Web, download: impl Download, who: (Actor, Proof), disposition: &'static str) -> Response {
    let (sender, receiver) = mpsc::channel(2);
    state.life.tasks.clone().spawn(feed(state, download, who, sender));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, Body::from_stream(ReceiverStream::new(receiver))).into_response()
}

/// Reads on as fast as it is taken; whoever loses the right meanwhile gets no more.
async fn feed(state: Web, mut download: impl Download, (actor, proof): (Actor, Proof), sender: mpsc::Sender<Piece>) {
    let mut head = Some(format!("{MARK}{}", download.head()));
    loop {
        let piece = if let Some(head) = head.take() {
            Ok(Some(head))
        } else if still_valid(&state, &actor, &proof).await {
            download.next(&state).await
        } else {
            Err(ApiError::unauthenticated().into())
        };
        let piece = match piece {
            Ok(Some(piece)) => Ok(piece),
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(error = ?error, "A download was cut off");
                // The download fails, instead of looking whole.
                Err(std::io::Error::other("the download was cut off"))
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
