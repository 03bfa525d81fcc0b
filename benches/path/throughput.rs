//! As fast as it goes: durable intake, and round trips until the last answer has reached the double.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    counts::Counts,
    load::{self, Outcome, Until, rate},
    sides::{Bench, Run, Side},
    support::Result,
    table::{Row, Table, as_float, median, megabytes, millis, per_second, say, thousands},
    traffic::Traffic,
    usage::Usage,
};

/// Before anything counts: caches fill, statements are prepared.
const WARM_UP: Duration = Duration::from_millis(500);
/// Messages whose round trips tell how many the measured part should have.
const PILOT: u64 = 1000;
/// When no answer has come for so long, no more are expected.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// How long a second answer may yet come.
const AFTERMATH: Duration = Duration::from_millis(500);

/// What one side did in all its rounds.
#[derive(Default)]
struct Figures {
    rates: Vec<f64>,
    /// Processor time per message, in microseconds.
    user: Vec<f64>,
    system: Vec<f64>,
    idle: Vec<f64>,
    peak: Vec<f64>,
    p50: Vec<f64>,
    p99: Vec<f64>,
    refused: usize,
    wrong: Vec<String>,
}

impl Figures {
    fn rate(&self) -> f64 {
        median(&self.rates)
    }

    fn note_usage(&mut self, before: Usage, after: Usage, messages: u64) {
        let each = |span: Duration| 1e6 / rate(messages, span).max(1e-9);
        self.user.push(each(after.user.saturating_sub(before.user)));
        self.system.push(each(after.system.saturating_sub(before.system)));
        self.peak.push(megabytes(after.peak));
    }

    fn processor(&self) -> f64 {
        median(&self.user) + median(&self.system)
    }
}

/// Both sides; the floor has nothing when it is left out.
#[derive(Default)]
struct Pair {
    floor: Figures,
    product: Figures,
}

impl Pair {
    fn of(&mut self, side: Side) -> &mut Figures {
        match side {
            Side::Floor => &mut self.floor,
            Side::Product => &mut self.product,
        }
    }

    fn row(&self, figure: &str, show: impl Fn(&Figures) -> String) -> Row {
        let row = Row::new(figure, show(&self.product));
        if self.floor.rates.is_empty() { row } else { row.floor(show(&self.floor)) }
    }

    /// Rows that intake and round trips have in common.
    fn add_costs(&self, name: &str, table: &mut Table) {
        let processor = |f: &Figures| {
            format!("{:.0} µs (user {:.0}, kernel {:.0})", f.processor(), median(&f.user), median(&f.system))
        };
        let (product, floor) = (self.product.processor(), self.floor.processor());
        table.add(self.row(&format!("{name}: processor per message"), processor).ratio(product, floor));
        let row = self.row(&format!("{name}: peak memory"), |f| format!("{:.0} MB", median(&f.peak)));
        table.add(row.goal("< 200 MB", median(&self.product.peak) < 200.0));
    }
}

/// Messages per second that are on the disk when they are answered, and how long that takes at half of it.
pub(crate) async fn intake(bench: &Bench<'_>, table: &mut Table) -> Result<()> {
    bench.double.take_time(Duration::ZERO, Duration::ZERO);
    let mut pair = Pair::default();
    for side in bench.turns() {
        intake_maximum(bench, side, pair.of(side)).await?;
    }
    let (product, floor) = (pair.product.rate(), pair.floor.rate());
    let row = pair.row("durable intake", |f| per_second(f.rate())).ratio(product, floor);
    table.add(if floor > 0.0 { row.goal("≥ 0.6", product / floor >= 0.6) } else { row });
    for side in bench.turns() {
        intake_at_half(bench, side, pair.of(side)).await?;
    }
    let row = pair.row("intake at half of its maximum: p50 / p99", |f| {
        format!("{} / {}", millis(median(&f.p50)), millis(median(&f.p99)))
    });
    table.add(row.goal("p99 ≤ 25 ms", median(&pair.product.p99) <= 25_000.0));
    pair.add_costs("intake", table);
    let row = pair.row("memory at rest", |f| format!("{:.0} MB", median(&f.idle)));
    table.add(row.goal("< 60 MB", median(&pair.product.idle) < 60.0));
    if pair.product.refused + pair.floor.refused > 0 {
        table.add(pair.row("intake: answers other than 200", |f| f.refused.to_string()));
    }
    Ok(())
}

async fn intake_maximum(bench: &Bench<'_>, side: Side, figures: &mut Figures) -> Result<()> {
    let run = bench.start(side, false).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    figures.idle.push(megabytes(run.usage()?.resident));
    let traffic = Arc::new(Traffic::new(&bench.world));
    let (address, connections) = (run.server.address, bench.options.connections);
    load::closed_loop(&traffic, address, connections, Until::After(WARM_UP)).await?;
    let before = run.usage()?;
    let span = Duration::from_secs_f64(bench.options.seconds());
    let outcome = load::closed_loop(&traffic, address, connections, Until::After(span)).await?;
    figures.note_usage(before, run.usage()?, outcome.accepted);
    figures.rates.push(outcome.per_second());
    figures.refused += outcome.refused.len();
    say(&format!(
        "  {side}: {} durable, p50 {}, p99 {}, slowest {}",
        per_second(outcome.per_second()),
        millis(outcome.times.quantile(0.5)),
        millis(outcome.times.quantile(0.99)),
        millis(outcome.times.quantile(1.0)),
    ));
    run.finish().await
}

