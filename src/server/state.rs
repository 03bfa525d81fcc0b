//! What every part of the running server shares.

use std::{sync::Arc, time::Duration};

use leptos::config::LeptosOptions;
use reqwest::Client;
use tokio::{sync::Semaphore, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use super::{
    auth::{passwords::Passwords, throttle::Turns},
    clock::Clock,
    config::Config,
    engine::Engines,
    http::streams::Streams,
    known::KnownAddresses,
    layers::{RequestIds, pages},
    limiter::{Limiter, PAIR_RATE, Rate},
    live::LiveHub,
    pipeline::{
        Signals, bodies::BodyBudget, clock_jump::LatestMoment, deliver::Rounds, faults::Faults, groups::Groups,
        node::Node, straight::Straight, watch::Watch, writer::Writer,
    },
    sandbox::Sandbox,
    secrets::Sealer,
    service::{
        activity::ActivityNotes, credentials::CredentialCache, reach::Reach, readiness::Readiness, setup::SetupCode,
        visitor::Visitors,
    },
    serving,
    store::Store,
    strangers::Strangers,
    whatsapp::graph::Graph,
};

/// How long the writer, and then the database, may take to end.
const CLOSING: Duration = Duration::from_secs(3);

/// The shared state. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

pub struct Parts {
    pub config: Config,
    pub leptos: LeptosOptions,
    pub clock: Clock,
    pub store: Store,
    pub writer: Writer,
    /// Writes of the message path, made as sets.
    pub groups: Groups,
    pub sealer: Sealer,
    pub passwords: Passwords,
    /// Whose sign-in is judged next.
    pub sign_in_turns: Turns,
    pub setup_code: SetupCode,
    pub graph: Graph,
    pub engines: Engines,
    pub credentials: CredentialCache,
    pub activity: ActivityNotes,
    pub readiness: Readiness,
    /// Whether Meta can be reached.
    pub reach: Reach,
    pub live: LiveHub,
    pub signals: Signals,
    pub straight: Straight,
    pub rounds: Rounds,
    pub node: Node,
    pub latest_moment: LatestMoment,
    pub bodies: BodyBudget,
    pub webhook_ids: RequestIds,
    /// Where verified webhooks came from lately, and signed-in people.
    pub known: Arc<KnownAddresses>,
    /// Open event streams.
    pub streams: Streams,
    /// What strangers cause is counted and logged here.
    pub strangers: Arc<Strangers>,
    pub page_slots: Arc<Semaphore>,
    /// How fast each number sends.
    pub number_rate: Limiter<Uuid>,
    /// How fast each customer is written to.
    pub pair_rate: Limiter<Uuid>,
    /// Visitors of websites: how much they may write, and which of them wait for news.
    pub visitors: Visitors,
    /// How often test messages are sent from an integration.
    pub trial_rate: Limiter<Uuid>,
    pub sandbox: Option<Sandbox>,
    pub faults: Faults,
    pub tasks: TaskTracker,
    /// Who works as long as the server does.
    pub watch: Watch,
    pub shutdown: CancellationToken,
    writers: TaskTracker,
    stop_writing: CancellationToken,
}

impl std::ops::Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl axum::extract::FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
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
    /// Puts the state together and starts the writer.
    #[must_use]
    pub fn new(f: Foundation) -> Self {
        let tasks = TaskTracker::new();
        let shutdown = CancellationToken::new();
        let writers = TaskTracker::new();
        let stop_writing = CancellationToken::new();
        let watch = Watch::default();
        let writer = Writer::start(&f.store, &writers, &stop_writing, &watch);
        Self(Arc::new(Parts {
            graph: Graph::new(f.http, &f.config),
            number_rate: Limiter::new(Rate::per_second(f.config.rate_per_number)),
            pair_rate: Limiter::new(PAIR_RATE),
            trial_rate: Limiter::new(Rate { burst: 3.0, interval: 10_000.0 }),
            // Pages of websites that wait must leave room for everybody else.
            visitors: Visitors::new(f.config.visitor_polls.min(serving::capacity(&f.config.limits) / 4)),
            setup_code: SetupCode::new(&f.config),
            passwords: Passwords::new(),
            sign_in_turns: Turns::default(),
            engines: Engines::new(),
            credentials: CredentialCache::new(),
            activity: ActivityNotes::default(),
            readiness: Readiness::default(),
            reach: Reach::default(),
            groups: Groups::new(&writer),
            live: LiveHub::new(),
            signals: Signals::default(),
            straight: Straight::default(),
            rounds: Rounds::default(),
            node: Node::default(),
            latest_moment: LatestMoment::default(),
            bodies: BodyBudget::new(f.config.limits.bodies),
            streams: Streams::new(f.config.limits),
            known: Arc::new(KnownAddresses::new(f.clock.clone())),
            webhook_ids: RequestIds::default(),
            strangers: Arc::new(Strangers::new(f.clock.clone())),
            page_slots: Arc::new(Semaphore::new(pages::AT_ONCE)),
            config: f.config,
            leptos: f.leptos,
            clock: f.clock,
            store: f.store,
            writer,
            sealer: f.sealer,
            sandbox: f.sandbox,
            faults: f.faults,
            tasks,
            watch,
            shutdown,
            writers,
            stop_writing,
        }))
    }

    /// Now, in Unix milliseconds.
    #[must_use]
    pub fn now(&self) -> crate::domain::Millis {
        self.clock.now()
    }

    /// Ends everything: first the work under way, then the writer that it needs, then the database. `false` when some
    /// work did not end in time; it is taken up at the next start.
    pub async fn close(&self, grace: Duration) -> bool {
        self.shutdown.cancel();
        self.tasks.close();
        let ended = timeout(grace, self.tasks.wait()).await.is_ok();
        self.stop_writing.cancel();
        self.writers.close();
        let written = timeout(CLOSING, self.writers.wait()).await.is_ok();
        // A connection that does not come back must not keep the process alive; every commit is on disk already.
        drop(timeout(CLOSING, self.store.close()).await);
        ended && written
    }
}
