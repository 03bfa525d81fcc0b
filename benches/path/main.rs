//! `make bench`: how fast and how frugal the message path is, beside the least that it could cost on this machine.
//!
//! The product runs as a child process on fresh data, in turn with a **floor**: a bare handler that verifies, writes down
//! by group commit and makes the same Graph calls. The load generator and the Graph double are in this process, so the
//! ratio of the two means more than either figure. See CONTRIBUTING.md.

#![expect(
    clippy::disallowed_methods,
    reason = "there is no state whose tracker could spawn; the process ends with its run"
)]

mod backlog;
mod campaign;
mod counts;
mod floor;
mod latency;
mod lists;
mod load;
mod nodes;
mod options;
mod product;
mod ready;
mod sides;
mod sizes;
#[path = "../../tests/support/mod.rs"]
mod support;
mod table;
mod throughput;
mod times;
mod traffic;
mod usage;

use std::process::ExitCode;

use clap::Parser;

use self::{
    counts::Counts,
    options::{Command, Line, Options, Phase},
    sides::Bench,
    support::{Result, database::Dialect, double::Double},
    table::{Table, say},
};

fn main() -> ExitCode {
    let line = Line::parse();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(run(line)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("bench: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(line: Line) -> Result<()> {
    match line.command {
        Some(Command::Floor(floor)) => floor::serve(floor).await,
        None => measure(line.options).await,
    }
}

async fn measure(options: Options) -> Result<()> {
    let options = options.settle()?;
    let double = support::product::meta(Counts::default(), options.numbers, 1).await?;
    let mut table = Table::new(&options)?;
    if options.wants(Phase::Sizes) {
        sizes::measure(&options, &mut table)?;
    }
    for dialect in options.dialects() {
        measure_dialect(&options, dialect, &double, &mut table).await?;
    }
    table.print();
    Ok(())
}

async fn measure_dialect(
    options: &Options,
    dialect: Dialect,
    double: &Double<Counts>,
    table: &mut Table,
) -> Result<()> {
    say(&format!("{dialect}: setting up the product with {} numbers", options.numbers));
    table.begin(&format!("On {dialect}"));
    let bench = Bench::prepare(options, dialect, double).await?;
    if options.wants(Phase::Intake) {
        throughput::intake(&bench, table).await?;
    }
    if options.wants(Phase::Roundtrip) {
        let most = throughput::round_trips(&bench, table).await?;
        latency::steady(&bench, most / 2.0, table).await?;
    }
    if options.wants(Phase::Latency) {
        latency::unloaded(&bench, table).await?;
    }
    if options.wants(Phase::Ready) {
        ready::empty(&bench, table).await?;
    }
    if options.wants(Phase::Lists) {
        lists::filters(&bench, table).await?;
    }
    if options.wants(Phase::Campaign) {
        campaign::replies(&bench, table).await?;
    }
    if options.wants(Phase::Nodes) && dialect == Dialect::Postgres {
        nodes::side_by_side(&bench, table).await?;
    }
    if options.wants(Phase::Backlog) {
        ready::with_backlog(&bench, table).await?;
    }
    bench.clean_up().await
}
