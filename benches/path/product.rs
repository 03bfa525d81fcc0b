//! The product, set up once from outside. Every run begins with a copy of that.

use crate::{
    counts::Counts,
    options::Options,
    support::{
        Result,
        database::Place,
        double::Double,
        product,
        server::{Launch, Running},
        webhook::Target,
    },
    traffic::knowledge,
};

/// How to start the product on some data.
pub(crate) fn launch(options: &Options, double: &Double<Counts>, place: &Place) -> Launch {
    let log = options.dir.join("product.log");
    let mut launch = product::launch(options.binary.clone(), place, double.url.clone(), log);
    if let Ok(log) = std::env::var("BENCH_PARLANCE_LOG") {
        launch.environment.push(("PARLANCE_LOG".to_owned(), log));
    }
    launch
}

/// Sets the product up on an empty place and stops it again. Gives where webhooks of each number go, and the owner's API
/// token.
pub(crate) async fn prepare(
    options: &Options,
    double: &Double<Counts>,
    place: &Place,
) -> Result<(Vec<Target>, String)> {
    let launch = launch(options, double, place);
    let mut server = Running::spawn(&launch)?;
    server.ready().await?;
    let made = product::set_up(&launch, &server, knowledge(), options.numbers).await?;
    server.stop().await?;
    Ok(made)
}
