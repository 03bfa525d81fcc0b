//! Labels: what people sort conversations by.

use serde::{Deserialize, Serialize};

use super::{ids::LabelId, words::words};

words! {
    /// A colour of a fixed palette, each legible in light and in dark.
    pub enum Colour {
        Grey = "grey",
        Red = "red",
        Orange = "orange",
        Yellow = "yellow",
        Green = "green",
        Teal = "teal",
        Blue = "blue",
        Purple = "purple",
        Pink = "pink"; else Newer
    }
}

/// The most characters of a label's name.
pub const NAME_MAX: usize = 40;
/// The most labels of a workspace.
pub const LABELS_MAX: i64 = 200;
/// The most labels of one conversation.
pub const PER_CONVERSATION: i64 = 20;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    pub id: LabelId,
    pub name: String,
    pub colour: Colour,
}

/// How a name is compared with others: two that differ only in case are one.
#[must_use]
pub fn name_key(name: &str) -> String {
    name.to_lowercase()
}
