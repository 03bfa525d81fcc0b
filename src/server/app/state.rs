//! The state of all layers: what the router passes to request handlers.

use std::{ops::Deref, sync::Arc, time::Duration};

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use reqwest::Client;
use tokio::{sync::Semaphore, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    layers::{RequestIds, pages},
    serving,
};
use crate::server::{
    base::{clock::Clock, config::Config, secrets::Sealer, watch::Life},
    http::Web,
    pipeline::{Pipeline, faults::Faults},
    sandbox::Sandbox,
    service::{self, Services},
    store::Store,
    writer::Writer,
};

/// How long the writer, and then the database, may take to end.
const CLOSING: Duration = Duration::from_secs(3);

/// The top layer, and all below it. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

pub struct Parts {
    web: Web,
    pub leptos: LeptosOptions,
    pub webhook_ids: RequestIds,
    pub page_slots: Arc<Semaphore>,
    writers: TaskTracker,
    stop_writing: CancellationToken,
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Deref for Parts {
    type Target = Web;

    fn deref(&self) -> &Web {
        &self.web
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

impl FromRef<AppState> for Web {
    fn from_ref(state: &AppState) -> Self {
        state.web.clone()
    }
}

impl FromRef<AppState> for Services {
    fn from_ref(state: &AppState) -> Self {
        state.services()
    }
}

/// What a state is made of besides what it makes itself.
pub struct Foundation {
    pub config: Config,
    pub leptos: LeptosOptions,
    pub clock: Clock,
    pub store: Store,
    pub sealer: Sealer,
    pub http: Client,
    pub sandbox: Option<Sandbox>,
    pub faults: Faults,
}

impl AppState {
    /// Builds the state and starts the writer.
    #[must_use]
    pub fn new(f: Foundation) -> Self {
        let life = Life::default();
        let writers = TaskTracker::new();
        let stop_writing = CancellationToken::new();
        let writer = Writer::start(&f.store, &writers, &stop_writing, &life.watch);
        // Pages of websites that wait must leave room for everybody else.
        let visitor_polls = f.config.visitor_polls.min(serving::capacity(&f.config.limits) / 4);
        let services = Services::new(service::Foundation {
            config: f.config,
            clock: f.clock,
            life,
            store: f.store,
            writer,
            sealer: f.sealer,
            http: f.http,
            sandbox: f.sandbox,
            visitor_polls,
        });
        Self(Arc::new(Parts {
            web: Web::new(Pipeline::new(services, f.faults)),
            leptos: f.leptos,
            webhook_ids: RequestIds::default(),
            page_slots: Arc::new(Semaphore::new(pages::AT_ONCE)),
            writers,
            stop_writing,
        }))
    }

    /// The service layer alone.
    #[must_use]
    pub fn services(&self) -> Services {
        let services: &Services = self;
        services.clone()
    }

    /// The pipeline layer alone.
    #[must_use]
    pub fn pipeline(&self) -> Pipeline {
        let pipeline: &Pipeline = self;
        pipeline.clone()
    }

    /// Ends everything: first the work in progress, then the writer that it needs, then the database. `false` when some
    /// work did not end in time; it is resumed at the next start.
    pub async fn close(&self, grace: Duration) -> bool {
        self.life.shutdown.cancel();
        self.life.tasks.close();
        let ended = timeout(grace, self.life.tasks.wait()).await.is_ok();
        self.stop_writing.cancel();
        self.writers.close();
        let written = timeout(CLOSING, self.writers.wait()).await.is_ok();
        // A connection that does not come back must not keep the process alive; every commit is on disk already.
        drop(timeout(CLOSING, self.store.close()).await);
        ended && written
    }
}
