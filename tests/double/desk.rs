//! One call after the other: read, answered as told or from what Meta knows, and sent back over a line that may be bad.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use parlance::server::channel::whatsapp::wire::messages::{self, Done, Taken, TakenFor};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{
    Answer, Call, Result, Setup, Trouble,
    http::{Connection, Message},
    ledger::{Ledger, Sent},
    random::{STEP, mix},
    world::{Refusal, World},
};

/// What tests change.
pub(super) struct State {
    pub(super) world: World,
    /// How the next messages are answered.
    pub(super) answers: VecDeque<Answer>,
    /// What happens to the next messages on the line.
    pub(super) troubles: VecDeque<Trouble>,
    /// How calls fail until told otherwise.
    pub(super) failures: HashMap<Call, Answer>,
    /// Messages taken so far.
    taken: u64,
}

pub(super) struct Desk<L> {
    pub(super) ledger: L,
    state: Mutex<State>,
    wamid: fn(u64) -> String,
    /// The shortest call and the span above it, in milliseconds.
    delay: (AtomicU64, AtomicU64),
    dice: AtomicU64,
    /// Messages that came, whatever became of them.
    pub(super) tried: watch::Sender<usize>,
    pub(super) released: watch::Sender<bool>,
    pub(super) mended: watch::Sender<u64>,
}

/// An answer, and what it is about.
struct Answered {
    status: u16,
    kind: &'static str,
    body: Vec<u8>,
    usage: Option<String>,
    about: About,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    /// A message that was taken.
    Taken,
    /// One that was not.
    Refused,
    Other,
}

impl Answered {
    fn json(status: u16, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self { status, kind: "application/json", body, usage: None, about: About::Other }
    }

    fn page(status: u16, html: &str) -> Self {
        Self { status, kind: "text/html", body: html.as_bytes().to_vec(), usage: None, about: About::Other }
    }

    fn refusal(refusal: Refusal) -> Self {
        Self::json(refusal.status, &refusal.body())
    }

    fn throttled(minutes: i64) -> Self {
        let usage = json!({"102000000000001": [{"type": "whatsapp", "call_count": 100, "total_cputime": 3,
            "total_time": 4, "estimated_time_to_regain_access": minutes}]});
        Self { usage: Some(usage.to_string()), ..Self::refusal(Refusal::new(429, 80_007, None)) }
    }

    fn about(self, about: About) -> Self {
        Self { about, ..self }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let usage = self.usage.as_ref().map(|usage| format!("X-Business-Use-Case-Usage: {usage}\r\n"));
        let head = format!(
            "HTTP/1.1 {} \r\nContent-Type: {}\r\n{}Content-Length: {}\r\n\r\n",
            self.status,
            self.kind,
            usage.unwrap_or_default(),
            self.body.len()
        );
        [head.as_bytes(), &self.body].concat()
    }
}

