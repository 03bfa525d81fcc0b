//! What is found, what is not, and that nothing written by a customer does harm.

mod articles;
mod bases;
mod found;
mod hostile;
mod not_found;

use super::*;

fn index(bases: &[&[(&str, &str)]]) -> KnowledgeIndex {
    let entries = bases.iter().flat_map(|base| base.iter());
    let entries = entries.map(|(q, a)| Entry { question: (*q).to_owned(), answer: (*a).to_owned() }).collect();
    KnowledgeIndex::build(entries).unwrap()
}

/// How far every case stays away from the threshold.
const MARGIN: f32 = 0.02;

/// How a table of cases went.
#[derive(Default)]
struct Outcome {
    found: usize,
    fallback: usize,
    wrong_entry: usize,
    missed: usize,
    wild_guess: usize,
    faults: Vec<String>,
    /// The closest calls: the least confidence of an answer, the most of a fallback.
    least: Option<f32>,
    most: f32,
}

impl Outcome {
    fn check(&mut self, index: &KnowledgeIndex, text: &str, expected: Option<usize>) {
        let best = index.find_best(text).unwrap();
        let said = best.filter(Hit::is_confident).map(|hit| hit.entry);
        let count = match (expected, said) {
            (Some(expected), Some(said)) if expected == said => &mut self.found,
            (None, None) => &mut self.fallback,
            (Some(_), Some(_)) => &mut self.wrong_entry,
            (Some(_), None) => &mut self.missed,
            (None, Some(_)) => &mut self.wild_guess,
        };
        *count += 1;
        let confidence = best.map_or(0.0, |hit| hit.confidence);
        match expected {
            Some(_) => self.least = Some(self.least.map_or(confidence, |least| least.min(confidence))),
            None => self.most = self.most.max(confidence),
        }
        if said != expected {
            let meant = best.and_then(|hit| index.entry(hit.entry)).map(|entry| entry.question.as_str());
            self.faults.push(format!("{text:?}: expected {expected:?}, best {meant:?} with {confidence:.2}"));
        }
    }

    fn settle(self) {
        let Self { found, fallback, wrong_entry, missed, wild_guess, faults, least, most } = self;
        // A threshold that a case only just passes is not calibrated.
        let apart = least.is_none_or(|least| least > CONFIDENCE_THRESHOLD + MARGIN);
        assert!(
            faults.is_empty() && apart && most < CONFIDENCE_THRESHOLD - MARGIN,
            "\n               answered  fallback\n\
             known          {found:8}  {missed:8}   (and {wrong_entry} with the wrong entry)\n\
             unknown        {wild_guess:8}  {fallback:8}\n\
             known from {least:?}, unknown up to {most}, threshold {CONFIDENCE_THRESHOLD}\n{}\n",
            faults.join("\n")
        );
    }
}

#[test]
fn finds_what_an_english_shop_is_asked() {
    let mut outcome = Outcome::default();
    let index = index(&[bases::ENGLISH]);
    found::ENGLISH.iter().for_each(|(text, entry)| outcome.check(&index, text, Some(*entry)));
    not_found::ANY.iter().for_each(|text| outcome.check(&index, text, None));
    outcome.settle();
}

#[test]
fn finds_what_a_german_shop_is_asked() {
    let mut outcome = Outcome::default();
    let index = index(&[bases::GERMAN]);
    found::GERMAN.iter().for_each(|(text, entry)| outcome.check(&index, text, Some(*entry)));
    not_found::ANY.iter().for_each(|text| outcome.check(&index, text, None));
    outcome.settle();
}

#[test]
fn finds_entries_of_many_languages_in_one_chatbot() {
    let mut outcome = Outcome::default();
    let index = index(&[bases::ENGLISH, bases::GERMAN, bases::OTHERS]);
    found::MIXED.iter().for_each(|(text, entry)| outcome.check(&index, text, Some(*entry)));
    not_found::ANY.iter().for_each(|text| outcome.check(&index, text, None));
    outcome.settle();
}

#[test]
fn every_question_finds_itself_for_sure() {
    let index = index(&[bases::ENGLISH, bases::GERMAN, bases::OTHERS]);
    for (at, entry) in index.entries.iter().enumerate() {
        assert_eq!(index.find_best(&entry.question).unwrap(), Some(Hit { entry: at, confidence: 1.0 }));
        let shouted = format!("  {}!!! ", entry.question.to_uppercase());
        assert_eq!(index.find_best(&shouted).unwrap().map(|hit| hit.entry), Some(at), "{shouted}");
    }
}

/// How many answers find their own entry when they are asked word for word, and of how many.
fn answers_that_find_themselves(index: &KnowledgeIndex) -> (usize, Vec<String>) {
    let mut lost = Vec::new();
    for entry in &index.entries {
        let hit = index.find_best(&entry.answer).unwrap();
        let found = hit.filter(Hit::is_confident).and_then(|hit| index.entry(hit.entry));
        if found.map(|found| &found.answer) != Some(&entry.answer) {
            lost.push(format!("{:?} finds {:?} ({hit:?})", entry.answer, found.map(|found| &found.question)));
        }
    }
    (index.len() - lost.len(), lost)
}

#[test]
#[expect(clippy::print_stdout, reason = "the share is what people want to know")]
fn answers_asked_word_for_word_find_their_entry() {
    let index = index(&[bases::ENGLISH, bases::GERMAN, bases::OTHERS, articles::ALL]);
    let (found, lost) = answers_that_find_themselves(&index);
    println!("{found} of {} answers find their own entry\n{}", index.len(), lost.join("\n"));
    assert!(found * 100 >= index.len() * 90, "{found} of {}\n{}", index.len(), lost.join("\n"));
}

#[test]
fn words_that_only_the_answer_has_are_found_where_the_question_says_nothing() {
    let index = index(&[bases::ENGLISH]);
    let mut outcome = Outcome::default();
    for (text, entry) in [
        ("can I pay with PayPal?", 6),
        ("do you take credit cards", 6),
        ("is shipping free above 50 EUR", 1),
        ("is the first hour free?", 9),
        ("how do I track the parcel", 3),
        ("where is the return label", 4),
        ("do you deliver in the European Union", 10),
    ] {
        outcome.check(&index, text, Some(entry));
    }
    outcome.settle();
    // The question says what an entry is about: where both fit, it wins.
    assert_eq!(index.find_best("refund for a parcel").unwrap().map(|hit| hit.entry), Some(5));
    let sure = |text: &str| index.find_best(text).unwrap().map_or(0.0, |hit| hit.confidence);
    assert!(sure("payment methods") > sure("credit card, PayPal or invoice"));
}
