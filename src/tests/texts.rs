//! The words that people see come from the catalogue: whatever room of the pages still has its own is on a list that only
//! shrinks.

use std::collections::BTreeSet;

use super::source;

/// Files whose words have not moved to the catalogue yet. Take away what has; add nothing.
const NOT_YET: &[&str] = &[];

/// What stands between quotes and is the same in every language.
const NAMES: [&str; 8] =
    ["messages", "smb_message_echoes", "Parlance", "@", "·", "WhatsApp", "Central Station", "Station Square 1"];

/// Seen only when the site was built wrongly.
const BUILDER: &str = "The site was built without --split";

/// Attributes and properties whose value people read or hear.
const READ: [&str; 10] = [
    "label=\"",
    "title=\"",
    "text=\"",
    "placeholder=\"",
    "hint=\"",
    "verb=\"",
    "what=\"",
    "aria-label=\"",
    "alt=\"",
    "aria-description=\"",
];

/// The words in the views of a file: text between tags, and the values of attributes that are read.
fn words(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with("//") || line.starts_with("#[") {
            continue;
        }
        for name in READ {
            for (at, _) in line.match_indices(name) {
                // Part of a longer name: `aria-label` is on the list itself.
                let whole = line[..at].chars().next_back().is_none_or(|before| before.is_whitespace() || before == '(');
                if whole && let Some((value, _)) = line[at + name.len()..].split_once('"') {
                    found.insert(value.to_owned());
                }
            }
        }
        // A sentence wherever it stands: `toasts.success("It is done.")`.
        for value in line.split('"').skip(1).step_by(2) {
            let begins = value.starts_with(|c: char| c.is_uppercase() || c == '“');
            if begins && value.trim().contains(' ') && !line.contains("reason = ") {
                found.insert(value.to_owned());
            }
        }
        // `<p>"Text"`, `"text" <b>`, and a line that is nothing but text.
        for (at, _) in line.match_indices('"') {
            let before = line[..at].trim_end();
            let Some((value, after)) = line[at + 1..].split_once('"') else { continue };
            let after = after.trim_start();
            let follows_a_tag = before.ends_with('>') && !before.ends_with("=>") && !before.ends_with("->");
            let alone = before.is_empty() && after.is_empty() && value.contains(' ');
            if follows_a_tag || alone || after.starts_with("</") {
                found.insert(value.to_owned());
            }
        }
    }
    found.retain(|value| {
        let value = value.trim();
        value.chars().any(char::is_alphabetic)
            && !NAMES.contains(&value)
            && !value.starts_with(['#', '/', '.', '['])
            && !value.starts_with("PARLANCE_")
            && !value.starts_with(BUILDER)
    });
    found
}

#[test]
fn words_come_from_the_catalogue() {
    let mut left = BTreeSet::new();
    for source in source::all().into_iter().filter(|source| source.path.starts_with("src/ui/")) {
        let words = words(&source.code());
        let (path, is_known) = (source.path.as_str(), NOT_YET.contains(&source.path.as_str()));
        assert!(words.is_empty() || is_known, "{path} has words of its own, put them into src/texts: {words:?}");
        assert!(!words.is_empty() || !is_known, "{path} has no words of its own any more: take it from the list");
        if is_known {
            left.insert(source.path);
        }
    }
    assert_eq!(left.len(), NOT_YET.len(), "a file of the list is gone");
}

#[test]
fn words_are_found_where_people_read_them() {
    let view = r#"
        <p class="quiet">"One text"</p>
        <Button label="Send" kind=ButtonKind::Quiet />
        <span data-label="no">{texts::inbox::send()} " · "</span>
        // "a comment"
        Some(name) => "no text" ,
        toasts.success("It is done.");
            "A line of its own."
        <b aria-label="Heard" title=move || "x">"Last "</b> {name}
    "#;
    let found: Vec<_> = words(view).into_iter().collect();
    assert_eq!(found, ["A line of its own.", "Heard", "It is done.", "Last ", "One text", "Send"]);
}

#[test]
fn every_text_is_used_somewhere() {
    let sources = source::all();
    let uses = |room: &str, key: &str| {
        let name = format!("{room}::{key}");
        let own = format!("src/texts/{room}.rs");
        sources.iter().any(|source| source.path != own && calls(&source.text, &name))
    };
    let unused: Vec<_> = crate::texts::keys()
        .filter(|(room, key)| !(uses(room, key) || *room == "shell" && uses("words", key)))
        .map(|(room, key)| format!("{room}::{key}"))
        .collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

/// Whether the whole name stands there.
fn calls(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let after = text[at + name.len()..].chars().next();
        after.is_none_or(|next| !next.is_alphanumeric() && next != '_')
    })
}
