//! Two labelled sets of messages, as people write them: one was looked at while the word lists were made, the other was written
//! before them and looked at once, when they were done.

use std::fmt::Write as _;

use super::{Heard, Known, Talk, Tongue, hear};

const SEEN: &str = include_str!("seen.tsv");
const HELD_BACK: &str = include_str!("held_back.tsv");

/// How a set went.
#[derive(Default)]
struct Outcome {
    talk: usize,
    fitting: usize,
    questions: usize,
    swallowed: usize,
    /// Small talk that was answered in another language.
    foreign: usize,
    faults: String,
}

/// What a message was taken for, in the labels' words; with the language of the answer, where there is one.
fn taken_for(text: &str) -> (&'static str, Option<&'static str>) {
    match hear(text, Known::default()) {
        Heard::Quiet => ("quiet", None),
        Heard::Talk { talk, tongue, .. } => {
            let label = match talk {
                Talk::Hello | Talk::How => "hello",
                Talk::Thanks => "thanks",
                Talk::Goodbye => "goodbye",
                Talk::Insult => "insult",
            };
            (label, Some(tongue.code()))
        }
        Heard::Person { tongue } => ("person", Some(tongue.code())),
        // Answered as one where nothing is known, which is so of every rude remark.
        Heard::Question { or: Some((Talk::Insult, tongue)), .. } => ("insult", Some(tongue.code())),
        Heard::Question { .. } => ("question", None),
    }
}

fn judge(set: &str) -> Outcome {
    let mut outcome = Outcome::default();
    for line in set.lines().filter(|line| !line.starts_with('#')) {
        let [label, language, text] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let (found, answered_in) = taken_for(text);
        // In the evening the same words greet and part.
        let fits = found == label || label == "goodbye" && found == "hello" && text.contains("malam");
        if label == "question" {
            outcome.questions += 1;
            outcome.swallowed += usize::from(!fits);
        } else {
            outcome.talk += 1;
            outcome.fitting += usize::from(fits);
            let own = answered_in.is_none_or(|code| code == language || language == "-");
            outcome.foreign += usize::from(fits && !own);
        }
        if !fits {
            writeln!(outcome.faults, "{language} {text:?} is {label}, taken for {found}").unwrap();
        }
    }
    outcome
}

/// The shares that hold for a set, with its name for the report.
#[expect(clippy::print_stdout, reason = "the shares are what people want to know")]
fn holds(name: &str, set: &str) {
    let Outcome { talk, fitting, questions, swallowed, foreign, faults } = judge(set);
    let share = fitting as f32 / talk as f32;
    println!(
        "{name}: {fitting} of {talk} ({:.1} %) fit, {foreign} of them answered in another language; {swallowed} of {questions} questions swallowed\n{faults}",
        share * 100.0
    );
    assert!(share >= 0.9, "{share} of {name} fit\n{faults}");
    assert!(swallowed * 50 <= questions, "{swallowed} of {questions} swallowed\n{faults}");
    assert!(foreign * 20 <= fitting, "{foreign} answered in another language");
}

#[test]
fn small_talk_of_the_seen_set_is_understood() {
    holds("seen", SEEN);
}

#[test]
fn small_talk_of_the_set_held_back_is_understood() {
    holds("held back", HELD_BACK);
}

#[test]
fn the_sets_are_large_enough() {
    let count = |set: &str, question: bool| {
        set.lines().filter(|l| !l.starts_with('#') && l.starts_with("question\t") == question).count()
    };
    assert!(count(SEEN, false) + count(HELD_BACK, false) >= 150);
    assert!(count(SEEN, true) >= 40 && count(HELD_BACK, true) >= 40);
}

#[test]
fn a_greeting_of_the_evening_parts_later() {
    for text in ["boa noite", "Buenas noches!", "selamat malam"] {
        let heard = |greeted| match hear(text, Known { greeted, ..Known::default() }) {
            Heard::Talk { talk, .. } => talk,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!((heard(false), heard(true)), (Talk::Hello, Talk::Goodbye), "{text}");
    }
}

#[test]
fn what_many_languages_say_is_answered_in_the_chatbots() {
    let tongue = |text: &str, tongues: &[Tongue]| match hear(text, Known { tongues, ..Known::default() }) {
        Heard::Talk { tongue, .. } => tongue,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(tongue("hi", &[]), Tongue::English);
    assert_eq!(tongue("hi", &[Tongue::German]), Tongue::German);
    assert_eq!(tongue("hi kak", &[Tongue::German]), Tongue::Indonesian);
    assert_eq!(tongue("hola", &[Tongue::German]), Tongue::Spanish);
    assert_eq!(tongue("👋", &[Tongue::Hindi]), Tongue::Hindi);
    // What is said to a question: a little word of another language does not make it one.
    let asked = |text: &str, tongues: &[Tongue]| match hear(text, Known { tongues, ..Known::default() }) {
        Heard::Question { tongue, .. } => tongue,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(asked("size y or x", &[Tongue::English]), Tongue::English);
    assert_eq!(asked("tienen bicicletas para niños", &[Tongue::English]), Tongue::Spanish);
    assert_eq!(asked("क्या साइकिल मिलेगी", &[]), Tongue::Hindi);
}

#[test]
fn what_stands_around_a_question_is_taken_off() {
    let rest = |text: &str| match hear(text, Known::default()) {
        Heard::Question { rest, .. } => rest,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(rest("hi, when do you open?").as_deref(), Some("when do you open?"));
    assert_eq!(rest("thx 🙏 and how do I pay? bye").as_deref(), Some("and how do I pay? "));
    assert_eq!(rest("when do you open?"), None);
    assert_eq!(rest("السلام عليكم، كم سعر التوصيل؟").as_deref(), Some("كم سعر التوصيل؟"));
}

#[test]
fn names_are_greeted() {
    let known = Known { name: "Rosa Bot", ..Known::default() };
    for text in ["hi rosa", "Hello John", "Hola Rosa!"] {
        assert!(matches!(hear(text, known), Heard::Talk { talk: Talk::Hello, .. }), "{text}");
    }
    for text in ["hi delivery", "hello Price?", "Hallo Preis"] {
        assert!(matches!(hear(text, known), Heard::Question { .. }), "{text}");
    }
}

#[test]
fn nothing_written_does_harm() {
    for text in [
        "",
        "   ",
        "?",
        "…",
        "\u{200b}",
        &"hi ".repeat(5_000),
        &"a".repeat(100_000),
        &"👍".repeat(3_000),
        "~ ^ *",
        &"don't want ".repeat(2_000),
        &"haha".repeat(20_000),
    ] {
        let _ = hear(text, Known::default());
        let _ = super::without_denials(text);
    }
    assert_eq!(hear("...", Known::default()), Heard::Quiet);
    assert!(matches!(hear("??", Known::default()), Heard::Question { .. }));
}
