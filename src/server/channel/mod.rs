//! How customers are reached: what every channel has in common, and a folder for each channel's provider, the only rooms that
//! know its words.

pub mod item;
mod outgoing;
mod text;
pub mod whatsapp;

pub use self::outgoing::{Access, Keys, SendError, Verdict};
use self::{
    item::{Item, StatusReport},
    whatsapp::{
        errors,
        graph::{AppProof, Graph},
    },
};
use crate::domain::{
    channel::Channel,
    contact::Recipient,
    content::{Content, Kind},
};

/// What people read, and messages that wait are told by, while a provider cannot be reached.
pub const UNREACHABLE: &str = errors::UNREACHABLE;

/// What goes with each call of an integration beside its keys, made of them once. One channel has such a thing.
pub type Prepared = AppProof;

/// The channels, with what each calls its provider by.
pub struct Channels {
    pub whatsapp: Graph,
}

impl Channels {
    /// Sends a content that was rendered for the channel; how the provider names the message, when it took it. `callback_data`
    /// comes back with its reports. `attempt` is the attempt number, from 1.
    ///
    /// # Errors
    /// With what to do about it.
    pub async fn send(
        &self,
        access: Access<'_>,
        to: &Recipient,
        content: &Content,
        callback_data: &str,
        attempt: i64,
    ) -> Result<String, SendError> {
        match access.channel {
            Channel::Whatsapp => {
                whatsapp::send::send(&self.whatsapp, access, to, content, callback_data, attempt).await
            }
            Channel::Web | Channel::Newer => Err(SendError::locked()),
        }
    }

    /// Marks a message and all before it as read, and shows that an answer is being written, where one is. `false` when that
    /// failed: it must never hold up the answer.
    pub async fn acknowledge(&self, access: Access<'_>, external_id: &str, typing: bool) -> bool {
        match access.channel {
            Channel::Whatsapp => whatsapp::send::acknowledge(&self.whatsapp, access, external_id, typing).await,
            Channel::Web | Channel::Newer => true,
        }
    }
}

/// Takes a delivery apart, item by item: a bad one is an item with a reason, and its neighbours go on.
///
/// # Errors
/// When it is no delivery of that channel at all.
pub fn parse(channel: Channel, body: &[u8]) -> Result<Vec<Item>, String> {
    match channel {
        Channel::Whatsapp => whatsapp::parse::parse(body),
        Channel::Web | Channel::Newer => Err("the channel delivers nothing".to_owned()),
    }
}

/// A delivery from which a customer was cut out.
#[derive(Debug)]
pub struct Cut {
    /// What is left of its body; none when it could not be taken apart at all.
    pub rest: Option<Vec<u8>>,
    pub gone: Vec<Gone>,
}

/// An item that was cut out: how the provider names it, and the number that it came in by, if that is told.
#[derive(Debug)]
pub struct Gone {
    pub external_key: Option<String>,
    pub external_id: String,
}

/// Cuts the items out of a delivery that hold one of these names, as the channel writes them, if `covers` says yes to the key
/// that they came in by (some have none). All else stays as it is.
#[must_use]
pub fn cut_out(channel: Channel, body: &[u8], covers: impl Fn(Option<&str>) -> bool, names: &[String]) -> Cut {
    match channel {
        Channel::Whatsapp => whatsapp::copies::cut_out(body, covers, names),
        Channel::Web | Channel::Newer => Cut { rest: Some(body.to_vec()), gone: Vec::new() },
    }
}

/// A content as messages that the channel can carry, in their order: a text that is too long for one becomes several. Empty
/// when there is nothing to say.
#[must_use]
pub fn render(channel: Channel, content: &Content) -> Vec<Content> {
    match content.kind {
        Kind::Text => {
            text::split(&content.text, channel.capabilities().text_max).into_iter().map(Content::text).collect()
        }
        _ => vec![content.clone()],
    }
}

/// Why a message failed, for people; other reports seldom say anything.
#[must_use]
pub fn reported(channel: Channel, report: &StatusReport) -> Option<String> {
    let (details, title) = (report.error.as_deref(), report.error_title.as_deref());
    let says = report.error_code.is_some() || details.or(title).is_some() || report.status == "failed";
    match channel {
        Channel::Whatsapp if says => Some(errors::reported(report.error_code, details, title)),
        _ => details.or(title).map(ToOwned::to_owned),
    }
}

/// The next step after a failure that is known by the provider's code alone.
#[must_use]
pub fn next_step(channel: Channel, code: i64) -> Option<&'static str> {
    match channel {
        Channel::Whatsapp => Some(errors::next_step(code)),
        Channel::Web | Channel::Newer => None,
    }
}

/// Whether an error of this code says something about the whole integration, whatever becomes of the message that met it: then
/// the provider is asked at once how that is doing.
#[must_use]
pub fn concerns_all(channel: Channel, code: i64) -> bool {
    match channel {
        Channel::Whatsapp => errors::concerns_channel(code),
        Channel::Web | Channel::Newer => false,
    }
}
