//! The two sides of a comparison, each started on fresh data for every run.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    counts::Counts,
    options::Options,
    product,
    support::{
        Result,
        database::{Dialect, Place},
        double::Double,
        product::APP_SECRET,
        server::{Launch, Running},
    },
    traffic::World,
    usage::Usage,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Floor,
    Product,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Floor => "floor",
            Self::Product => "product",
        })
    }
}

/// All that phases need.
pub(crate) struct Bench<'a> {
    pub(crate) options: &'a Options,
    pub(crate) dialect: Dialect,
    pub(crate) double: &'a Double<Counts>,
    pub(crate) world: World,
    pub(crate) token: String,
    template: Place,
}

/// A side that runs, and its data.
pub(crate) struct Run {
    pub(crate) server: Running,
    /// From the start of the process until it said that it is ready.
    pub(crate) ready_after: Duration,
    place: Place,
}

impl Run {
    async fn start(launch: &Launch, place: Place) -> Result<Self> {
        let begin = Instant::now();
        let mut server = Running::spawn(launch)?;
        server.ready().await?;
        Ok(Self { server, ready_after: begin.elapsed(), place })
    }

    /// What the server has used so far.
    pub(crate) fn usage(&self) -> Result<Usage> {
        Usage::of(self.server.pid)
    }

    /// Ends it and removes its data.
    pub(crate) async fn finish(self) -> Result<()> {
        self.server.kill().await?;
        self.place.remove().await
    }
}

impl<'a> Bench<'a> {
    /// Sets the product up once.
    pub(crate) async fn prepare(options: &'a Options, dialect: Dialect, double: &'a Double<Counts>) -> Result<Self> {
        let template = Place::create(dialect, &options.dir, None).await?;
        let (targets, token) = product::prepare(options, double, &template).await?;
        let world = World { targets: Arc::from(targets), customers: options.customers };
        Ok(Self { options, dialect, double, world, token, template })
    }

    /// What the double has noted.
    pub(crate) fn counts(&self) -> &'a Counts {
        self.double.ledger()
    }

    /// Floor, product, floor, product, …: what the machine does meanwhile meets both.
    pub(crate) fn turns(&self) -> impl Iterator<Item = Side> + use<> {
        let sides: &[Side] = if self.options.no_floor { &[Side::Product] } else { &[Side::Floor, Side::Product] };
        (0..self.options.rounds).flat_map(move |_| sides.iter().copied())
    }

    /// Starts a side on fresh data. With `answering` the floor makes its Graph calls; the product always does.
    pub(crate) async fn start(&self, side: Side, answering: bool) -> Result<Run> {
        self.counts().forget();
        match side {
            Side::Floor => self.start_floor(answering).await,
            Side::Product => self.start_product(self.copy_template().await?).await,
        }
    }

    /// The product's data right after the set-up.
    pub(crate) async fn copy_template(&self) -> Result<Place> {
        Place::create(self.dialect, &self.options.dir, Some(&self.template)).await
    }

    /// Starts the product on given data.
    pub(crate) async fn start_product(&self, place: Place) -> Result<Run> {
        self.start_product_with(place, &[]).await
    }

    /// The same, with settings of its own.
    pub(crate) async fn start_product_with(&self, place: Place, settings: &[(&str, &str)]) -> Result<Run> {
        Run::start(&self.launch(&place, settings), place).await
    }

    /// How the product is started on given data, with settings of its own.
    pub(crate) fn launch(&self, place: &Place, settings: &[(&str, &str)]) -> Launch {
        let mut launch = product::launch(self.options, self.double, place);
        launch.environment.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        launch
    }

    async fn start_floor(&self, answering: bool) -> Result<Run> {
        let place = Place::create(self.dialect, &self.options.dir, None).await?;
        let mut arguments =
            vec!["floor".to_owned(), format!("--database={}", place.url), format!("--secret={APP_SECRET}")];
        if answering {
            arguments.push(format!("--graph={}", self.double.address));
        }
        let log = self.options.dir.join("floor.log");
        let launch = Launch { binary: std::env::current_exe()?, arguments, environment: Vec::new(), log };
        Run::start(&launch, place).await
    }

    /// Removes the prepared data.
    pub(crate) async fn clean_up(self) -> Result<()> {
        self.template.remove().await
    }
}
