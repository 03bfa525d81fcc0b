//! From the webhook to the Graph calls that answer it: of a server without load, and of one that is half as busy as it can
//! be.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    load::{self, Sender},
    sides::{Bench, Side},
    support::Result,
    table::{Row, Table, median, millis, per_second, say},
    throughput::{PATIENCE, judge, wait_for_answers},
    times::Times,
    traffic::Traffic,
};

/// Time between messages: none meets the one before it.
const PAUSE: Duration = Duration::from_millis(40);
/// Messages that do not count.
const WARM_UP: u64 = 20;
const STEADY_WARM_UP: Duration = Duration::from_secs(2);

/// p50 and p99 of each round.
#[derive(Default)]
struct Quantiles([Vec<f64>; 2]);

impl Quantiles {
    fn note(&mut self, times: &Times) {
        for (values, part) in self.0.iter_mut().zip([0.5, 0.99]) {
            values.push(times.quantile(part));
        }
    }

    fn medians(&self) -> [f64; 2] {
        self.0.each_ref().map(|values| median(values))
    }

    fn show(&self) -> String {
        self.medians().map(millis).join(" / ")
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }
}

#[derive(Default)]
struct Figures {
    receipts: Quantiles,
    answers: Quantiles,
}

/// One message at a time, far apart: what a single customer feels.
pub(crate) async fn unloaded(bench: &Bench<'_>, table: &mut Table) -> Result<()> {
    bench.double.take_time(Duration::ZERO, Duration::ZERO);
    let (mut floor, mut product) = (Figures::default(), Figures::default());
    for side in bench.turns() {
        let figures = if side == Side::Floor { &mut floor } else { &mut product };
        one_at_a_time(bench, side, figures).await?;
    }
    let rows = [
        ("unloaded, webhook → read receipt: p50 / p99", &product.receipts, &floor.receipts),
        ("unloaded, webhook → answer: p50 / p99", &product.answers, &floor.answers),
    ];
    for (name, product, floor) in rows {
        let row = Row::new(name, product.show());
        let ([product_p50, _], [floor_p50, _]) = (product.medians(), floor.medians());
        table.add(if floor.is_empty() { row } else { row.floor(floor.show()).ratio(product_p50, floor_p50) });
    }
    Ok(())
}

/// Messages at a steady rate: what customers feel while there are many of them. Times count from when a message was due.
pub(crate) async fn steady(bench: &Bench<'_>, rate: f64, table: &mut Table) -> Result<()> {
    bench.double.take_time(Duration::ZERO, Duration::ZERO);
    let (mut floor, mut product) = (Quantiles::default(), Quantiles::default());
    for side in bench.turns() {
        let answers = at_a_rate(bench, side, rate).await?;
        if side == Side::Floor { floor.note(&answers) } else { product.note(&answers) }
    }
    let row = Row::new(format!("at {}, webhook → answer: p50 / p99", per_second(rate)), product.show());
    table.add(if floor.is_empty() { row } else { row.floor(floor.show()) });
    Ok(())
}

async fn at_a_rate(bench: &Bench<'_>, side: Side, rate: f64) -> Result<Times> {
    let run = bench.start(side, true).await?;
    let traffic = Arc::new(Traffic::new(&bench.world));
    let (address, connections) = (run.server.address, bench.options.connections);
    let warm_up = load::fixed_rate(&traffic, address, connections, rate, STEADY_WARM_UP).await?;
    let span = Duration::from_secs_f64(bench.options.seconds());
    let mut outcome = load::fixed_rate(&traffic, address, connections, rate, span).await?;
    outcome.refused.extend(warm_up.refused);
    let behind = traffic.count().saturating_sub(bench.counts().total());
    wait_for_answers(bench.counts(), traffic.count(), PATIENCE, Duration::MAX).await;
    if let Some(wrong) = judge(bench.counts(), &traffic, &outcome.refused) {
        return Err(format!("{side} at {}: {wrong}", per_second(rate)).into());
    }
    let mut answers = Times::default();
    for (number, due) in outcome.due {
        if let Some(seen) = bench.counts().answer(traffic.key(number)) {
            answers.record(seen.first.saturating_duration_since(due));
        }
    }
    say(&format!(
        "  {side} at {}: answered after p50 {}, p99 {}; {behind} not yet when the last one came",
        per_second(rate),
        millis(answers.quantile(0.5)),
        millis(answers.quantile(0.99)),
    ));
    run.finish().await?;
    Ok(answers)
}

async fn one_at_a_time(bench: &Bench<'_>, side: Side, figures: &mut Figures) -> Result<()> {
    let run = bench.start(side, true).await?;
    let traffic = Traffic::new(&bench.world);
    let mut sender = Sender::open(run.server.address).await?;
    let mut sent = Vec::new();
    let span = Duration::from_secs_f64(bench.options.seconds());
    let begin = Instant::now();
    while begin.elapsed() < span || traffic.count() < WARM_UP * 2 {
        let number = traffic.next();
        sent.push((number, Instant::now()));
        let status = sender.send(&traffic, number).await?;
        if status != 200 {
            return Err(format!("an unloaded {side} answered {status}").into());
        }
        tokio::time::sleep(PAUSE).await;
    }
    wait_for_answers(bench.counts(), traffic.count(), Duration::from_secs(10), Duration::MAX).await;
    let (mut receipts, mut answers) = (Times::default(), Times::default());
    for (number, at) in sent.into_iter().filter(|(number, _)| *number >= WARM_UP) {
        if let Some(seen) = bench.counts().receipt_of(&traffic.wamid(number)) {
            receipts.record(seen.first.saturating_duration_since(at));
        }
        if let Some(seen) = bench.counts().answer(traffic.key(number)) {
            answers.record(seen.first.saturating_duration_since(at));
        }
    }
    figures.receipts.note(&receipts);
    figures.answers.note(&answers);
    run.finish().await
}