impl<L: Ledger> Desk<L> {
    pub(super) fn new(setup: Setup<L>) -> Self {
        let Setup { ledger, world, wamid, seed } = setup;
        let state =
            State { world, answers: VecDeque::new(), troubles: VecDeque::new(), failures: HashMap::new(), taken: 0 };
        Self {
            ledger,
            state: Mutex::new(state),
            wamid,
            delay: (AtomicU64::new(0), AtomicU64::new(0)),
            dice: AtomicU64::new(seed),
            tried: watch::Sender::new(0),
            released: watch::Sender::new(false),
            mended: watch::Sender::new(0),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take_time(&self, middle: Duration, spread: Duration) {
        let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        self.delay.0.store(millis(middle.saturating_sub(spread)), Ordering::Relaxed);
        self.delay.1.store(millis(spread) * 2, Ordering::Relaxed);
    }

    /// Evenly spread over the span; the same sequence for the same seed.
    fn delay(&self) -> Option<Duration> {
        let (least, span) = (self.delay.0.load(Ordering::Relaxed), self.delay.1.load(Ordering::Relaxed));
        let dice = mix(self.dice.fetch_add(STEP, Ordering::Relaxed));
        let millis = least + dice % (span + 1);
        (millis > 0).then(|| Duration::from_millis(millis))
    }

    /// Serves one connection until it ends, or trouble comes.
    pub(super) async fn serve(&self, mut connection: Connection) -> Result<()> {
        while let Some(head) = connection.receive_head().await? {
            if connection.begins_with(b"POST ") && self.is_reset_before_body() {
                return connection.reset();
            }
            let request = connection.receive_body(head).await?;
            let answer = self.answer_request(&request).await;
            let trouble = match answer.about {
                About::Other => None,
                About::Taken | About::Refused => self.state().troubles.pop_front(),
            };
            if let Some(delay) = self.delay() {
                tokio::time::sleep(delay).await;
            }
            if answer.about == About::Taken {
                self.ledger.answered();
            }
            if answer.about != About::Other {
                self.tried.send_modify(|tried| *tried += 1);
            }
            let bytes = answer.to_bytes();
            match trouble {
                Some(Trouble::ResetBeforeBody | Trouble::ResetAfterBody) => return connection.reset(),
                Some(Trouble::HalfAnswer) => {
                    let half = bytes.len() - answer.body.len() / 2;
                    return connection.send(bytes.get(..half).unwrap_or_default()).await;
                }
                Some(Trouble::Late) => drop(self.released.subscribe().wait_for(|released| *released).await),
                None => {}
            }
            connection.send(&bytes).await?;
        }
        Ok(())
    }

    fn is_reset_before_body(&self) -> bool {
        let mut state = self.state();
        let hit = state.troubles.front() == Some(&Trouble::ResetBeforeBody);
        if hit {
            state.troubles.pop_front();
            self.tried.send_modify(|tried| *tried += 1);
        }
        hit
    }

    async fn answer_request(&self, request: &Message) -> Answered {
        let mut words = request.head().split("\r\n").next().unwrap_or_default().split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        self.answer(method, target, request.header("authorization").unwrap_or_default(), request.body()).await
    }

    async fn answer(&self, method: &str, target: &str, authorization: &str, body: &[u8]) -> Answered {
        let arrived = Instant::now();
        self.ledger.call(method, target, authorization);
        let token = authorization.trim_start_matches("Bearer ");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        // `/{version}/{id}/…`
        let mut parts = path.split('/').skip(2);
        let (id, edge, more) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let call = match (method, id, edge) {
            _ if more.is_some() => None,
            ("POST", id, Some("messages")) => {
                return match messages::Call::read(body) {
                    Ok(messages::Call::Message(message)) => self.take(id, token, query, &message, arrived).await,
                    Ok(messages::Call::Receipt(receipt)) => self.note(token, query, &receipt, arrived).await,
                    Err(_) => Answered::refusal(Refusal::new(400, 100, None)),
                };
            }
            ("GET", "debug_token", None) => Some(Call::DebugToken),
            ("GET", _, Some("phone_numbers")) => Some(Call::PhoneNumbers),
            ("GET", _, Some("subscribed_apps")) => Some(Call::SubscribedApps),
            ("POST", _, Some("subscribed_apps")) => Some(Call::Subscribe),
            ("DELETE", _, Some("subscribed_apps")) => Some(Call::Unsubscribe),
            ("GET", _, Some("subscriptions")) => Some(Call::Subscriptions),
            ("GET", id, None) if self.state().world.accounts.contains_key(id) => Some(Call::Account),
            ("GET", _, None) => Some(Call::Number),
            _ => None,
        };
        let Some(call) = call else { return Answered::refusal(Refusal::unknown_path()) };
        if let Some(failure) = self.failure(call).await {
            return failure;
        }
        let body = serde_json::from_slice(body).unwrap_or(Value::Null);
        match self.state().world.answer(call, id, token, query, &body) {
            Ok(answer) => Answered::json(200, &answer),
            Err(refusal) => Answered::refusal(refusal),
        }
    }

    /// How a call fails, if it does.
    async fn failure(&self, call: Call) -> Option<Answered> {
        let mut mended = self.mended.subscribe();
        loop {
            let failure = self.state().failures.get(&call).cloned()?;
            if !matches!(failure, Answer::Silence) {
                return as_told(&failure);
            }
            mended.changed().await.ok()?;
        }
    }

    async fn take(
        &self,
        phone_number_id: &str,
        token: &str,
        query: &str,
        message: &messages::Message<'_>,
        arrived: Instant,
    ) -> Answered {
        if let Some(failure) = self.failure(Call::Messages).await {
            return failure.about(About::Refused);
        }
        let answer = {
            let mut state = self.state();
            if let Err(refusal) = state.world.may_send(token, query) {
                return Answered::refusal(refusal).about(About::Refused);
            }
            state.answers.pop_front().unwrap_or(Answer::Accept)
        };
        if matches!(answer, Answer::Silence) {
            std::future::pending::<()>().await;
        }
        if let Some(told) = as_told(&answer) {
            return told.about(About::Refused);
        }
        let sent = {
            // Noted in the order of the ids.
            let mut state = self.state();
            state.taken += 1;
            let sent = Sent::new(phone_number_id, message, (self.wamid)(state.taken));
            self.ledger.message(&sent, arrived);
            sent
        };
        let taken = match answer {
            Answer::AcceptWithRubbish => Answered::page(200, "<html>"),
            _ => {
                let contact = TakenFor {
                    input: message.to.as_deref().or(message.recipient.as_deref()).unwrap_or_default(),
                    wa_id: message.to.is_some().then_some(&sent.to),
                    user_id: message.recipient.as_deref().filter(|_| message.to.is_none()),
                };
                Answered::json(200, &Taken::new(contact, &sent.wamid))
            }
        };
        taken.about(About::Taken)
    }

    async fn note(&self, token: &str, query: &str, receipt: &messages::Receipt<'_>, arrived: Instant) -> Answered {
        if let Some(failure) = self.failure(Call::Receipts).await {
            return failure;
        }
        if let Err(refusal) = self.state().world.may_send(token, query) {
            return Answered::refusal(refusal);
        }
        let typing = receipt.typing_indicator.as_ref().is_some_and(|indicator| indicator.kind == "text");
        self.ledger.receipt(&receipt.message_id, typing, arrived);
        Answered::json(200, &Done { success: true })
    }
}

/// Answers as told; none when all is to be well.
fn as_told(answer: &Answer) -> Option<Answered> {
    Some(match answer {
        Answer::Accept | Answer::AcceptWithRubbish | Answer::Silence => return None,
        Answer::Error { status, code, subcode } => Answered::refusal(Refusal::new(*status, *code, *subcode)),
        Answer::Html(status) => Answered::page(*status, "<h1>Bad gateway</h1>"),
        Answer::Json(status, body) => Answered::json(*status, body),
        Answer::Throttled { minutes } => Answered::throttled(*minutes),
    })
}
