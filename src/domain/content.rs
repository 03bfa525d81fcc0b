//! What a message holds: one value in tables, on the wire, in the channel's calls and in the bubble.
//!
//! Its words stand beside whatever else it is: they are what previews, search and engines read. What only happens to a
//! message (a reaction, an edit, a status) is no content.

mod location;
mod unsupported;

use serde::{Deserialize, Serialize};

pub use self::location::Location;
use super::visible::one_line;

/// The most characters of a line that stands for a message.
const PREVIEW_MAX: usize = 140;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// Its words: those of a text, of a caption, of a choice, the name of a place. May be empty.
    pub text: String,
    pub kind: Kind,
}

/// What a message is beyond its words. On the wire and in tables an object with its `type`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", from = "Flat")]
pub enum Kind {
    /// Nothing but its words.
    Text,
    /// A line between the messages; never sent.
    Activity,
    Location(Location),
    /// What cannot be shown: its channel's word for it, or a more exact one (see [`unsupported`]).
    Unsupported {
        what: String,
    },
    /// Of a newer version, or not whole: kept as it is, shown by its words.
    Unknown,
}

/// A kind as it is read. (For an enum with a tag serde would bring a second reader along, one for anything at all.)
#[derive(Deserialize)]
struct Flat {
    r#type: String,
    #[serde(default)]
    what: Option<String>,
    #[serde(default)]
    latitude: Option<f64>,
    #[serde(default)]
    longitude: Option<f64>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    address: Option<String>,
}

impl From<Flat> for Kind {
    fn from(flat: Flat) -> Self {
        match (flat.r#type.as_str(), flat.what, flat.latitude.zip(flat.longitude)) {
            ("text", ..) => Self::Text,
            ("activity", ..) => Self::Activity,
            ("unsupported", Some(what), _) => Self::Unsupported { what },
            ("location", _, Some((latitude, longitude))) => {
                Location::new(latitude, longitude, flat.name, flat.address).map_or(Self::Unknown, Self::Location)
            }
            _ => Self::Unknown,
        }
    }
}

impl Kind {
    /// The word of its `type`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Activity => "activity",
            Self::Location(_) => "location",
            Self::Unsupported { .. } => "unsupported",
            Self::Unknown => "unknown",
        }
    }
}

impl Content {
    /// A text, or what `kind` is, with its words.
    #[must_use]
    pub fn new(text: String, kind: Option<Kind>) -> Self {
        match kind {
            Some(Kind::Location(location)) => Self::location(location),
            kind => Self { text, kind: kind.unwrap_or(Kind::Text) },
        }
    }

    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: Kind::Text }
    }

    #[must_use]
    pub fn activity(text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: Kind::Activity }
    }

    /// What cannot be shown, with the words that came along.
    #[must_use]
    pub fn unsupported(what: impl Into<String>, text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: Kind::Unsupported { what: what.into() } }
    }

    /// A place, named by its words.
    #[must_use]
    pub fn location(location: Location) -> Self {
        Self { text: location.words(), kind: Kind::Location(location) }
    }

    /// What it is called when its words are not enough, as in “Photo”; none for what is all words.
    #[must_use]
    pub fn noun(&self) -> Option<String> {
        match &self.kind {
            Kind::Text | Kind::Activity => None,
            Kind::Location(_) => Some("Location".to_owned()),
            Kind::Unsupported { what } => Some(unsupported::noun(what)),
            Kind::Unknown => Some("Message of a newer version".to_owned()),
        }
    }

    /// What a bubble says below its words: what it is, and what to do. None for what is shown itself.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        match &self.kind {
            Kind::Text | Kind::Activity | Kind::Location(_) => None,
            Kind::Unsupported { what } => Some(unsupported::note(what)),
            Kind::Unknown => Some("A newer version of Parlance shows the rest of it. Load the page again.".to_owned()),
        }
    }

    /// The line that stands for it in lists: its words, after its noun when it has one.
    #[must_use]
    pub fn preview(&self) -> String {
        let words = one_line(&self.text);
        let line = match self.noun() {
            None => words,
            Some(noun) if words.is_empty() => noun,
            Some(noun) => format!("{noun}: {words}"),
        };
        line.chars().take(PREVIEW_MAX).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, Kind, Location};

    #[test]
    fn lists_name_the_kind_and_keep_the_words() {
        for (content, expected) in [
            (Content::text("Hello\nyou"), "Hello you"),
            (Content::unsupported("image", "Is this\nyours?"), "Photo: Is this yours?"),
            (Content::unsupported("voice", ""), "Voice message"),
            (Content::unsupported("document", "invoice.pdf"), "Document: invoice.pdf"),
        ] {
            assert_eq!(content.preview(), expected);
        }
        assert_eq!(Content::text("x".repeat(500)).preview().len(), 140);
    }

    #[test]
    fn every_kind_is_read_as_it_was_written() {
        let place = Location::new(-23.55, -46.633_309, None, Some("Rua Um 1".to_owned())).unwrap();
        let there = Content::location(place);
        assert_eq!(there.preview(), "Location: Rua Um 1");
        for content in
            [Content::text("Hi"), Content::activity("Ana took over"), Content::unsupported("image", "Look"), there]
        {
            let json = serde_json::to_value(&content).unwrap();
            assert_eq!(json["kind"]["type"], content.kind.name());
            assert_eq!(serde_json::from_value::<Content>(json).unwrap(), content);
        }
    }

    #[test]
    fn what_is_no_place_on_earth_is_none() {
        for place in ["{}", r#"{"latitude":91,"longitude":0}"#, r#"{"latitude":1}"#] {
            let json = place.replacen('{', r#"{"type":"location","#, 1).replace(",}", "}");
            assert_eq!(serde_json::from_str::<Kind>(&json).unwrap(), Kind::Unknown, "{json}");
        }
    }

    #[test]
    fn what_a_newer_version_wrote_keeps_its_words() {
        let json = r#"{"text":"Which size?","kind":{"type":"poll","options":["S","M"]}}"#;
        let content: Content = serde_json::from_str(json).unwrap();
        assert_eq!((content.text.as_str(), &content.kind), ("Which size?", &Kind::Unknown));
        assert_eq!(content.preview(), "Message of a newer version: Which size?");
    }
}
