//! A double of the Graph API over real HTTP: takes every message, answers it after a given time, and answers what a
//! connection test asks.
//!
//! It shares the processor with what it measures: for a message it looks for a few fields in the bytes, and asks its
//! ledger to note it. What is noted differs, so whoever uses the double brings the ledger.

mod look_up;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{net::TcpListener, task::JoinSet};

use super::{
    Result,
    http::{Connection, Message, find},
    product,
    random::{STEP, mix},
    webhook,
};

/// What is noted of the calls.
pub(crate) trait Ledger: Send + Sync + 'static {
    /// A message has come in whole. Nobody has an answer yet: whatever happens to the caller now, it did reach Meta.
    fn message(&self, phone_number_id: &str, message: Fields<'_>, wamid: &str, arrived: Instant);

    /// A message of a customer was marked as read.
    fn receipt(&self, _wamid: &str, _arrived: Instant) {}

    /// The time of a message's call is over, and its answer goes out.
    fn answered(&self) {}
}

/// The body of a call.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// A string by its key with quotes and colon: `"to":"`. Enough for what is sent here: no escapes in what is looked
    /// for, each key once.
    pub(crate) fn find(self, key: &[u8]) -> Option<&'a str> {
        let from = find(self.0, key)? + key.len();
        let rest = self.0.get(from..)?;
        std::str::from_utf8(rest.get(..find(rest, b"\"")?)?).ok()
    }

    /// Whom a message goes to, digits only.
    pub(crate) fn to(self) -> &'a str {
        self.find(b"\"to\":\"").unwrap_or_default().trim_start_matches('+')
    }
}

/// The double. It serves until it is dropped.
pub(crate) struct Double<L> {
    pub(crate) address: SocketAddr,
    desk: Arc<Desk<L>>,
    _serving: JoinSet<()>,
}

struct Desk<L> {
    ledger: L,
    /// How many numbers the account has.
    numbers: usize,
    /// The right `appsecret_proof`.
    proof: String,
    /// The shortest call and the span above it, in milliseconds.
    delay: (AtomicU64, AtomicU64),
    dice: AtomicU64,
    ids: AtomicU64,
}

impl<L: Ledger> Double<L> {
    /// Listens on a free port, as an account with so many numbers. The seed decides how long each call takes.
    pub(crate) async fn start(ledger: L, numbers: usize, seed: u64) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let delay = (AtomicU64::new(0), AtomicU64::new(0));
        let desk = Arc::new(Desk {
            ledger,
            numbers,
            proof: product::proof(),
            delay,
            dice: AtomicU64::new(seed),
            ids: AtomicU64::new(0),
        });
        let address = listener.local_addr()?;
        let mut serving = JoinSet::new();
        serving.spawn(accept(listener, Arc::clone(&desk)));
        Ok(Self { address, desk, _serving: serving })
    }

    /// The base address to give to the server.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was noted.
    pub(crate) fn ledger(&self) -> &L {
        &self.desk.ledger
    }

    /// Every call takes `middle ± spread` from now on.
    pub(crate) fn take_time(&self, middle: Duration, spread: Duration) {
        let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        self.desk.delay.0.store(millis(middle.saturating_sub(spread)), Ordering::Relaxed);
        self.desk.delay.1.store(millis(spread) * 2, Ordering::Relaxed);
    }
}

async fn accept<L: Ledger>(listener: TcpListener, desk: Arc<Desk<L>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let desk = Arc::clone(&desk);
        connections.spawn(async move {
            if let Ok(connection) = Connection::over(stream) {
                // A client that goes away in the middle is the client's affair.
                let _ = desk.serve(connection).await;
            }
        });
    }
}

impl<L: Ledger> Desk<L> {
    async fn serve(&self, mut connection: Connection) -> Result<()> {
        while let Some(request) = connection.receive().await? {
            let Answer { status, body, message } = self.answer_to(&request, Instant::now());
            if let Some(delay) = self.delay() {
                tokio::time::sleep(delay).await;
            }
            if message {
                self.ledger.answered();
            }
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            connection.send(&[head.as_bytes(), body.as_bytes()].concat()).await?;
        }
        Ok(())
    }

    /// Evenly spread over the span; the same sequence for the same seed.
    fn delay(&self) -> Option<Duration> {
        let (least, span) = (self.delay.0.load(Ordering::Relaxed), self.delay.1.load(Ordering::Relaxed));
        let dice = mix(self.dice.fetch_add(STEP, Ordering::Relaxed));
        let millis = least + dice % (span + 1);
        (millis > 0).then(|| Duration::from_millis(millis))
    }

    fn answer_to(&self, request: &Message, arrived: Instant) -> Answer {
        let first_line = request.head().split("\r\n").next().unwrap_or_default();
        let mut words = first_line.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut parameters = query.split('&').filter_map(|pair| pair.split_once('='));
        if parameters.any(|(name, value)| name == "appsecret_proof" && value != self.proof) {
            return Answer::refusal("400 Bad Request", look_up::bad_proof());
        }
        let unknown = || Answer::refusal("404 Not Found", look_up::unknown());
        // `/{version}/{id}/…`
        let mut parts = path.split('/').skip(2);
        match (method, parts.next(), parts.next()) {
            ("POST", Some(phone_number_id), Some("messages")) => {
                self.take(phone_number_id, Fields(request.body()), arrived)
            }
            ("GET", Some(id), what) => look_up::answer(id, what, self.numbers).map_or_else(unknown, Answer::ok),
            _ => unknown(),
        }
    }

    fn take(&self, phone_number_id: &str, fields: Fields<'_>, arrived: Instant) -> Answer {
        if let Some(wamid) = fields.find(b"\"message_id\":\"") {
            self.ledger.receipt(wamid, arrived);
            return Answer::ok("{\"success\":true}".to_owned());
        }
        // The upper half of the numbers is ours, the lower one that of inbound messages.
        let wamid = webhook::wamid((1 << 63) | self.ids.fetch_add(1, Ordering::Relaxed));
        self.ledger.message(phone_number_id, fields, &wamid, arrived);
        let to = fields.to();
        let body = format!(
            "{{\"messaging_product\":\"whatsapp\",\"contacts\":[{{\"input\":\"{to}\",\"wa_id\":\"{to}\"}}],\
             \"messages\":[{{\"id\":\"{wamid}\"}}]}}",
        );
        Answer { status: "200 OK", body, message: true }
    }
}

struct Answer {
    status: &'static str,
    body: String,
    /// Whether it answers a message.
    message: bool,
}

impl Answer {
    const fn ok(body: String) -> Self {
        Self { status: "200 OK", body, message: false }
    }

    const fn refusal(status: &'static str, body: String) -> Self {
        Self { status, body, message: false }
    }
}
