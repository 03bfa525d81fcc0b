//! The two sides of a comparison, each started on fresh data for every run.

use std::{fmt, sync::Arc};

use crate::{
    database::Place,
    options::{Engine, Options},
    product::{self, Prepared},
    support::{
        Result,
        graph::Double,
        server::{Launch, Running, free_address},
    },
    traffic::{SECRET, World},
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
    pub(crate) engine: Engine,
    pub(crate) double: &'a Double,
    pub(crate) world: World,
    pub(crate) token: String,
    template: Place,
}

/// A side that runs, and its data.
pub(crate) struct Run {
    pub(crate) server: Running,
    place: Place,
}

impl Run {
    /// Ends it and removes its data.
    pub(crate) async fn finish(self) -> Result<()> {
        self.server.kill().await?;
        self.place.remove().await
    }
}

impl<'a> Bench<'a> {
    /// Sets the product up once.
    pub(crate) async fn prepare(options: &'a Options, engine: Engine, double: &'a Double) -> Result<Self> {
        let template = Place::create(engine, &options.dir).await?;
        let Prepared { targets, token } = product::prepare(options, double, &template).await?;
        let world = World { targets: Arc::from(targets), customers: options.customers };
        Ok(Self { options, engine, double, world, token, template })
    }

    /// Floor, product, floor, product, …: what the machine does meanwhile meets both.
    pub(crate) fn turns(&self) -> impl Iterator<Item = Side> + use<> {
        let sides: &[Side] = if self.options.no_floor { &[Side::Product] } else { &[Side::Floor, Side::Product] };
        (0..self.options.rounds).flat_map(move |_| sides.iter().copied())
    }

    /// Starts a side on fresh data. With `answering` the floor makes its Graph calls; the product always does.
    pub(crate) async fn start(&self, side: Side, answering: bool) -> Result<Run> {
        self.double.forget();
        match side {
            Side::Floor => self.start_floor(answering).await,
            Side::Product => self.start_product(self.copy_template().await?).await,
        }
    }

    /// The product's data right after the set-up.
    pub(crate) async fn copy_template(&self) -> Result<Place> {
        self.template.copy(&self.options.dir).await
    }

    /// Starts the product on given data.
    pub(crate) async fn start_product(&self, place: Place) -> Result<Run> {
        let address = free_address()?;
        let launch = product::launch(self.options, self.double, &place, address);
        Ok(Run { server: Running::start(&launch, address).await?, place })
    }

    async fn start_floor(&self, answering: bool) -> Result<Run> {
        let place = Place::create(self.engine, &self.options.dir).await?;
        let address = free_address()?;
        let mut arguments = vec![
            "floor".to_owned(),
            format!("--listen={address}"),
            format!("--database={}", place.url),
            format!("--secret={SECRET}"),
        ];
        if answering {
            arguments.push(format!("--graph={}", self.double.address));
        }
        let log = self.options.dir.join("floor.log");
        let launch = Launch { binary: std::env::current_exe()?, arguments, environment: Vec::new(), log };
        Ok(Run { server: Running::start(&launch, address).await?, place })
    }

    /// Removes the prepared data.
    pub(crate) async fn clean_up(self) -> Result<()> {
        self.template.remove().await
    }
}