async fn intake_at_half(bench: &Bench<'_>, side: Side, figures: &mut Figures) -> Result<()> {
    let run = bench.start(side, false).await?;
    let traffic = Arc::new(Traffic::new(&bench.world));
    let (address, connections) = (run.server.address, bench.options.connections);
    let half = figures.rate() / 2.0;
    load::fixed_rate(&traffic, address, connections, half, WARM_UP).await?;
    let span = Duration::from_secs_f64(bench.options.seconds());
    let outcome = load::fixed_rate(&traffic, address, connections, half, span).await?;
    figures.p50.push(outcome.times.quantile(0.5));
    figures.p99.push(outcome.times.quantile(0.99));
    figures.refused += outcome.refused.len();
    say(&format!(
        "  {side} at {}: p50 {}, p99 {}, slowest {}",
        per_second(half),
        millis(outcome.times.quantile(0.5)),
        millis(outcome.times.quantile(0.99)),
        millis(outcome.times.quantile(1.0)),
    ));
    run.finish().await
}

/// Messages per second from the first POST until the last answer, through everything that the side does. Gives those of
/// the product, with Graph calls of the first given time.
pub(crate) async fn round_trips(bench: &Bench<'_>, table: &mut Table) -> Result<f64> {
    let mut first = None;
    for delay in bench.options.delay.clone() {
        let spread = delay / 2;
        bench.double.take_time(Duration::from_millis(delay), Duration::from_millis(spread));
        let name = if delay == 0 {
            "round trip".to_owned()
        } else {
            format!("round trip, Graph calls of {delay} ± {spread} ms")
        };
        let mut pair = Pair::default();
        for side in bench.turns() {
            round_trip(bench, side, pair.of(side)).await?;
        }
        let (product, floor) = (pair.product.rate(), pair.floor.rate());
        first.get_or_insert(product);
        let row = pair.row(&name, |f| per_second(f.rate())).ratio(product, floor);
        table.add(if floor > 0.0 { row.goal("≥ 0.25", product / floor >= 0.25) } else { row });
        let verdict = |f: &Figures| {
            if f.wrong.is_empty() { "yes".to_owned() } else { f.wrong.join("; ") }
        };
        let row = pair.row(&format!("{name}: each answered exactly once"), verdict);
        table.add(row.goal("yes", pair.product.wrong.is_empty()));
        pair.add_costs(&name, table);
    }
    bench.double.take_time(Duration::ZERO, Duration::ZERO);
    Ok(first.unwrap_or_default())
}

async fn round_trip(bench: &Bench<'_>, side: Side, figures: &mut Figures) -> Result<()> {
    let run = bench.start(side, true).await?;
    let pilot = trips(bench, &run, PILOT).await?;
    // As many as the first round's speed fills the time with; all rounds have as many.
    let speed = figures.rates.first().copied().unwrap_or(pilot.rate);
    let count = thousand_or_more(speed * bench.options.seconds());
    let trips = trips(bench, &run, count).await?;
    figures.note_usage(trips.before, trips.after, trips.accepted);
    figures.rates.push(trips.rate);
    figures.wrong.extend(pilot.wrong.into_iter().chain(trips.wrong));
    say(&format!(
        "  {side}: {} round trips of {} (taken at {}), {:.0} µs of processor each",
        per_second(trips.rate),
        thousands(as_float(count)),
        per_second(trips.intake),
        median(&figures.user) + median(&figures.system),
    ));
    run.finish().await
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of messages")]
fn thousand_or_more(count: f64) -> u64 {
    (count as u64).clamp(1000, 1_000_000)
}

struct Trips {
    rate: f64,
    /// How fast they were taken.
    intake: f64,
    accepted: u64,
    before: Usage,
    after: Usage,
    wrong: Option<String>,
}

/// Sends this number of messages and waits for all answers.
async fn trips(bench: &Bench<'_>, run: &Run, count: u64) -> Result<Trips> {
    bench.counts().forget();
    let traffic = Arc::new(Traffic::new(&bench.world));
    let before = run.usage()?;
    let connections = bench.options.connections;
    let outcome = load::closed_loop(&traffic, run.server.address, connections, Until::Count(count)).await?;
    wait_for_answers(bench.counts(), outcome.accepted, PATIENCE, Duration::MAX).await;
    let after = run.usage()?;
    tokio::time::sleep(AFTERMATH).await;
    let Outcome { accepted, begin, .. } = outcome;
    let last = bench.counts().last_arrival().unwrap_or(begin);
    Ok(Trips {
        rate: rate(bench.counts().total().min(accepted), last.saturating_duration_since(begin)),
        intake: outcome.per_second(),
        accepted,
        before,
        after,
        wrong: judge(bench.counts(), &traffic, &outcome.refused),
    })
}

/// Waits until as many answers have come, none for too long, or the time is up.
pub(crate) async fn wait_for_answers(counts: &Counts, count: u64, patience: Duration, limit: Duration) {
    let begin = Instant::now();
    let mut seen = (counts.total(), begin);
    while seen.0 < count && seen.1.elapsed() < patience && begin.elapsed() < limit {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let total = counts.total();
        if total > seen.0 {
            seen = (total, Instant::now());
        }
    }
}

/// What is wrong with the answers; nothing when each message was answered once and nobody else was.
pub(crate) fn judge(counts: &Counts, traffic: &Traffic, refused: &HashSet<u64>) -> Option<String> {
    let (mut missing, mut repeated, mut right) = (0, 0, 0);
    for key in traffic.expected(refused) {
        match counts.answer(key) {
            None => missing += 1,
            Some(seen) if seen.count > 1 => repeated += 1,
            Some(_) => right += 1,
        }
    }
    let strange = counts.different_answers().saturating_sub(right + repeated);
    let fine = missing == 0 && repeated == 0 && strange == 0;
    let more = if refused.is_empty() { String::new() } else { format!(", {} not taken", refused.len()) };
    (!fine).then(|| format!("{right} right, {missing} missing, {repeated} repeated, {strange} unasked{more}"))
}
