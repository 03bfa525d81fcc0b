//! Empty, endless and malicious text.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

fn shop() -> KnowledgeIndex {
    index(&[bases::ENGLISH, bases::GERMAN, bases::OTHERS])
}

#[test]
fn a_chatbot_may_know_nothing() {
    for entries in [vec![], vec![("", "")], vec![("the", "and")], vec![("🙂", "🙂")], vec![("?!", "")]] {
        let index = index(&[&entries]);
        assert_eq!(index.len(), entries.len());
        for text in ["", "opening hours", "🙂", "?!", "and"] {
            assert_eq!(index.find_best(text).unwrap(), None, "{entries:?} {text}");
        }
    }
}

#[test]
fn a_chatbot_may_know_one_thing() {
    let index = index(&[&[("What are your opening hours?", "9 to 5")]]);
    let mut outcome = Outcome::default();
    outcome.check(&index, "opening hours", Some(0));
    outcome.check(&index, "when are you open? what hours?", Some(0));
    outcome.check(&index, "bank details", None);
    outcome.check(&index, "opening a bank account", None);
    outcome.settle();
}

#[test]
fn equals_are_settled_by_their_order() {
    let twice = [("Where do you deliver?", "Here"), ("Opening hours", "9 to 5"), ("Opening hours", "10 to 4")];
    let index = index(&[&twice]);
    for text in ["Opening hours", "hours of opening", "the opening hours please"] {
        assert_eq!(index.find_best(text).unwrap().unwrap().entry, 1, "{text}");
    }
}

#[test]
fn question_words_settle_what_content_words_cannot() {
    let index = index(&[&[("Where do you deliver?", "Here"), ("When do you deliver?", "Now")]]);
    assert_eq!(index.find_best("where will you deliver").unwrap().unwrap().entry, 0);
    assert_eq!(index.find_best("when will you deliver").unwrap().unwrap().entry, 1);
}

#[test]
fn a_question_of_stop_words_is_found_by_itself_only() {
    let index = index(&[&[("What are you?", "A chatbot"), ("Opening hours", "9 to 5")]]);
    assert_eq!(index.find_best("what are you").unwrap(), Some(Hit { entry: 0, confidence: 1.0 }));
    assert_eq!(index.find_best("what are they").unwrap(), None);
}

#[test]
fn a_word_of_one_language_may_be_a_stop_word_of_another() {
    let index = index(&[
        &[("Can I park my car at your shop?", "Yes, there is a garage behind the house.")],
        &[("Où est le magasin ?", "Nous sommes dans la rue de la gare, car il y a du monde.")],
    ]);
    assert_eq!(index.find_best("car").unwrap().map(|hit| hit.entry), Some(0));
}

#[test]
fn syntax_is_only_text() {
    let index = shop();
    for text in [
        "opening AND hours OR \"refund",
        "question:opening^1000 *:*",
        "+opening -hours ~2 (((((",
        "opening\0hours",
        "Aopening *营业 \u{1f}",
        "/.*/ {} [a TO z] \\",
        "'; DROP TABLE entries; --",
    ] {
        let best = index.find_best(text).unwrap();
        assert!(best.is_none_or(|hit| (0.0..=1.0).contains(&hit.confidence)), "{text}");
    }
}

#[test]
fn endless_text_takes_no_endless_time() {
    let index = shop();
    let words = |n: usize| (0..n).map(|i| format!("wörtchen{} ", "abcdefghij".repeat(1 + i % 3))).collect::<String>();
    let endless = [
        "a".repeat(100_000),
        "opening hours ".repeat(5_000),
        "openingg hourss? ".repeat(5_000),
        words(5_000),
        (0..5_000).map(|i| format!("delivry{} ", char::from(b'a' + (i % 26) as u8))).collect(),
        "营业时间".repeat(2_000),
        "e\u{301}".repeat(10_000),
        "?!.".repeat(10_000),
        "ร้านเปิด".repeat(2_000),
    ];
    for text in &endless {
        let start = Instant::now();
        let best = index.find_best(text).unwrap();
        let start_of_text: String = text.chars().take(20).collect();
        assert!(start.elapsed() < Duration::from_secs(2), "{start_of_text}… took {:?}", start.elapsed());
        assert!(best.is_none_or(|hit| (0.0..=1.0).contains(&hit.confidence)), "{start_of_text}");
    }
}

#[test]
fn a_question_at_the_end_of_a_story_is_found() {
    let story = "My wife and I will travel through your lovely town in June. We love old castles and gardens. \
        Our children prefer swimming. What are your opening hours?";
    let hit = shop().find_best(story).unwrap().unwrap();
    assert!(hit.entry == 0 && hit.is_confident(), "{hit:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_safe(question in "\\PC{0,80}", answer in any::<String>(), text in any::<String>()) {
        let index = index(&[bases::OTHERS, &[(&question, &answer)]]);
        for text in [text.as_str(), question.as_str(), answer.as_str()] {
            let best = index.find_best(text).unwrap();
            prop_assert!(best.is_none_or(|hit| (0.0..=1.0).contains(&hit.confidence)));
            prop_assert_eq!(best, index.find_best(text).unwrap());
        }
    }

    /// Words of every script, so that stemmers and n-grams are reached.
    #[test]
    fn any_words_are_safe(words in "[a-zäöüßéèçñãøåıİğşőа-яёα-ωάΐ\u{620}-\u{64a}\u{b80}-\u{bd0}\u{e01}-\u{e4e}ぁ-んァ-ヶ一-丐가-긿'’. ?\u{301}\u{306}]{0,200}") {
        let index = index(&[bases::ENGLISH, bases::OTHERS, &[(&words, &words)]]);
        let best = index.find_best(&words).unwrap();
        prop_assert!(best.is_none_or(|hit| (0.0..=1.0).contains(&hit.confidence)));
    }
}
