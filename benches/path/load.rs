//! The load generator: as fast as answers come, or at a fixed rate with times from when a request was due.

use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use crate::{
    support::{Result, http::Connection},
    times::Times,
    traffic::Traffic,
};

/// When to stop.
#[derive(Clone, Copy)]
pub(crate) enum Until {
    After(Duration),
    Count(u64),
}

/// What came of it.
pub(crate) struct Outcome {
    pub(crate) accepted: u64,
    /// Messages that got no 200.
    pub(crate) refused: HashSet<u64>,
    pub(crate) begin: Instant,
    pub(crate) elapsed: Duration,
    pub(crate) times: Times,
    /// When each message was due, at a fixed rate.
    pub(crate) due: Vec<(u64, Instant)>,
}

impl Outcome {
    fn new(begin: Instant) -> Self {
        let (refused, times, due) = (HashSet::new(), Times::default(), Vec::new());
        Self { accepted: 0, refused, begin, elapsed: Duration::ZERO, times, due }
    }

    pub(crate) fn per_second(&self) -> f64 {
        rate(self.accepted, self.elapsed)
    }

    fn note(&mut self, number: u64, status: u16, took: Duration) {
        if status == 200 {
            self.accepted += 1;
        } else {
            self.refused.insert(number);
        }
        self.times.record(took);
    }

    fn join(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.refused.extend(other.refused);
        self.times.join(other.times);
        self.due.extend(other.due);
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench fit a double exactly")]
pub(crate) fn rate(count: u64, span: Duration) -> f64 {
    count as f64 / span.as_secs_f64().max(1e-9)
}

/// Each connection sends the next message when its last one was answered.
pub(crate) async fn closed_loop(
    traffic: &Arc<Traffic>,
    address: SocketAddr,
    connections: usize,
    until: Until,
) -> Result<Outcome> {
    let begin = Instant::now();
    let quota = Arc::new(AtomicU64::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..connections {
        let (traffic, quota) = (Arc::clone(traffic), Arc::clone(&quota));
        workers.spawn(async move {
            let mut outcome = Outcome::new(begin);
            let mut sender = Sender::open(address).await?;
            loop {
                let over = match until {
                    Until::After(span) => begin.elapsed() >= span,
                    Until::Count(count) => quota.fetch_add(1, Ordering::Relaxed) >= count,
                };
                if over {
                    return Ok::<_, Box<dyn std::error::Error + Send + Sync>>(outcome);
                }
                let number = traffic.next();
                let sent = Instant::now();
                let status = sender.send(&traffic, number).await?;
                outcome.note(number, status, sent.elapsed());
            }
        });
    }
    gather(workers, begin).await
}

/// Each message has its time; a connection that is late takes the next one at once, and its time counts from when it was
/// due. Timers tick in milliseconds, so up to one of them is the generator's.
pub(crate) async fn fixed_rate(
    traffic: &Arc<Traffic>,
    address: SocketAddr,
    connections: usize,
    per_second: f64,
    span: Duration,
) -> Result<Outcome> {
    let begin = Instant::now();
    let slots = Arc::new(AtomicU64::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..connections {
        let (traffic, slots) = (Arc::clone(traffic), Arc::clone(&slots));
        workers.spawn(async move {
            let mut outcome = Outcome::new(begin);
            let mut sender = Sender::open(address).await?;
            loop {
                let slot = slots.fetch_add(1, Ordering::Relaxed);
                let due = begin + offset(slot, per_second);
                if due >= begin + span {
                    return Ok::<_, Box<dyn std::error::Error + Send + Sync>>(outcome);
                }
                tokio::time::sleep_until(due.into()).await;
                let number = traffic.next();
                let status = sender.send(&traffic, number).await?;
                outcome.note(number, status, due.elapsed());
                outcome.due.push((number, due));
            }
        });
    }
    gather(workers, begin).await
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench fit a double exactly")]
fn offset(slot: u64, per_second: f64) -> Duration {
    Duration::from_secs_f64(slot as f64 / per_second.max(1e-3))
}

async fn gather(mut workers: JoinSet<Result<Outcome>>, begin: Instant) -> Result<Outcome> {
    let mut all = Outcome::new(begin);
    while let Some(one) = workers.join_next().await {
        all.join(one??);
    }
    all.elapsed = begin.elapsed();
    Ok(all)
}

/// A connection with buffers that are used again.
pub(crate) struct Sender {
    connection: Connection,
    body: String,
    request: Vec<u8>,
}

impl Sender {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        Ok(Self { connection: Connection::open(address).await?, body: String::new(), request: Vec::new() })
    }

    /// Sends a message; the status of its answer.
    pub(crate) async fn send(&mut self, traffic: &Traffic, number: u64) -> Result<u16> {
        traffic.request(number, &mut self.body, &mut self.request);
        Ok(self.connection.exchange(&self.request).await?.status())
    }
}
