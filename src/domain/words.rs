//! Enums that are stored and sent as one fixed word each.

/// Declares an enum whose variants have one stable word, used in the database, on the wire and in URLs.
///
/// A word that stands for nothing here is an error; or, where rows and answers are read that a newer version may have written,
/// `; else Newer` in the end names what it is read as. What is asked of the server has to be known in any case.
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $crate::domain::words::words!(@enum
            // Serde's own reader can list the words, for those who mistype one. The browser needs none for each enum.
            #[cfg_attr(feature = "hydrate", serde(try_from = "String"))]
            $(#[$meta])* $vis enum $name { $($(#[$vmeta])* $variant = $word),+ }
        );

        impl TryFrom<String> for $name {
            type Error = $crate::domain::words::UnknownWord;
            fn try_from(word: String) -> Result<Self, $crate::domain::words::UnknownWord> { word.parse() }
        }
    };
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+; else $newer:ident }) => {
        $crate::domain::words::words!(@enum
            #[cfg_attr(feature = "hydrate", serde(from = "String"))]
            $(#[$meta])* $vis enum $name {
                $($(#[$vmeta])* $variant = $word),+,
                /// A word of a newer version, beside which this one runs.
                $newer = "newer"
            }
        );

        impl From<String> for $name {
            fn from(word: String) -> Self { Self::from_word(&word).unwrap_or(Self::$newer) }
        }
    };
    (@enum $(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        $(#[$meta])*
        $vis enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The variant with this word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::words::UnknownWord;
            fn from_str(word: &str) -> Result<Self, $crate::domain::words::UnknownWord> {
                Self::from_word(word).ok_or_else(|| $crate::domain::words::UnknownWord(word.to_owned()))
            }
        }
    };
}
pub(crate) use words;

/// A word that stands for nothing here: a newer version's, or a damaged row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown word {0:?}")]
pub struct UnknownWord(pub String);
