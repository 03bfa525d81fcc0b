//! The body of a webhook: read within a deadline and a memory budget, and not at all when it cannot be the provider's.

use std::net::{IpAddr, SocketAddr};

use axum::{
    BoxError,
    body::{Body, HttpBody},
    extract::ConnectInfo,
    http::request::Parts,
};
use http_body_util::{BodyExt, Limited};

use super::Web;
use crate::server::{
    base::{
        address::{client_address, throttle_key},
        limits::TooSlow,
    },
    pipeline::{
        bodies::{BodyReservation, Sender},
        intake::BODY_MAX,
    },
};

/// How much of a body that is too large is still read, so that its sender hears why.
const DISCARDED_MAX: usize = 4 * BODY_MAX;

/// Who sends a delivery, as far as it shows before its signature is verified.
pub(super) struct Origin {
    /// The client, IPv6 by its network.
    pub(super) client: Option<IpAddr>,
    /// The other end of the connection: the client, or a proxy.
    peer: Option<IpAddr>,
}

impl Origin {
    pub(super) fn of(state: &Web, parts: &Parts) -> Self {
        let peer =
            parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| throttle_key(info.0.ip().to_canonical()));
        let client = client_address(&parts.extensions, &parts.headers, &state.config.trusted_proxies).map(throttle_key);
        Self { client, peer }
    }

    /// Whether a delivery from there was verified lately, or somebody there is signed in. A trusted proxy says who its client
    /// is: that it brought good ones before says nothing for this one. (An unknown proxy is the client itself.)
    pub(super) fn sender(&self, state: &Web) -> Sender {
        let known = self.client.is_some_and(|address| state.known.contains(address));
        if known { Sender::Known } else { Sender::Stranger(self.client) }
    }

    /// A delivery from there was verified.
    pub(super) fn proven(&self, state: &Web) {
        self.client.into_iter().chain(self.peer.filter(|p| Some(*p) != self.client)).for_each(|a| state.known.note(a));
    }
}

/// Why a body was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    TooLarge,
    TooSlow,
    /// The sender went away or cannot speak HTTP.
    Broken,
    NoRoom,
}

/// Reads a body. Memory is reserved for the bytes received, not for those announced.
///
/// # Errors
/// When it is too large, does not come in time, breaks off, or the memory budget is used up.
pub(super) async fn read(mut body: Body, reservation: &mut BodyReservation) -> Result<Vec<u8>, Unread> {
    let announced = body.size_hint().upper().and_then(|n| usize::try_from(n).ok());
    if announced.is_some_and(|n| n > BODY_MAX) {
        discard(body).await;
        return Err(Unread::TooLarge);
    }
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        // Trailers hold nothing for us.
        let Ok(piece) = frame.map_err(|error| reason(error.into_inner()))?.into_data() else { continue };
        let length = bytes.len() + piece.len();
        if length > BODY_MAX {
            drop(bytes);
            reservation.leave();
            discard(body).await;
            return Err(Unread::TooLarge);
        }
        if reservation.grow_to(length).is_err() {
            drop(bytes);
            reservation.leave();
            discard(body).await;
            return Err(Unread::NoRoom);
        }
        if bytes.is_empty() && announced == Some(piece.len()) {
            // Nearly all come in one piece.
            return Ok(piece.into());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn reason(error: BoxError) -> Unread {
    if error.is::<TooSlow>() { Unread::TooSlow } else { Unread::Broken }
}

/// Reads on for a while, as long as a body may take, and discards it: a client still sending would otherwise see a closed
/// connection, not the answer.
async fn discard(body: Body) {
    let mut rest = Limited::new(body, DISCARDED_MAX);
    while let Some(Ok(_)) = rest.frame().await {}
}
