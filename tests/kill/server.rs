//! The program under test: started, killed and started again, and everybody knows where it is.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use tokio::{sync::watch, task::JoinSet};

use crate::{
    meta::Address,
    random::Random,
    support::{
        database::Place,
        product,
        server::{Launch, Running, last_words, until_ready},
        webhook::Target,
    },
};

/// The product, dead or alive.
pub(crate) struct Server {
    pub(crate) launch: Launch,
    running: Option<Running>,
    /// Waits for it to be ready, and tells so.
    herald: JoinSet<()>,
    address: watch::Sender<Option<SocketAddr>>,
}

impl Server {
    pub(crate) fn new(folder: &Path, place: &Place, graph_url: String) -> Self {
        let binary = PathBuf::from(env!("CARGO_BIN_EXE_parlance"));
        let mut launch = product::launch(binary, place, graph_url, folder.join("server.log"));
        // Leases follow from it, so that a dead process is not waited for longer than needed.
        launch.environment.push(("PARLANCE_CALL_TIMEOUT".to_owned(), "1s".to_owned()));
        Self { launch, running: None, herald: JoinSet::new(), address: watch::channel(None).0 }
    }

    /// Sets one of its settings.
    pub(crate) fn set(&mut self, name: &str, value: impl ToString) {
        self.launch.environment.push((name.to_owned(), value.to_string()));
    }

    /// Starts it, with a bot that answers on this number of phone numbers: where webhooks of each go, and an API token.
    pub(crate) async fn set_up(
        &mut self,
        knowledge: impl IntoIterator<Item = (String, String)>,
        numbers: usize,
    ) -> (Vec<Target>, String) {
        self.spawn();
        let launch = self.launch.clone();
        product::set_up(&launch, self.ready().await, knowledge, numbers).await.unwrap()
    }

    /// Where it listens, as long as it lives and is ready.
    pub(crate) fn address(&self) -> Address {
        self.address.subscribe()
    }

    /// Begins to start it.
    pub(crate) fn spawn(&mut self) {
        let running = Running::spawn(&self.launch).unwrap();
        let (address, teller) = (running.address, self.address.clone());
        self.herald.spawn(async move {
            until_ready(address).await;
            teller.send_replace(Some(address));
        });
        self.running = Some(running);
    }

    /// Waits until it answers.
    pub(crate) async fn ready(&mut self) -> &Running {
        self.running.as_mut().unwrap().ready().await.unwrap();
        self.address().wait_for(Option::is_some).await.unwrap();
        self.running.as_ref().unwrap()
    }

    /// SIGKILL. It must have lived until now.
    pub(crate) async fn kill(&mut self) {
        self.running.take().unwrap().kill().await.unwrap();
        // Nobody tells of the dead.
        self.herald.shutdown().await;
        self.address.send_replace(None);
    }

    /// SIGTERM, after which it ends by itself and has nothing to complain of.
    pub(crate) async fn stop(mut self) {
        self.running.take().unwrap().stop().await.unwrap();
    }

    /// The end of its log.
    pub(crate) fn last_words(&self) -> String {
        last_words(&self.launch.log)
    }
}

/// One of those that live, as soon as one does.
pub(crate) async fn anywhere(addresses: &mut [Address], random: &mut Random) -> SocketAddr {
    loop {
        let living: Vec<SocketAddr> = addresses.iter().filter_map(|address| *address.borrow()).collect();
        if let Some(last) = living.len().checked_sub(1) {
            return living[usize::try_from(random.below(last as u64 + 1)).unwrap()];
        }
        let born = addresses.iter_mut().map(|address| Box::pin(address.wait_for(Option::is_some)));
        drop(futures::future::select_all(born).await);
    }
}
