//! `GET /api/v1/events`: what changes, as server-sent events. `Last-Event-ID` resumes without a gap, and so does a page with
//! the place (`after`) that its document was made at: its program may take seconds to come.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{Query, State},
    http::HeaderMap,
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::Stream;
use serde::Deserialize;
use tokio::{
    sync::{broadcast, mpsc},
    time::{Instant, timeout_at},
};
use tokio_stream::wrappers::ReceiverStream;

use super::{
    Web,
    streams::{self, Seat},
};
use crate::{
    domain::{
        live::{LiveEvent, Told},
        role::Permission,
    },
    error::ApiError,
    server::{
        auth::{Proof, layer::still_valid},
        base::strangers::Deed,
        error::ApiErrorResponse,
        service::actor::Actor,
        store::event::{self, Cursor, EventRow},
    },
};

/// Events a page may have missed and still get one by one.
const GAP_MAX: i64 = 1000;

fn encode(cursor: Cursor) -> String {
    format!("{}-{}", cursor.xact, cursor.id)
}

fn decode(text: &str) -> Option<Cursor> {
    let (xact, id) = text.split_once('-')?;
    Some(Cursor { xact: xact.parse().ok()?, id: id.parse().ok()? })
}

/// Where the events of now end, for a page that is about to be rendered; none when that cannot be read.
pub async fn told(state: &Web) -> Option<Told> {
    let newest = async { event::newest(&mut state.store.read().await?).await };
    newest.await.ok().map(|newest| Told(encode(newest)))
}

#[derive(Deserialize)]
pub struct After {
    /// The place that a page knows from its document, as long as it has not heard of any event.
    after: Option<String>,
}

/// The stream of a workspace's events, for signed-in people.
pub async fn events(
    State(state): State<Web>,
    who: Option<Extension<Actor>>,
    proof: Option<Extension<Proof>>,
    Query(After { after }): Query<After>,
    headers: HeaderMap,
) -> Response {
    let Some((Extension(actor), Extension(proof))) = who.zip(proof) else {
        return ApiErrorResponse(ApiError::unauthenticated()).into_response();
    };
    if let Err(error) = actor.require(Permission::ReadConversations)
        && !actor.held_up
    {
        return ApiErrorResponse(error).into_response();
    }
    let seat = match seat(&state, &actor, &proof) {
        Ok(seat) => seat,
        Err(refused) => return refused.into_response(),
    };
    let heard = headers.get("last-event-id").and_then(|v| v.to_str().ok());
    let resume = heard.or(after.as_deref()).map(|text| decode(text).unwrap_or_default());
    let (sender, receiver) = mpsc::channel(64);
    // Listening begins before the gap is read, so that nothing falls between.
    let live = state.live.subscribe();
    state.life.tasks.clone().spawn(feed(state, (actor, proof), resume, live, sender, seat));
    sse(ReceiverStream::new(receiver), Event::default().event("beat").data("{}"))
}

/// A seat for a stream of that person.
fn seat(state: &Web, actor: &Actor, proof: &Proof) -> Result<Seat, ApiErrorResponse> {
    let (seat, crowd) = state.streams.open(actor, proof);
    if crowd.is_some() {
        state.strangers.note(Deed::TooManyStreams, None);
    }
    seat.ok_or_else(|| ApiErrorResponse(streams::full()))
}

/// How often a stream that has nothing to tell says that it is there. Pages count on it (`ui/live/stream.rs`).
const KEEP_ALIVE: Duration = Duration::from_secs(15);

fn sse(stream: impl Stream<Item = Result<Event, Infallible>> + Send + 'static, heartbeat: Event) -> Response {
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE).event(heartbeat);
    let mut response = Sse::new(stream).keep_alive(keep_alive).into_response();
    // Proxies that collect answers would hold events back.
    response.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    response
}

type Sender = mpsc::Sender<Result<Event, Infallible>>;

/// Feeds one page until it goes away, loses its rights or the server stops.
async fn feed(
    state: Web,
    (actor, proof): (Actor, Proof),
    resume: Option<Cursor>,
    mut live: broadcast::Receiver<Arc<EventRow>>,
    sender: Sender,
    seat: Seat,
) {
    let (own, workspace) = (own_event(&actor), workspace_event());
    // Whoever is held up hears that the server is there, and nothing else.
    let resume = resume.filter(|_| !actor.held_up);
    let Ok(mut cursor) = begin(&state, &actor, resume, &sender).await else { return };
    // What was told before that place, was not told to this page.
    if !still_valid(&state, &actor, &proof).await {
        return;
    }
    let mut recheck = Instant::now() + state.config.stream_recheck;
    loop {
        let received = tokio::select! {
            received = timeout_at(recheck, live.recv()) => received,
            () = sender.closed() => return,
            () = state.life.shutdown.cancelled() => return,
            () = seat.must_go() => return drop(sender.try_send(Ok(streams::come_back_later()))),
        };
        match received {
            Err(_) => {
                if !still_valid(&state, &actor, &proof).await {
                    return;
                }
                recheck = Instant::now() + state.config.stream_recheck;
            }
            Ok(Ok(row)) if row.workspace_id == actor.workspace_id && row.cursor() > cursor => {
                cursor = row.cursor();
                let concerned = row.payload == own || row.payload == workspace;
                if concerned && !still_valid(&state, &actor, &proof).await {
                    return;
                }
                if actor.held_up {
                    continue;
                }
                if sender.send(Ok(message(&row))).await.is_err() {
                    return;
                }
            }
            Ok(Ok(_)) => {}
            Ok(Err(broadcast::error::RecvError::Lagged(_))) => {
                if !still_valid(&state, &actor, &proof).await || resync(&sender, cursor).await.is_err() {
                    return;
                }
            }
            Ok(Err(broadcast::error::RecvError::Closed)) => return,
        }
    }
}

