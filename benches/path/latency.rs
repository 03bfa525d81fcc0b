//! An unloaded server: from the webhook to the Graph calls that answer it.

use std::time::{Duration, Instant};

use crate::{
    load::Sender,
    sides::{Bench, Side},
    support::Result,
    table::{Row, Table, median, millis},
    throughput::wait_for_answers,
    times::Times,
    traffic::Traffic,
};

/// Time between messages: none meets the one before it.
const PAUSE: Duration = Duration::from_millis(40);
/// Messages that do not count.
const WARM_UP: u64 = 20;

#[derive(Default)]
struct Figures {
    receipts: [Vec<f64>; 2],
    answers: [Vec<f64>; 2],
}

impl Figures {
    fn note(&mut self, receipts: &Times, answers: &Times) {
        for (values, times) in [(&mut self.receipts, receipts), (&mut self.answers, answers)] {
            for (values, part) in values.iter_mut().zip([0.5, 0.99]) {
                values.push(times.quantile(part));
            }
        }
    }
}

fn show(values: &[Vec<f64>; 2]) -> String {
    values.each_ref().map(|values| millis(median(values))).join(" / ")
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
        let row = Row::new(name, show(product));
        let [floor_p50, _] = floor.each_ref().map(|values| median(values));
        let [product_p50, _] = product.each_ref().map(|values| median(values));
        table.add(if floor_p50 > 0.0 { row.floor(show(floor)).ratio(product_p50, floor_p50) } else { row });
    }
    Ok(())
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
    figures.note(&receipts, &answers);
    run.finish().await
}
