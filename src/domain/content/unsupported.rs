//! What is said of a content that cannot be shown itself. One place for bubbles, for the line in the list, and for whatever
//! else speaks of it.
//!
//! Its kind is the provider's word for it (contract, section 3), or a more exact one: `voice` for an audio that is one,
//! `nfm_reply` for an interactive one that fills in a form, `unsupported/…` for what the provider itself keeps back.

use crate::domain::visible::one_line;

/// The name of a kind, as in “Photo”.
#[must_use]
pub(super) fn noun(kind: &str) -> String {
    let known = match kind {
        "text" => "Empty message",
        "image" => "Photo",
        "video" => "Video",
        "audio" => "Audio",
        "voice" => "Voice message",
        "document" => "Document",
        "sticker" => "Sticker",
        "location" => "Location",
        "contacts" => "Contact card",
        "order" => "Order",
        "button" | "interactive" => "Choice",
        "nfm_reply" => "Form",
        "call_permission_reply" => "Answer about calls",
        "reaction" => "Reaction",
        "edit" => "Edited message",
        "revoke" => "Deleted message",
        "system" => "Notice from WhatsApp",
        "request_welcome" => "Opened chat",
        "call" => "Call",
        "ephemeral" => "Disappearing message",
        "too_large" => "File that is too large",
        "unavailable" => "Message that did not come through",
        _ => match kind.strip_prefix("unsupported/") {
            Some("gif") => "GIF",
            Some("poll_creation" | "poll_update") => "Poll",
            Some("group_invite") => "Invitation to a group",
            Some("pin" | "keep_in_chat") => "Pinned message",
            Some("edit") => "Edited message",
            Some("list") => "List",
            Some("link_preview") => "Link",
            Some("media_placeholder") => "Photo or video",
            Some(_) => "Unsupported message",
            None if matches!(kind, "unsupported" | "unknown" | "") => "Unsupported message",
            None => return format!("Message of an unknown kind (“{}”)", short(kind)),
        },
    };
    known.to_owned()
}

/// What a bubble says below the words of such a message: what it is, and what to do.
#[must_use]
pub(super) fn note(kind: &str) -> String {
    let rest = match kind {
        "text" => "It came without words. Ask the customer to send it again.",
        "image" | "video" => "It cannot be shown here yet. Ask the customer to say in words what it shows.",
        "audio" | "voice" => "It cannot be played here yet. Ask the customer to write what it says.",
        "document" => "It cannot be opened here yet. Ask the customer for what matters in it.",
        "location" => "It cannot be shown on a map here yet. Ask the customer for the address if you need it.",
        "contacts" => "It cannot be shown whole here yet. Ask the customer to write what you need of it.",
        "order" => "Its articles cannot be shown here yet. Ask the customer which ones they want.",
        "button" | "interactive" => "What was chosen did not come along. Ask the customer to write it.",
        "nfm_reply" => "What was filled in cannot be shown here yet. Ask the customer for what you need.",
        "edit" => "What was changed cannot be shown here yet. Ask the customer what holds now.",
        "revoke" => "The customer took an earlier message back. It is still shown here.",
        "sticker" | "reaction" | "call_permission_reply" | "system" | "request_welcome" => {
            "It cannot be shown here yet. There is nothing that you have to do."
        }
        "call" => "The customer called. Calls are not taken here: ask them to write.",
        "ephemeral" => "WhatsApp does not pass it on to businesses. Ask the customer to send it as a usual message.",
        "too_large" => "WhatsApp passes on nothing beyond 100 MB. Ask the customer for something smaller.",
        "unavailable" => "WhatsApp could not pass it on this time. Ask the customer to send it again.",
        _ if matches!(kind, "unsupported" | "unknown" | "") || kind.starts_with("unsupported/") => {
            "WhatsApp does not pass it on to businesses. Ask the customer to send it in another way."
        }
        _ => {
            let kind = short(kind);
            return format!(
                "A message of a kind that Parlance does not know yet (“{kind}”). Ask the customer to say it in words."
            );
        }
    };
    format!("{}. {rest}", noun(kind))
}

/// A stranger's word, short enough to be shown.
fn short(kind: &str) -> String {
    one_line(kind).chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::{note, noun};

    #[test]
    fn every_kind_of_the_contract_has_words_of_its_own() {
        for kind in [
            "text",
            "image",
            "video",
            "audio",
            "voice",
            "document",
            "sticker",
            "location",
            "contacts",
            "interactive",
            "button",
            "nfm_reply",
            "call_permission_reply",
            "reaction",
            "order",
            "system",
            "request_welcome",
            "unsupported",
            "unsupported/poll_creation",
            "unsupported/of_tomorrow",
            "unknown",
            "edit",
            "revoke",
            "ephemeral",
            "unavailable",
            "too_large",
            "",
        ] {
            let (noun, note) = (noun(kind), note(kind));
            assert!(!noun.contains('“') && note.starts_with(&format!("{noun}. ")), "{kind}: {note}");
            // Never the provider's bare word.
            assert!(!note.contains('_') && !note.contains('/'), "{kind}: {note}");
        }
    }

    #[test]
    fn unknown_words_are_quoted() {
        assert_eq!(
            note("hologram"),
            "A message of a kind that Parlance does not know yet (“hologram”). Ask the customer to say it in words."
        );
        assert_eq!(noun("holo\u{202e}gram\n"), "Message of an unknown kind (“hologram”)");
        assert!(note(&"x".repeat(5000)).len() < 200);
    }
}
