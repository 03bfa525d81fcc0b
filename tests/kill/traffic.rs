//! Who writes what: customers of several numbers, and Meta's reports on what they were answered.

use std::fmt::Write as _;

use crate::{
    meta::Post,
    random::Random,
    support::{
        double::Sent,
        webhook::{self, Inbound, Target},
    },
};

/// What the bot knows.
const KNOWLEDGE: [(&str, &str); 3] = [
    ("What are your opening hours?", "From 9 to 18."),
    ("Where is your shop?", "In Harbour Street 5."),
    ("How long is the warranty?", "Two years."),
];
/// It knows all of them: after two that it does not know, a conversation is a person's.
const QUESTIONS: [&str; 3] = [KNOWLEDGE[0].0, KNOWLEDGE[1].0, KNOWLEDGE[2].0];
/// Customers who may write again.
const REGULARS: u64 = 40;
/// The phone number before the first customer's.
const PHONES: u64 = 4_915_100_000_000;

/// Questions with their answers.
pub(crate) fn knowledge() -> impl Iterator<Item = (String, String)> {
    KNOWLEDGE.into_iter().map(|(question, answer)| (question.to_owned(), answer.to_owned()))
}

/// An endless stream of webhooks.
pub(crate) struct Traffic {
    numbers: Vec<Target>,
    random: Random,
    customers: u64,
    messages: u64,
}

impl Traffic {
    pub(crate) const fn new(numbers: Vec<Target>, random: Random) -> Self {
        Self { numbers, random, customers: 0, messages: 0 }
    }

    /// One to three messages to one number.
    pub(crate) fn next_post(&mut self) -> Post {
        let number = usize::try_from(self.random.below(self.numbers.len() as u64)).unwrap();
        let target = self.numbers[number].clone();
        let count = self.random.below(3) + 1;
        let wamids: Vec<String> = (0..count).map(|n| webhook::wamid(self.messages + n)).collect();
        self.messages += count;
        let messages: Vec<Inbound<'_>> = wamids
            .iter()
            .map(|wamid| {
                let text = QUESTIONS[usize::try_from(self.random.below(3)).unwrap()];
                Inbound { from: self.customer(), wamid, text }
            })
            .collect();
        let mut body = String::new();
        webhook::messages(&target, &messages, &mut body);
        Post { target, body, wamids }
    }

    /// Mostly somebody new, sometimes one of the last few.
    fn customer(&mut self) -> u64 {
        let back = if self.random.one_in(4) { self.random.below(REGULARS).min(self.customers) } else { 0 };
        if back == 0 {
            self.customers += 1;
            return PHONES + self.customers;
        }
        PHONES + self.customers - back + 1
    }

    /// Meta's word that a message went out.
    pub(crate) fn report(&self, message: &Sent) -> Post {
        let target = self.numbers.iter().find(|n| n.phone_number_id == message.phone_number_id).unwrap().clone();
        let mut body = String::new();
        webhook::body(&target, &mut body, |out| {
            let Sent { wamid, to, callback_data, .. } = message;
            let now = webhook::now();
            write!(
                out,
                ",\"statuses\":[{{\"id\":\"{wamid}\",\"status\":\"sent\",\"timestamp\":\"{now}\",\
                 \"recipient_id\":\"{to}\",\"biz_opaque_callback_data\":\"{callback_data}\"}}]",
            )
            .unwrap();
        });
        Post { target, body, wamids: Vec::new() }
    }
}
