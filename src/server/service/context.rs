//! The context of use cases.

use std::sync::Arc;

use reqwest::Client;
use uuid::Uuid;

use super::{
    activity::ActivityNotes, credentials::CredentialCache, passwords::Passwords, reach::Reach, readiness::Readiness,
    setup::SetupCode, visitor::Visitors,
};
use crate::{
    domain::{Millis, ids::IntegrationId, principal::Principal},
    server::{
        base::{
            clock::Clock,
            config::Config,
            known::KnownAddresses,
            limiter::{Limiter, Rate},
            secrets::Sealer,
            strangers::Strangers,
            turns::Turns,
            watch::Life,
        },
        channel::{Channels, whatsapp::graph::Graph},
        engine::Engines,
        sandbox::Sandbox,
        store::{Conn, Store, StoreResult},
        writer::{BoxFuture, Priority, Writer, signals::Signals},
    },
};

/// The service layer, and what is below it. Cheap to clone.
#[derive(Clone)]
pub struct Services(Arc<Parts>);

pub struct Parts {
    pub config: Config,
    pub clock: Clock,
    pub life: Life,
    /// What strangers cause is counted and logged here.
    pub strangers: Arc<Strangers>,
    /// Where verified webhooks came from lately, and signed-in people.
    pub known: Arc<KnownAddresses>,
    pub sealer: Sealer,
    pub store: Store,
    pub writer: Writer,
    pub signals: Arc<Signals>,
    pub channels: Channels,
    pub engines: Engines,
    pub sandbox: Option<Sandbox>,
    pub passwords: Passwords,
    /// Whose sign-in is judged next.
    pub sign_in_turns: Turns,
    pub setup_code: SetupCode,
    pub credentials: CredentialCache,
    pub activity: ActivityNotes,
    pub readiness: Readiness,
    /// Whether the provider can be reached.
    pub reach: Reach,
    /// Visitors of websites: how much they may write, and which of them wait for news.
    pub visitors: Visitors,
    /// How often test messages are sent from an integration.
    pub trial_rate: Limiter<IntegrationId>,
}

impl std::ops::Deref for Services {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What the service layer is built from.
pub struct Foundation {
    pub config: Config,
    pub clock: Clock,
    pub life: Life,
    pub store: Store,
    pub writer: Writer,
    pub sealer: Sealer,
    pub http: Client,
    pub sandbox: Option<Sandbox>,
    /// How many visitors' pages may wait for news at once.
    pub visitor_polls: usize,
}

impl Services {
    #[must_use]
    pub fn new(f: Foundation) -> Self {
        Self(Arc::new(Parts {
            channels: Channels { whatsapp: Graph::new(f.http, &f.config) },
            trial_rate: Limiter::new(Rate { burst: 3.0, interval: 10_000.0 }),
            visitors: Visitors::new(f.visitor_polls),
            setup_code: SetupCode::new(&f.config),
            passwords: Passwords::new(),
            sign_in_turns: Turns::default(),
            engines: Engines::new(),
            credentials: CredentialCache::new(),
            activity: ActivityNotes::default(),
            readiness: Readiness::default(),
            reach: Reach::default(),
            signals: Arc::clone(f.writer.signals()),
            known: Arc::new(KnownAddresses::new(f.clock.clone())),
            strangers: Arc::new(Strangers::new(f.clock.clone())),
            config: f.config,
            clock: f.clock,
            life: f.life,
            store: f.store,
            writer: f.writer,
            sealer: f.sealer,
            sandbox: f.sandbox,
        }))
    }

    /// Now, in Unix milliseconds.
    #[must_use]
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// A unit of work on behalf of the acting principal: what is told in it carries who that was, and becomes known with its
    /// commit.
    ///
    /// `key` names what is written to, and `function` may run more than once, as in [`Writer::submit`].
    ///
    /// # Errors
    /// As the function, and when the database does not take it.
    pub async fn transact<I, T, F>(
        &self,
        by: impl Into<Principal>,
        key: impl Into<Uuid>,
        input: I,
        function: F,
    ) -> StoreResult<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Conn, &'c I) -> BoxFuture<'c, StoreResult<T>> + Send + 'static,
    {
        self.writer.submit_as(by.into(), Priority::Interactive, key.into(), input, function).committed().await
    }
}
