//! The languages that Parlance speaks, and which one somebody reads.

/// A language of the catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
    Portuguese,
    /// English as no text of a page may be: every word from the catalogue is marked and longer than it should be. Tests see by it
    /// what came from elsewhere, and what has no room to grow. Nobody can choose it in a release build.
    Pseudo,
}

impl Language {
    /// The cookie that holds the tag of the one that somebody chose.
    pub const COOKIE: &'static str = "language";

    /// Those that people can choose.
    pub const ALL: [Self; 2] = [Self::English, Self::Portuguese];

    /// As documents and browsers call it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Portuguese => "pt",
            Self::Pseudo => "en-XA",
        }
    }

    /// As it calls itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Portuguese => "Português",
            Self::Pseudo => "[Ƥşëüđõ]",
        }
    }

    /// The language of a tag, whatever region it names.
    #[must_use]
    pub fn of(tag: &str) -> Option<Self> {
        if cfg!(debug_assertions) && tag == Self::Pseudo.tag() {
            return Some(Self::Pseudo);
        }
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|known| known.tag().eq_ignore_ascii_case(language))
    }

    /// The one that somebody chose, else the one that their browser asks for most (RFC 9110, section 12.5.4), else English.
    #[must_use]
    pub fn choose(chosen: Option<&str>, accepted: Option<&str>) -> Self {
        chosen.and_then(Self::of).or_else(|| accepted.and_then(best)).unwrap_or_default()
    }
}

/// The first of those that are wanted most.
fn best(accepted: &str) -> Option<Language> {
    let wanted = accepted.split(',').filter_map(|entry| {
        let (tag, weight) = entry.split_once(';').unwrap_or((entry, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Some(1.0), |weight| weight.parse::<f32>().ok())?;
        Some((Language::of(tag.trim())?, weight)).filter(|(_, weight)| *weight > 0.0)
    });
    wanted.reduce(|most, next| if next.1 > most.1 { next } else { most }).map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::Language::{self, English, Portuguese};

    #[test]
    fn a_choice_comes_before_what_the_browser_asks_for() {
        for (chosen, accepted, expected) in [
            (None, None, English),
            (None, Some("pt-BR,pt;q=0.9,en;q=0.8"), Portuguese),
            (None, Some("de-DE,de;q=0.9,pt;q=0.8,en;q=0.7"), Portuguese),
            (None, Some("en;q=0.5, pt-PT;q=0.7"), Portuguese),
            (None, Some("pt;q=0, en"), English),
            (None, Some("pt;q=nonsense, *"), English),
            (None, Some("fr"), English),
            (Some("en"), Some("pt"), English),
            (Some("pt"), Some("en"), Portuguese),
            (Some("tlh"), Some("pt"), Portuguese),
        ] {
            assert_eq!(Language::choose(chosen, accepted), expected, "{chosen:?} {accepted:?}");
        }
    }
}
