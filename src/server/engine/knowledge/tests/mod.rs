//! What is found, what is not, and that nothing written by a customer does harm.

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
