//! From start to ready: with nothing there, and with a pile of deliveries that wait.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::json;

use crate::{
    backlog,
    load::rate,
    sides::{Bench, Run},
    support::{Result, api::Api, database::Place},
    table::{Row, Table, as_float, median, megabytes, micros_of, millis, per_second, say, thousands},
    throughput::{PATIENCE, judge, wait_for_answers},
    times::Times,
    traffic::Traffic,
};

/// How long pages are loaded while the backlog is processed.
const PAGES: Duration = Duration::from_secs(5);
const PAGE_EVERY: Duration = Duration::from_millis(100);

/// The first start ever: tables are made.
pub(crate) async fn empty(bench: &Bench<'_>, table: &mut Table) -> Result<()> {
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for _ in 0..bench.options.rounds {
        let place = Place::create(bench.dialect, &bench.options.dir, None).await?;
        let run = bench.start_product(place).await?;
        first.push(micros_of(run.ready_after));
        run.finish().await?;
        let run = bench.start_product(bench.copy_template().await?).await?;
        again.push(micros_of(run.ready_after));
        run.finish().await?;
    }
    let row = Row::new("start to ready, empty database", millis(median(&first)));
    table.add(row.goal("< 300 ms", median(&first) < 300_000.0));
    let name = format!("start to ready, {} numbers", bench.options.numbers);
    table.add(Row::new(name, millis(median(&again))));
    Ok(())
}

/// A start after a long time without ingest: pages come at once, memory stays bounded, and all is answered once.
pub(crate) async fn with_backlog(bench: &Bench<'_>, table: &mut Table) -> Result<()> {
    let count = bench.options.backlog();
    say(&format!("  laying {} deliveries into the database", thousands(as_float(count))));
    bench.double.take_time(Duration::ZERO, Duration::ZERO);
    bench.counts().forget();
    let place = bench.copy_template().await?;
    let traffic = Traffic::new(&bench.world);
    backlog::insert(&place.url, &traffic, count).await?;
    let run = bench.start_product(place).await?;
    let begin = Instant::now();
    let waiting = format!("with {} waiting", thousands(as_float(count)));
    table.add(Row::new(format!("start to ready, {waiting}"), millis(micros_of(run.ready_after))));
    let pages = load_pages(bench, &run).await?;
    table.add(Row::new(format!("inbox page and list, {waiting}: p50 / slowest"), pages));
    wait_for_answers(bench.counts(), count, PATIENCE, Duration::from_secs(bench.options.drain())).await;
    let total = bench.counts().total();
    let last = bench.counts().last_arrival().unwrap_or(begin);
    let speed = per_second(rate(total, last.saturating_duration_since(begin)));
    let drained = format!("{} of {}, {speed}", thousands(as_float(total)), thousands(as_float(count)));
    table.add(Row::new("backlog answered", drained));
    if total >= count {
        let wrong = judge(bench.counts(), &traffic, &HashSet::new());
        let row = Row::new("backlog: each answered exactly once", wrong.clone().unwrap_or_else(|| "yes".to_owned()));
        table.add(row.goal("yes", wrong.is_none()));
    }
    let peak = megabytes(run.usage()?.peak);
    table.add(Row::new("backlog: peak memory", format!("{peak:.0} MB")).goal("< 200 MB", peak < 200.0));
    run.finish().await
}

/// The page and the list that a person looks at first.
async fn load_pages(bench: &Bench<'_>, run: &Run) -> Result<String> {
    let api = Api::new(run.server.address, &bench.token)?;
    let mut times = Times::default();
    let begin = Instant::now();
    while begin.elapsed() < PAGES {
        let asked = Instant::now();
        load_page(&api, "/inbox").await?;
        times.record(asked.elapsed());
        let asked = Instant::now();
        api.call("conversations/list", json!({})).await?;
        times.record(asked.elapsed());
        tokio::time::sleep(PAGE_EVERY).await;
    }
    Ok(format!("{} / {}", millis(times.quantile(0.5)), millis(times.quantile(1.0))))
}

/// Loads a page that must come.
async fn load_page(api: &Api, path: &str) -> Result<()> {
    api.request(Method::GET, path).send().await?.error_for_status()?.bytes().await?;
    Ok(())
}
