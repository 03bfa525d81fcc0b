//! What messages hold, in three columns: the word of its kind, its text, and whatever else there is of it as JSON.

use sqlx::FromRow;

use crate::domain::content::{Content, Kind};

/// As it stands in a row of `messages`.
#[derive(Clone, Debug, FromRow)]
pub struct ContentRow {
    pub kind: String,
    pub body: String,
    pub content: Option<String>,
}

/// What there is of a content besides its text; none when it is all text, as most are.
#[must_use]
pub fn json(content: &Content) -> Option<String> {
    match content.kind {
        Kind::Text | Kind::Activity | Kind::Unknown => None,
        // What has no JSON would be shown by its words alone.
        _ => serde_json::to_string(&content.kind).ok(),
    }
}

/// What a newer version wrote, or what is damaged, keeps its words.
impl From<ContentRow> for Content {
    fn from(row: ContentRow) -> Self {
        let kind = match (row.kind.as_str(), row.content) {
            ("text", None) => Kind::Text,
            ("activity", None) => Kind::Activity,
            (_, Some(json)) => serde_json::from_str(&json).unwrap_or(Kind::Unknown),
            (_, None) => Kind::Unknown,
        };
        Self { text: row.body, kind }
    }
}

#[cfg(test)]
mod tests {
    use super::{ContentRow, json};
    use crate::domain::content::{Content, Kind};

    fn row(kind: &str, content: Option<&str>) -> Content {
        ContentRow { kind: kind.to_owned(), body: "words".to_owned(), content: content.map(str::to_owned) }.into()
    }

    #[test]
    fn every_kind_is_read_as_it_was_written() {
        for content in [Content::text("words"), Content::activity("words"), Content::unsupported("image", "words")] {
            assert_eq!(row(content.kind.name(), json(&content).as_deref()), content);
        }
    }

    #[test]
    fn rows_of_a_newer_version_and_damaged_ones_keep_their_words() {
        for (kind, content) in
            [("poll", Some(r#"{"type":"poll","options":[]}"#)), ("unsupported", Some("{")), ("wave", None)]
        {
            assert_eq!(row(kind, content), Content { text: "words".to_owned(), kind: Kind::Unknown });
        }
    }
}
