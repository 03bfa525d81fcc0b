//! Clauses that say what somebody does not want: "I don't want to pay". Their words are no question about paying.
//!
//! What somebody cannot do ("I can't pay", "my parcel never arrived") is one, and so is a question ("why won't you deliver?").

use super::{
    lists::{Pattern, Role, lists},
    words::{Kind, Word, Words},
};

/// The most words in a gap of a pattern.
const GAP_MAX: usize = 4;

/// A text without the clauses that deny something; none when there is no such clause.
pub(in crate::server::engine) fn without_denials(text: &str) -> Option<String> {
    let read = Words::read(text);
    let mut rest = String::with_capacity(text.len());
    let mut upto = 0;
    for clause in clauses(&read.words) {
        if !denials(clause).is_empty()
            && let (Some(first), Some(last)) = (clause.first(), clause.last())
        {
            rest.push_str(text.get(upto..first.at.start).unwrap_or_default());
            upto = last.at.end;
        }
    }
    if upto == 0 {
        return None;
    }
    rest.push_str(text.get(upto..).unwrap_or_default());
    Some(rest)
}

/// Whether a text speaks of not wanting something at all, be it as a question: "What if I don't want it any more?"
pub(in crate::server::engine) fn speaks_of_denial(text: &str) -> bool {
    clauses(&Words::read(text).words).any(|clause| !unwilling(clause).is_empty())
}

/// Where a clause denies something, as places of its words: from, to.
pub(super) fn denials(clause: &[Word]) -> Vec<(usize, usize)> {
    // "Why don't you want to deliver?" asks, and so does "ok so what if I don't want it?": what leads in counts for nothing.
    let leads = clause.iter().take_while(|word| leads_in(&word.text)).count();
    let asks = |before: usize| {
        clause.iter().take(before).skip(leads).take(2).any(|word| {
            let means = lists().meanings(&word.text);
            means.is_some_and(|means| means.contains_key(&Role::Asks) && !means.contains_key(&Role::Filler))
        })
    };
    unwilling(clause).into_iter().filter(|place| !asks(place.0)).collect()
}

/// Where a clause says that something is not wanted.
fn unwilling(clause: &[Word]) -> Vec<(usize, usize)> {
    let despite = found(clause, Role::Despite);
    let overlaps = |(from, to): (usize, usize)| despite.iter().any(|(start, end)| from < *end && *start < to);
    found(clause, Role::Unwilling).into_iter().filter(|place| !overlaps(*place)).collect()
}

/// The clauses of a message: between signs, and from "but" or "how" on.
pub(super) fn clauses(words: &[Word]) -> impl Iterator<Item = &[Word]> {
    let begins = |at: usize| {
        let text = |n: usize| words.get(at + n).map_or("", |word| word.text.as_str());
        let is_but = |phrase: &str| lists().meanings(phrase).is_some_and(|m| m.contains_key(&Role::But));
        is_but(text(0)) || is_but(&format!("{} {}", text(0), text(1)))
    };
    let mut from = 0;
    std::iter::from_fn(move || {
        let first = words.get(from)?;
        let mut to = from + 1;
        while words.get(to).is_some_and(|word| word.clause == first.clause) && !begins(to) {
            to += 1;
        }
        let clause = words.get(from..to);
        from = to;
        clause
    })
}

fn found(clause: &[Word], role: Role) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    for (at, word) in clause.iter().enumerate().filter(|(_, word)| word.kind == Kind::Word) {
        let patterns = lists().patterns.get(&word.text).into_iter().flatten();
        let ends = patterns.filter(|pattern| pattern.role == role).filter_map(|pattern| end(pattern, clause, at));
        places.extend(ends.max().map(|end| (at, end)));
    }
    places
}

/// Where a pattern ends that begins at a word of the clause.
fn end(pattern: &Pattern, clause: &[Word], at: usize) -> Option<usize> {
    let anchored = pattern.words.first().is_some_and(|word| word.starts_with('^'));
    if anchored && !clause.iter().take(at).all(|word| is_filler(&word.text)) {
        return None;
    }
    let mut next = at;
    let mut gap = false;
    for wanted in &pattern.words {
        if wanted == "~" {
            gap = true;
            continue;
        }
        let wanted = wanted.trim_start_matches('^');
        let fits = |word: &Word| match wanted.strip_prefix('*') {
            Some(ending) => word.text.ends_with(ending),
            None => word.text == wanted,
        };
        let within = if gap { GAP_MAX + 1 } else { 1 };
        next += clause.get(next..)?.iter().take(within).position(fits)? + 1;
        gap = false;
    }
    Some(next)
}

/// Whether it may stand before a question and says nothing of it.
fn leads_in(word: &str) -> bool {
    const LEAD: [Role; 4] = [Role::Filler, Role::Hello, Role::Thanks, Role::Quiet];
    lists().meanings(word).is_some_and(|meanings| LEAD.iter().any(|role| meanings.contains_key(role)))
}

fn is_filler(word: &str) -> bool {
    lists().meanings(word).is_some_and(|meanings| meanings.contains_key(&Role::Filler))
}

#[cfg(test)]
mod tests {
    use super::without_denials;

    #[test]
    fn what_is_not_wanted_is_told_from_what_does_not_work() {
        for text in [
            "I don't want to pay",
            "i dont wanna pay",
            "Please don't cancel my order",
            "don’t cancel it",
            "I won't pay",
            "we are not interested in a refund",
            "no quiero pagar",
            "Ya no quiero el pedido",
            "não quero pagar",
            "nao vou pagar",
            "ich will nicht bezahlen",
            "Ich möchte die Rechnung nicht bezahlen",
            "ich will keine Lieferung",
            "bezahlen will ich nicht",
            "aku gak mau bayar",
            "saya tidak mau membayar",
            "jangan dikirim",
            "मुझे पैसे नहीं देने",
            "मैं भुगतान नहीं करना चाहता",
            "mujhe payment nahi karna",
            "main paise nahi dunga",
            "لا أريد أن أدفع",
            "ما ابغى ادفع",
            "مش عايز ادفع",
        ] {
            let rest = without_denials(text);
            assert!(
                rest.as_deref().is_some_and(|rest| rest.chars().filter(|c| c.is_alphabetic()).count() < 12),
                "{text}: {rest:?}"
            );
        }
        for text in [
            "I can't pay",
            "why don't you want my card?",
            "don't you deliver abroad?",
            "I don't know how to pay",
            "my parcel never arrived",
            "the door won't open",
            "no puedo pagar",
            "não consigo pagar",
            "ich kann nicht bezahlen",
            "tidak bisa bayar",
            "payment nahi ho raha",
            "لا استطيع الدفع",
            "what if I don't want it any more?",
            "so what if i don't want it any more",
            "ok and if I don't want it",
            "hallo was ist wenn ich es nicht mehr haben will",
            "y que pasa si no lo quiero",
            "how do I pay",
        ] {
            assert_eq!(without_denials(text), None, "{text}");
        }
    }

    #[test]
    fn the_rest_is_kept() {
        let rest = |text: &str| without_denials(text).unwrap();
        assert_eq!(rest("I don't want this shirt, how can I return it?"), ", how can I return it?");
        assert!(rest("i dont want the shirt how can i return it").contains("how can i return it"));
        assert!(rest("No quiero este pedido pero cómo lo devuelvo").contains("cómo lo devuelvo"));
        assert!(rest("When do you open? I don't want to wait.").contains("When do you open?"));
    }
}
