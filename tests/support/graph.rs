//! A double of the Graph API over real HTTP: takes messages after a given time and counts what each customer got.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::net::TcpListener;

use super::{
    Result,
    http::{Connection, Message, find},
};

/// What a customer got: the recipient's digits and the first word of the text.
pub(crate) type Key = (u64, u64);

/// How often and when something came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) count: u32,
    pub(crate) first: Instant,
}

#[derive(Default)]
struct Taken {
    answers: HashMap<Key, Seen>,
    /// Read receipts by wamid.
    receipts: HashMap<String, Seen>,
    last: Option<Instant>,
}

struct Inner {
    taken: Mutex<Taken>,
    total: AtomicU64,
    /// The shortest call and the span above it, in milliseconds.
    delay: (AtomicU64, AtomicU64),
    dice: AtomicU64,
    ids: AtomicU64,
}

/// The double. Runs until the process ends.
#[derive(Clone)]
pub(crate) struct Double {
    pub(crate) address: SocketAddr,
    inner: Arc<Inner>,
}

impl Double {
    /// Listens on a free port.
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let inner = Inner {
            taken: Mutex::default(),
            total: AtomicU64::new(0),
            delay: (AtomicU64::new(0), AtomicU64::new(0)),
            dice: AtomicU64::new(1),
            ids: AtomicU64::new(0),
        };
        let double = Self { address: listener.local_addr()?, inner: Arc::new(inner) };
        let serving = double.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let double = serving.clone();
                tokio::spawn(async move {
                    if let Ok(connection) = Connection::over(stream) {
                        // A client that goes away in the middle is the client's affair.
                        let _ = double.serve(connection).await;
                    }
                });
            }
        });
        Ok(double)
    }

    /// The base address to give to the server.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every call takes `middle ± spread` from now on.
    pub(crate) fn take_time(&self, middle: Duration, spread: Duration) {
        let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        self.inner.delay.0.store(millis(middle.saturating_sub(spread)), Ordering::Relaxed);
        self.inner.delay.1.store(millis(spread) * 2, Ordering::Relaxed);
    }

    /// Forgets all that was taken.
    pub(crate) fn forget(&self) {
        *self.taken() = Taken::default();
        self.inner.total.store(0, Ordering::Relaxed);
    }

    /// How many answers were taken since the last `forget`, repetitions counted.
    pub(crate) fn total(&self) -> u64 {
        self.inner.total.load(Ordering::Relaxed)
    }

    /// When the newest answer came.
    pub(crate) fn last_arrival(&self) -> Option<Instant> {
        self.taken().last
    }

    /// What came for a customer under that word.
    pub(crate) fn answer(&self, key: Key) -> Option<Seen> {
        self.taken().answers.get(&key).copied()
    }

    /// How many different answers came.
    pub(crate) fn different_answers(&self) -> usize {
        self.taken().answers.len()
    }

    /// The read receipt of a message.
    pub(crate) fn receipt(&self, wamid: &str) -> Option<Seen> {
        self.taken().receipts.get(wamid).copied()
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.inner.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(&self, mut connection: Connection) -> Result<()> {
        while let Some(request) = connection.receive().await? {
            let arrived = Instant::now();
            if let Some(delay) = self.delay() {
                tokio::time::sleep(delay).await;
            }
            let answer = self.answer_to(&request, arrived);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                answer.len()
            );
            connection.send(&[head.as_bytes(), answer.as_bytes()].concat()).await?;
        }
        Ok(())
    }

    /// Evenly spread over the span; the same sequence in every run.
    fn delay(&self) -> Option<Duration> {
        let (least, span) = (self.inner.delay.0.load(Ordering::Relaxed), self.inner.delay.1.load(Ordering::Relaxed));
        let dice = self.inner.dice.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed) >> 33;
        let millis = least + dice % (span + 1);
        (millis > 0).then(|| Duration::from_millis(millis))
    }

    fn answer_to(&self, request: &Message, arrived: Instant) -> String {
        let first_line = request.head().split("\r\n").next().unwrap_or_default();
        let mut words = first_line.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        if method != "POST" || !path.ends_with("/messages") {
            return look_up(path);
        }
        let body = request.body();
        if let Some(wamid) = string(body, b"\"message_id\":\"") {
            count(&mut self.taken().receipts, wamid.to_owned(), arrived);
            return "{\"success\":true}".to_owned();
        }
        let to = string(body, b"\"to\":\"").unwrap_or_default().trim_start_matches('+');
        let text = string(body, b"\"body\":\"").unwrap_or_default();
        self.take(to.parse().unwrap_or(0), number_of(text), arrived);
        // The upper half of the numbers is ours, the lower one that of inbound messages.
        let place = (1 << 63) | self.inner.ids.fetch_add(1, Ordering::Relaxed);
        format!(
            "{{\"messaging_product\":\"whatsapp\",\"contacts\":[{{\"input\":\"{to}\",\"wa_id\":\"{to}\"}}],\
             \"messages\":[{{\"id\":\"{}\"}}]}}",
            super::webhook::wamid(place)
        )
    }

    fn take(&self, to: u64, word: u64, arrived: Instant) {
        let mut taken = self.taken();
        count(&mut taken.answers, (to, word), arrived);
        taken.last = Some(taken.last.map_or(arrived, |last| last.max(arrived)));
        drop(taken);
        self.inner.total.fetch_add(1, Ordering::Relaxed);
    }
}

fn count<K: std::hash::Hash + Eq>(seen: &mut HashMap<K, Seen>, key: K, arrived: Instant) {
    seen.entry(key).and_modify(|seen| seen.count += 1).or_insert(Seen { count: 1, first: arrived });
}

/// A string value by its key. Enough for what is sent here: no escapes in what is looked for, each key once.
fn string<'a>(body: &'a [u8], key: &[u8]) -> Option<&'a str> {
    let from = find(body, key)? + key.len();
    let rest = body.get(from..)?;
    std::str::from_utf8(rest.get(..find(rest, b"\"")?)?).ok()
}

/// The number that a text begins with: `7: We open at nine.` is 7.
fn number_of(text: &str) -> u64 {
    text.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()).unwrap_or(u64::MAX)
}

/// Whatever a connection test asks for, in the form that it has at Meta.
fn look_up(path: &str) -> String {
    let (path, _) = path.split_once('?').unwrap_or((path, ""));
    let last = path.rsplit('/').next().unwrap_or_default();
    match last {
        "debug_token" => {
            "{\"data\":{\"is_valid\":true,\"app_id\":\"1\",\"expires_at\":0,\"type\":\"SYSTEM_USER\",\"scopes\":\
            [\"whatsapp_business_messaging\",\"whatsapp_business_management\"]}}"
                .to_owned()
        }
        "subscribed_apps" => {
            "{\"data\":[{\"whatsapp_business_api_data\":{\"id\":\"1\",\"name\":\"Bench\"}}]}".to_owned()
        }
        "phone_numbers" | "subscriptions" => "{\"data\":[]}".to_owned(),
        id => format!(
            "{{\"id\":\"{id}\",\"name\":\"Bench\",\"display_phone_number\":\"+1 555-010-0001\",\"verified_name\":\"Bench\",\
             \"quality_rating\":\"GREEN\",\"status\":\"CONNECTED\",\"code_verification_status\":\"VERIFIED\",\
             \"platform_type\":\"CLOUD_API\",\"account_mode\":\"LIVE\",\"account_review_status\":\"APPROVED\"}}"
        ),
    }
}