/// The event that tells of this very person.
fn own_event(actor: &Actor) -> String {
    serde_json::to_string(&LiveEvent::Person { id: actor.user_id }).unwrap_or_default()
}

/// The event that tells of what the workspace demands.
fn workspace_event() -> String {
    serde_json::to_string(&LiveEvent::Workspace).unwrap_or_default()
}

/// Waits until the person behind a stream may have lost the right to it.
async fn concerned(live: &mut broadcast::Receiver<Arc<EventRow>>, own: &str) {
    while let Ok(row) = live.recv().await {
        if row.payload == own || row.payload == workspace_event() {
            return;
        }
    }
}

/// Sends what was missed, or `resync` when that is too much or too long ago.
async fn begin(state: &Web, actor: &Actor, resume: Option<Cursor>, sender: &Sender) -> Result<Cursor, ()> {
    let missed = async {
        let mut conn = state.store.read().await?;
        let newest = event::newest(&mut conn).await?;
        let Some(after) = resume.filter(|after| *after != newest) else { return Ok((newest, Some(Vec::new()))) };
        if !event::is_kept(&mut conn, after).await? {
            return Ok((newest, None));
        }
        let rows = event::list_after(&mut conn, Some(actor.workspace_id), after, GAP_MAX + 1).await?;
        let all = i64::try_from(rows.len()).unwrap_or(i64::MAX) <= GAP_MAX;
        Ok::<_, crate::server::store::StoreError>((newest, all.then_some(rows)))
    };
    let (newest, rows) =
        missed.await.map_err(|error| tracing::warn!(error = ?error, "Live events could not be read"))?;
    // An id at once, so that a page that saw no event yet can resume as well.
    let mut cursor = newest;
    match rows {
        Some(rows) => {
            for row in rows {
                cursor = cursor.max(row.cursor());
                sender.send(Ok(message(&row))).await.map_err(drop)?;
            }
            let ready = Event::default().id(encode(cursor)).event("ready").data("{}");
            sender.send(Ok(ready)).await.map_err(drop)?;
        }
        None => resync(sender, newest).await?,
    }
    Ok(cursor)
}

async fn resync(sender: &Sender, cursor: Cursor) -> Result<(), ()> {
    let data = serde_json::to_string(&LiveEvent::Resync).unwrap_or_default();
    sender.send(Ok(Event::default().id(encode(cursor)).data(data))).await.map_err(drop)
}

fn message(row: &EventRow) -> Event {
    Event::default().id(encode(row.cursor())).data(&row.payload)
}

/// `GET /api/v1/sandbox/events`: says that something on a phone changed.
pub async fn sandbox_events(
    State(state): State<Web>,
    who: Option<Extension<Actor>>,
    proof: Option<Extension<Proof>>,
) -> Response {
    let Some((Extension(actor), Extension(proof))) = who.zip(proof) else {
        return ApiErrorResponse(ApiError::unauthenticated()).into_response();
    };
    if let Err(error) = actor.require(Permission::UseSandbox) {
        return ApiErrorResponse(error).into_response();
    }
    let Some(sandbox) = state.sandbox.clone() else {
        return ApiErrorResponse(ApiError::not_found("The simulator")).into_response();
    };
    let seat = match seat(&state, &actor, &proof) {
        Ok(seat) => seat,
        Err(refused) => return refused.into_response(),
    };
    let (sender, receiver) = mpsc::channel(8);
    let mut changes = sandbox.changes();
    let mut live = state.live.subscribe();
    let own = own_event(&actor);
    state.life.tasks.clone().spawn(async move {
        loop {
            let count = *changes.borrow_and_update();
            if sender.send(Ok(Event::default().data(count.to_string()))).await.is_err() {
                return;
            }
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return },
                () = concerned(&mut live, &own) => {}
                () = sender.closed() => return,
                () = state.life.shutdown.cancelled() => return,
                () = seat.must_go() => return drop(sender.try_send(Ok(streams::come_back_later()))),
            }
            if !still_valid(&state, &actor, &proof).await {
                return;
            }
        }
    });
    sse(ReceiverStream::new(receiver), Event::default().comment(""))
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use crate::server::store::event::Cursor;

    #[test]
    fn a_place_survives_the_wire() {
        let cursor = Cursor { xact: 7, id: 99 };
        assert_eq!(decode(&encode(cursor)), Some(cursor));
        assert_eq!(decode("nonsense"), None);
    }
}
