//! From a configuration to a running server, and back down again.

pub mod concerns;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use leptos::config::{LeptosOptions, get_config_from_str};
use secrecy::ExposeSecret;
use tokio::{net::TcpListener, runtime::Handle};

use super::{
    background::Background,
    router, serving,
    state::{AppState, Foundation},
};
use crate::server::{
    base::{assets, clock::Clock, config::Config, files, outgoing, secrets::Sealer, strangers},
    live,
    pipeline::{self, faults::Faults},
    sandbox::{Delays, Sandbox, SandboxOptions},
    store::Store,
};

/// How long running requests and sends may take to end.
const GRACE: Duration = Duration::from_secs(25);

/// Run-time options of the site, inside the binary.
const SITE: &str = include_str!("../../../Leptos.toml");

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the data folder {path} cannot be made: {source}")]
    DataFolder { path: String, source: std::io::Error },
    #[error(transparent)]
    Secret(#[from] crate::server::base::secrets::SecretError),
    #[error("the database cannot be opened: {}", .0)]
    Store(String),
    #[error("the WhatsApp simulator cannot start: {0}")]
    Sandbox(#[from] crate::server::sandbox::SandboxError),
    #[error("outgoing HTTP cannot start: {0}")]
    Http(#[from] reqwest::Error),
    #[error("Leptos.toml cannot be read: {0}")]
    Site(String),
    #[error(
        "{address} cannot be listened on: {source}. Is Parlance running already? Set PARLANCE_LISTEN to another port."
    )]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("the public URL cannot be used: {0}")]
    PublicUrl(String),
    /// It ran, and could not go on.
    #[error("a part of the server could not go on; the log says which")]
    Broken,
    #[error("the system gives no threads: {0}")]
    Threads(std::io::Error),
    #[error(transparent)]
    Server(#[from] crate::server::error::Error),
}

/// The site options, as Leptos reads them.
///
/// # Errors
/// When the embedded file is damaged.
pub fn site_options(listen: SocketAddr) -> Result<LeptosOptions, StartError> {
    let mut options = get_config_from_str(SITE).map_err(|e| StartError::Site(e.to_string()))?;
    options.site_addr = listen;
    Ok(options)
}

/// Builds everything, without listening yet.
///
/// # Errors
/// When a part cannot be opened; the message says which and what to do.
pub async fn open(config: Config, clock: Clock, faults: Faults, delays: Delays) -> Result<AppState, StartError> {
    files::make_private_folder(&config.data_dir)
        .map_err(|source| StartError::DataFolder { path: config.data_dir.display().to_string(), source })?;
    let sealer = Sealer::open(&config)?;
    for concern in concerns::concerns(&config) {
        tracing::warn!("{concern}");
    }
    let store = Store::open_with(config.database_url.expose_secret(), config.statement_timeout)
        .await
        .map_err(|e| StartError::Store(chain(&e)))?;
    let sandbox = if config.sandbox {
        let options = SandboxOptions { database_path: config.data_dir.join("sandbox.db"), delays };
        Some(Sandbox::open_with_clock(options, clock.clone()).await?)
    } else {
        None
    };
    let leptos = site_options(config.listen)?;
    let http = outgoing::client(Duration::from_millis(config.call_timeout.unsigned_abs()))?;
    Ok(AppState::new(Foundation { config, leptos, clock, store, sealer, http, sandbox, faults }))
}

/// An error with all its causes: at start-up there is one reader, who needs them.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// A server that listens but does not answer yet.
pub struct Server {
    pub state: AppState,
    listener: TcpListener,
    router: Router,
}

impl Server {
    /// Opens everything and begins to listen.
    ///
    /// # Errors
    /// As [`open`].
    pub async fn bind(mut config: Config) -> Result<Self, StartError> {
        let address = config.listen;
        let listener = TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, source })?;
        if let Ok(real) = listener.local_addr() {
            config.listen = real;
        }
        let state = open(config, Clock::System, Faults::default(), Delays::default()).await?;
        Self::with_state(listener, state)
    }

    /// A server around a state that exists already.
    ///
    /// # Errors
    /// When the public URL is no origin.
    pub fn with_state(listener: TcpListener, state: AppState) -> Result<Self, StartError> {
        let router = router::build(state.clone()).map_err(|e| StartError::PublicUrl(e.to_string()))?;
        Ok(Self { state, listener, router })
    }

    /// Answers requests and works until `stop` is done, then brings everything to an end.
    ///
    /// # Errors
    /// When the database is unavailable at the start.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), StartError> {
        let state = self.state;
        pipeline::recover(&state).await?;
        let background = Background::start().map_err(StartError::Threads)?;
        pipeline::start(&state, background.handle());
        let (here, pipeline) = (Handle::current(), state.pipeline());
        state.life.keep(&pipeline, &here, "checkpoints", pipeline::checkpoint::run);
        state.life.keep(&pipeline, &here, "growth", pipeline::growth::run);
        state.life.keep(&state.live, &here, "live events", live::run);
        state.life.keep(&state.live, &here, "news of other nodes", live::listen);
        state.life.keep(&state.live, &here, "work of other nodes", live::look_after_others);
        state.life.keep(&state, &here, "counts of strangers", |state, _| {
            strangers::run(Arc::clone(&state.strangers), state.life.shutdown.clone())
        });
        if let Some(sandbox) = state.sandbox.clone() {
            state
                .life
                .keep(&state, &here, "simulator", move |state, _| sandbox.clone().run(state.life.shutdown.clone()));
        }
        announce(&state);
        let (shutdown, watch) = (state.life.shutdown.clone(), state.life.watch.clone());
        let stopped = async move {
            tokio::select! {
                () = stop => {}
                () = watch.broke() => {}
            }
            tracing::info!("Shutting down");
            shutdown.cancel();
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = serving::serve(self.listener, self.router, state.clone()) => {}
            () = stopped => {}
        }
        if !state.close(GRACE).await {
            tracing::warn!("Some work did not end in time; it is taken up at the next start");
        }
        if state.life.watch.is_broken() {
            return Err(StartError::Broken);
        }
        Ok(())
    }
}

fn announce(state: &AppState) {
    match assets::build() {
        assets::Build::Whole => {}
        assets::Build::Missing => {
            tracing::warn!(
                "There are no pages in this build, only the API. Build it with `make build` or `scripts/leptos.sh build`."
            );
        }
        assets::Build::Unsplit => tracing::error!(
            "The site was built without --split: its pages do not come alive, and say so. Build it with `make build` or \
             `scripts/leptos.sh build` (not with `cargo leptos` itself), then start again."
        ),
    }
    let config = &state.config;
    tracing::info!(url = %config.public_url, listen = %config.listen, database = ?state.store.dialect(), sandbox = config.sandbox, "Parlance is ready");
    if let Some(code) = state.setup_code.code() {
        let state = state.clone();
        let code = Arc::<str>::from(code);
        state.life.tasks.clone().spawn(async move {
            if crate::server::service::setup::status(&state).await.is_ok_and(|s| s.open) {
                tracing::info!("Set-up code for the first account: {code}");
            }
        });
    }
}
