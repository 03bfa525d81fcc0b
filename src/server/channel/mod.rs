//! How customers are reached: what every channel has in common, and a folder for each channel's provider, the only rooms that know
//! its words.

pub mod item;
mod text;
pub mod whatsapp;

use self::item::Item;
use crate::domain::{
    channel::Channel,
    content::{Content, Kind},
};

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
