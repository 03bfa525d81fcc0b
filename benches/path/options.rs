//! What can be asked of the bench.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::support::{
    Result,
    database::{Dialect, postgres_url},
};

/// Measures the way of a message against a floor. `make bench ARGS="…"`.
#[derive(Parser)]
#[command(name = "path")]
pub(crate) struct Line {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) options: Options,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve as the floor; the bench starts itself like this.
    Floor(FloorOptions),
}

#[derive(Args)]
pub(crate) struct FloorOptions {
    #[arg(long)]
    pub(crate) listen: SocketAddr,
    #[arg(long)]
    pub(crate) database: String,
    #[arg(long)]
    pub(crate) secret: String,
    /// The double; without it nothing is answered.
    #[arg(long)]
    pub(crate) graph: Option<SocketAddr>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Options {
    /// About a minute: SQLite only, two seconds per run, a smaller backlog.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only these, separated by commas [default: all].
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Phase>,
    /// Only these databases [default: sqlite, and postgres if PARLANCE_TEST_POSTGRES_URL names a server].
    #[arg(long, value_enum, value_delimiter = ',')]
    engine: Vec<Dialect>,
    /// The product.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/target/release/parlance"))]
    pub(crate) binary: PathBuf,
    /// The built site, for its sizes [default: ../site beside the binary's folder].
    #[arg(long)]
    pub(crate) site: Option<PathBuf>,
    /// How long a measured run lasts [default: 8, quick 2].
    #[arg(long)]
    seconds: Option<f64>,
    /// How often each side is run; medians count.
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: usize,
    /// Connections of the load generator.
    #[arg(long, default_value_t = 64)]
    pub(crate) connections: usize,
    /// Business numbers.
    #[arg(long, default_value_t = 100)]
    pub(crate) numbers: usize,
    /// Customers who write in turn.
    #[arg(long, default_value_t = 5000)]
    pub(crate) customers: u64,
    /// Times per Graph call for the round trip, in milliseconds, each half as much more or less.
    #[arg(long, value_delimiter = ',', default_values_t = [0, 80])]
    pub(crate) delay: Vec<u64>,
    /// Deliveries that wait at the start [default: 100000, quick 10000].
    #[arg(long)]
    backlog: Option<u64>,
    /// Conversations of the inbox whose lists are asked for [default: 1000000, quick 100000].
    #[arg(long)]
    conversations: Option<u64>,
    /// Messages of a campaign that waits while customers are answered [default: 100000, quick 10000].
    #[arg(long)]
    campaign: Option<u64>,
    /// The most seconds to wait for that backlog to be worked off [default: 600, quick 60].
    #[arg(long)]
    drain: Option<u64>,
    /// Leave the floor out: half the time, no ratios.
    #[arg(long)]
    pub(crate) no_floor: bool,
    /// Where data goes. It must be the disk that matters: in memory an fsync costs nothing.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/target/bench-data"))]
    pub(crate) dir: PathBuf,
    /// Cargo passes it to every bench.
    #[arg(long = "bench", hide = true)]
    _bench: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Phase {
    Sizes,
    Intake,
    Roundtrip,
    Latency,
    Ready,
    Lists,
    Campaign,
    Nodes,
    Backlog,
}

impl Options {
    /// Checks what can be checked before anything starts.
    pub(crate) fn settle(mut self) -> Result<Self> {
        if !self.binary.is_file() {
            return Err(format!("{} is not there: build it, or name one with --binary", self.binary.display()).into());
        }
        self.binary = self.binary.canonicalize()?;
        if self.rounds == 0 || self.connections == 0 || self.numbers == 0 || self.customers == 0 {
            return Err("rounds, connections, numbers and customers must be at least 1".into());
        }
        if self.engine.contains(&Dialect::Postgres) {
            postgres_url()?;
        }
        std::fs::create_dir_all(&self.dir)?;
        self.dir = self.dir.canonicalize()?;
        Ok(self)
    }

    pub(crate) fn wants(&self, phase: Phase) -> bool {
        self.only.is_empty() || self.only.contains(&phase)
    }

    pub(crate) fn dialects(&self) -> Vec<Dialect> {
        match (self.engine.is_empty(), self.quick || postgres_url().is_err()) {
            (false, _) => self.engine.clone(),
            (true, true) => vec![Dialect::Sqlite],
            (true, false) => vec![Dialect::Sqlite, Dialect::Postgres],
        }
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.seconds.unwrap_or(if self.quick { 2.0 } else { 8.0 })
    }

    pub(crate) fn backlog(&self) -> u64 {
        self.backlog.unwrap_or(if self.quick { 10_000 } else { 100_000 })
    }

    pub(crate) fn conversations(&self) -> u64 {
        self.conversations.unwrap_or(if self.quick { 100_000 } else { 1_000_000 })
    }

    pub(crate) fn campaign(&self) -> u64 {
        self.campaign.unwrap_or(if self.quick { 10_000 } else { 100_000 })
    }

    pub(crate) fn drain(&self) -> u64 {
        self.drain.unwrap_or(if self.quick { 60 } else { 600 })
    }
}
