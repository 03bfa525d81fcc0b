//! Serves connections, within limits: the one place that accepts them.
//!
//! `axum::serve` has no limits: half a header stays open for ever, and so do as many as there are files. Here
//!
//! - each connection has a deadline for its current phase: its first byte, the end of a header, a body, the next request, the
//!   end of an answer ([`line`](mod@line)). Several times a second all of them are looked at ([`watch`]), and those that are late are
//!   closed. A request whose body is late hears so (408) where its handler reads it;
//! - the number of connections is bounded, in all and for each address, with room kept for those that webhooks come from
//!   and people sign in from ([`places`]);
//! - the limit of open files is raised ([`files`]), and when there are none left all the same, connections that wait for
//!   their clients make way.
//!
//! What the limits are is in [`crate::server::base::limits`]. hyper has a time limit for headers as well; it does not tell a
//! connection that waits for the next request from one that sends its header slowly, and needs a timer for each request.

mod body;
mod files;
mod line;
mod places;
mod stream;

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderName, HeaderValue, Request, Response, StatusCode, header},
    response::IntoResponse,
};
use hyper::{
    body::{Body as _, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Handle,
    time::sleep,
};
use tower::Service;

use self::{
    body::{Answer, Timed},
    line::{BodyTime, Line},
    places::{Place, Places},
    stream::Stream,
};
use super::state::AppState;
use crate::server::base::{limits::Limits, strangers::Deed};

/// What a connection may keep in memory of a header, or of an answer that is not sent yet. A longer header is refused.
const BUFFER: usize = 64 << 10;
/// How often deadlines are looked at, and after how much of the shortest of them at the latest.
const WATCH_EVERY: Duration = Duration::from_millis(250);
/// How long accepting pauses when the system has nothing left for a connection.
const SHORTAGE: Duration = Duration::from_millis(100);
/// Webhooks have less time than the rest: a provider sends a body at once.
const WEBHOOKS: &str = "/api/whatsapp/webhook";
/// The name of a request, which a proxy may give it, and its longest.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REQUEST_ID_MAX: usize = 128;
/// The response when there is no place.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\nretry-after: 5\r\n\
    connection: close\r\ncontent-length: 63\r\n\r\nToo many connections are open. Close some, or try again later.\n";

/// Accepts connections until the server stops, and then lets those with a request in progress end. Their tasks are the
/// state's.
pub async fn serve(listener: TcpListener, router: Router, state: AppState) {
    let places = open_places(&state);
    let watched = places.clone();
    state
        .life
        .keep(&state, &Handle::current(), "time limits of connections", move |state, _| watch(watched.clone(), state));
    let mut http = http1::Builder::new();
    http.max_buf_size(BUFFER).max_header_size(BUFFER);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = state.life.shutdown.cancelled() => return,
        };
        match accepted {
            Ok((socket, peer)) => match places.admit(peer.ip()) {
                Ok(place) => {
                    if place.crowded {
                        state.strangers.note(Deed::TooManyConnections, Some(peer.ip()));
                    }
                    prepare(&socket, &state.config.limits);
                    let connection = connection(http.clone(), socket, peer, router.clone(), place, state.clone());
                    state.life.tasks.spawn(connection);
                }
                Err(places::Full) => {
                    state.strangers.note(Deed::TooManyConnections, Some(peer.ip()));
                    turn_away(&socket);
                }
            },
            Err(error) if concerns_one(&error) => {}
            Err(error) => {
                state.strangers.note_with(Deed::TooManyConnections, None, || format!("accepting failed: {error}"));
                places.shrink();
                sleep(SHORTAGE).await;
            }
        }
    }
}

/// How many connections there may be, with the limit of open files raised as far as it goes.
#[must_use]
pub fn capacity(limits: &Limits) -> usize {
    if limits.connections == 0 { files::connections(files::raise().now) } else { limits.connections }
}

/// Raises the limit of files and says what comes of it.
fn open_places(state: &AppState) -> Places {
    let files = files::raise();
    let limits = state.config.limits;
    let total = capacity(&limits);
    tracing::info!(
        files_before = files.before,
        files = files.now,
        connections = total,
        "The limit of open files is {}, so at most {total} connections are open at once",
        files.now,
    );
    Places::new(limits, total, state.config.trusted_proxies.clone(), Arc::clone(&state.known))
}

