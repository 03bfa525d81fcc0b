//! Who writes what: customers of several numbers, and Meta's reports on what they were answered.

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{graph::Received, meta::Post, random::Random};

const QUESTIONS: [&str; 3] =
    ["What are your opening hours?", "Where is your shop?", "a riddle that nobody has taught it"];
/// Customers who may write again.
const REGULARS: u64 = 40;

/// A connected number.
pub(crate) struct Number {
    pub(crate) integration_id: String,
    pub(crate) phone_number_id: String,
}

/// An endless stream of webhooks.
pub(crate) struct Traffic {
    numbers: Vec<Number>,
    random: Random,
    customers: u64,
    messages: u64,
}

impl Traffic {
    pub(crate) const fn new(numbers: Vec<Number>, random: Random) -> Self {
        Self { numbers, random, customers: 0, messages: 0 }
    }

    /// One to three messages to one number.
    pub(crate) fn next_post(&mut self) -> Post {
        let number = usize::try_from(self.random.below(self.numbers.len() as u64)).unwrap();
        let mut wamids = Vec::new();
        let mut messages = Vec::new();
        for _ in 0..=self.random.below(3) {
            let wamid = format!("wamid.IN{}", self.messages);
            self.messages += 1;
            let question = QUESTIONS[usize::try_from(self.random.below(3)).unwrap()];
            messages.push(json!({"id": wamid, "from": self.customer(), "timestamp": now(), "type": "text",
                                 "text": {"body": question}}));
            wamids.push(wamid);
        }
        let number = &self.numbers[number];
        let body = webhook(&number.phone_number_id, &messages, &[]);
        Post { integration_id: number.integration_id.clone(), body, wamids }
    }

    /// Mostly somebody new, sometimes one of the last few.
    fn customer(&mut self) -> String {
        let back = if self.random.one_in(4) { self.random.below(REGULARS).min(self.customers) } else { 0 };
        if back == 0 {
            self.customers += 1;
            return phone(self.customers);
        }
        phone(self.customers - back + 1)
    }

    /// Meta's word that a message went out.
    pub(crate) fn report(&self, message: &Received) -> Post {
        let status = json!({"id": message.wamid, "status": "sent", "timestamp": now(), "recipient_id": message.to,
                            "biz_opaque_callback_data": message.callback_data});
        let number = self.numbers.iter().find(|n| n.phone_number_id == message.phone_number_id).unwrap();
        let body = webhook(&number.phone_number_id, &[], &[status]);
        Post { integration_id: number.integration_id.clone(), body, wamids: Vec::new() }
    }
}

fn phone(customer: u64) -> String {
    format!("49151{customer:08}")
}

fn now() -> String {
    OffsetDateTime::now_utc().unix_timestamp().to_string()
}

fn webhook(phone_number_id: &str, messages: &[Value], statuses: &[Value]) -> String {
    let contacts: Vec<Value> =
        messages.iter().map(|m| json!({"wa_id": m["from"], "profile": {"name": "Kim"}})).collect();
    let value = json!({"messaging_product": "whatsapp", "contacts": contacts, "messages": messages, "statuses": statuses,
        "metadata": {"display_phone_number": "15550100001", "phone_number_id": phone_number_id}});
    let change = json!({"field": "messages", "value": value});
    json!({"object": "whatsapp_business_account", "entry": [{"id": "102000000000001", "changes": [change]}]})
        .to_string()
}
