//! What came in by webhook, as the event log of an integration shows it.

use serde::{Deserialize, Serialize};

use crate::domain::{
    Millis,
    ids::{DeadLetterId, DeliveryId},
    words::words,
};

words! {
    /// How far a delivery has come.
    pub enum DeliveryState {
        Waiting = "waiting",
        Working = "working",
        Done = "done";
        else Newer
    }
}

/// How many items of one kind a delivery held: `message:text`, `status:delivered`, `field:account_update`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    pub what: String,
    pub count: i64,
}

/// An item that was dropped, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drop {
    pub dead_letter_id: DeadLetterId,
    /// Its place in the delivery; empty for the whole of it.
    pub item: String,
    pub reason: String,
}

/// One webhook POST that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub id: DeliveryId,
    pub received_at: Millis,
    /// Bytes.
    pub size: i64,
    pub state: DeliveryState,
    /// Items processed, dropped ones included.
    pub items: i64,
    pub dropped: i64,
    /// What it held; none when it is too large to be read for a list.
    pub holds: Option<Vec<Holding>>,
    pub drops: Vec<Drop>,
}

/// A page of deliveries, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryPage {
    pub rows: Vec<Delivery>,
    /// Give it back as `before` to get the next page; none at the end.
    pub next: Option<DeliveryId>,
    /// So much waits in the whole server that some of what waits for this integration may not be listed yet.
    #[serde(default)]
    pub backlog: bool,
    /// What was acknowledged without meaning anything to this version, ever, by field and type.
    pub ignored: Vec<Holding>,
}

/// The body of a delivery as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryBody {
    pub body: String,
    /// Whether it is longer than what is here.
    pub truncated: bool,
}

/// An item (or a whole delivery) that could not go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    pub id: DeadLetterId,
    pub delivery_id: DeliveryId,
    /// Its place in the delivery; empty for the whole of it.
    pub item: String,
    pub reason: String,
    pub created_at: Millis,
    /// Whether its delivery is still kept, so that it can be processed again.
    pub replayable: bool,
}

/// A page of dead letters, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetterPage {
    pub rows: Vec<DeadLetter>,
    /// Give it back as `before` to get the next page; none at the end.
    pub next: Option<DeadLetterId>,
}

/// What a replay set going. Whether it went well shows in the log a moment later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// Dead letters that are processed again.
    pub replayed: i64,
    /// Dead letters whose delivery is no longer kept.
    pub gone: i64,
}