/// The client went away before it was accepted: nothing is wrong with us.
fn concerns_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Socket options; without them it works as well.
fn prepare(socket: &TcpStream, limits: &Limits) {
    // Live events are small and should leave at once.
    drop(socket.set_nodelay(true));
    // A client that is gone, or reads nothing, would otherwise hold an answer for many minutes.
    #[cfg(target_os = "linux")]
    {
        let unread = u32::try_from(limits.unread.as_millis()).unwrap_or(u32::MAX);
        let _ = rustix::net::sockopt::set_tcp_user_timeout(socket, unread);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = limits;
}

/// Says why, if the socket takes it at once; waiting for it would keep what there is none of.
fn turn_away(socket: &TcpStream) {
    let mut unread = [0_u8; 1024];
    // What is left unread makes the system reset the connection, and the answer would be lost with it.
    drop(socket.try_read(&mut unread));
    drop(socket.try_write(FULL));
}

/// Looks for deadlines that have passed, until the server stops and the last connection is closed.
async fn watch(places: Places, state: AppState) {
    let limits = &state.config.limits;
    let shortest = [limits.first_byte, limits.header, limits.idle, limits.webhook_body, limits.body, limits.pause];
    let every = shortest.into_iter().min().unwrap_or(WATCH_EVERY) / 4;
    let every = every.clamp(Duration::from_millis(5), WATCH_EVERY);
    while !(state.life.shutdown.is_cancelled() && places.is_empty()) {
        sleep(every).await;
        for _ in 0..places.sweep() {
            state.strangers.note(Deed::TooSlow, None);
        }
    }
}

/// One connection, to its end.
async fn connection(
    http: http1::Builder,
    socket: TcpStream,
    peer: SocketAddr,
    router: Router,
    place: Place,
    state: AppState,
) {
    let line = Arc::clone(&place.line);
    let io = TokioIo::new(Stream { socket, line: Arc::clone(&line) });
    let service = service_fn(|request| answer(router.clone(), Arc::clone(&line), peer, request));
    let mut served = pin!(http.serve_connection(io, service));
    tokio::select! {
        biased;
        // How a client ended its connection is its own affair.
        _ = served.as_mut() => return,
        () = line.closed() => return,
        () = state.life.shutdown.cancelled() => {}
    }
    if line.waits_since().is_some() {
        return;
    }
    served.as_mut().graceful_shutdown();
    tokio::select! {
        biased;
        _ = served => {}
        () = line.closed() => {}
    }
    drop(place);
}

/// One request.
async fn answer(
    mut router: Router,
    line: Arc<Line>,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Answer>, Infallible> {
    let running = line.begin();
    let limits = line.limits;
    if request.uri().path_and_query().is_some_and(|target| target.as_str().len() > limits.target) {
        return Ok(response(too_long(), running));
    }
    let mut request = request;
    // It comes back in the answer, and stands in every line of the log about this request.
    if request.headers().get(&REQUEST_ID).is_some_and(|id| id.len() > REQUEST_ID_MAX) {
        request.headers_mut().remove(&REQUEST_ID);
    }
    let is_webhook = request.uri().path().starts_with(WEBHOOKS);
    let time = if is_webhook {
        BodyTime { first: limits.first_byte, pause: limits.webhook_body, all: limits.webhook_body }
    } else {
        BodyTime { first: limits.pause, pause: limits.pause, all: limits.body }
    };
    let mut request =
        request.map(|body| if body.is_end_stream() { Body::empty() } else { Body::new(Timed::new(body, line, time)) });
    request.extensions_mut().insert(ConnectInfo(peer));
    let answer = router.call(request).await?;
    Ok(response(answer, running))
}

fn response(answer: Response<Body>, running: line::Running) -> Response<Answer> {
    let streams = answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    if streams {
        running.for_ever();
    }
    answer.map(|body| Answer { body, _running: running })
}

fn too_long() -> Response<Body> {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (StatusCode::URI_TOO_LONG, headers, "This address is too long. Open the page from its beginning.").into_response()
}

#[cfg(test)]
mod tests {
    use super::FULL;

    #[test]
    fn the_refusal_has_the_length_that_it_says() {
        let text = std::str::from_utf8(FULL).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
        assert!(!head.contains("  "), "{head}");
    }
}
