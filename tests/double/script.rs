//! How calls fail when a test wants them to.

use serde::Deserialize;
use serde_json::Value;

/// The calls that can be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Call {
    Messages,
    /// Read receipt and typing indicator, which go the same way.
    Receipts,
    DebugToken,
    Number,
    Account,
    PhoneNumbers,
    SubscribedApps,
    Subscribe,
    Unsubscribe,
    Subscriptions,
}

/// How a call is answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// As if all were well.
    Accept,
    /// An error in Meta's form; nothing was done.
    Error { status: u16, code: i64, subcode: Option<i64> },
    /// A page of somebody else's instead of JSON; nothing was done.
    Html(u16),
    /// It is done, but the answer is not one of Meta's.
    AcceptWithRubbish,
    /// Any JSON, word by word; nothing was done.
    Json(u16, Value),
    /// No answer until the call is mended.
    Silence,
    /// Too many calls: 429, and a header says for how many minutes.
    Throttled { minutes: i64 },
}

/// What happens to a message on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Reset when only the head of the request has been read. Meta sees nothing of it. (Read receipts are hit, too: which is
    /// which stands in the body.)
    ResetBeforeBody,
    /// Reset when the whole request has been read. Meta has dealt with it.
    ResetAfterBody,
    /// Meta has dealt with it; half of its answer comes back.
    HalfAnswer,
    /// Meta has dealt with it; its answer waits for `release`.
    Late,
}
