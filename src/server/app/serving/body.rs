//! Bodies that know the time: a request's must come in time, and the end of an answer's is the end of its request.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::{
    BoxError,
    body::{Body, Bytes, HttpBody},
};
use hyper::body::{Frame, Incoming, SizeHint};
use std::sync::Arc;

use super::line::{BodyTime, Line, Moment, Running};
use crate::server::base::limits::TooSlow;

/// The body of a request.
pub(super) struct Timed {
    body: Incoming,
    line: Arc<Line>,
    time: BodyTime,
    began: Option<Moment>,
}

impl Timed {
    pub(super) fn new(body: Incoming, line: Arc<Line>, time: BodyTime) -> Self {
        Self { body, line, time, began: None }
    }
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.line.body_came();
            return Poll::Ready(frame.map(|f| f.map_err(BoxError::from)));
        }
        if this.line.body_waits(cx, &mut this.began, this.time) {
            return Poll::Ready(Some(Err(TooSlow.into())));
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer.
pub(super) struct Answer {
    pub(super) body: Body,
    /// Held, not read: the request ends with it.
    pub(super) _running: Running,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Poll::Ready(ready!(Pin::new(&mut self.body).poll_frame(cx)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
