//! The command line. `--help` is the reference; every setting has an environment variable.

pub(crate) mod people;

use std::{io::Read, process::ExitCode};

use clap::{Parser, Subcommand};
use secrecy::SecretString;

use self::people::{TokenCommand, UserCommand};
use super::{
    serve::{self, Server, StartError},
    state::AppState,
};
use crate::server::{
    base::{
        clock::Clock,
        config::{Config, Options},
        telemetry,
    },
    error::Error,
    live,
    pipeline::faults::Faults,
    sandbox::Delays,
    service::keys,
};

/// A self-hosted chatbot platform for WhatsApp and the website.
#[derive(Parser)]
#[command(name = "parlance", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server (the default).
    Serve,
    /// People.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// API tokens.
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// The key that seals tokens and secrets at rest.
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Check configuration and database.
    Check,
}

#[derive(Subcommand)]
enum KeyCommand {
    /// Make a new key and seal all secrets with it. The old key stays behind it in the file, for old backups. A server
    /// that runs goes on.
    Rotate,
}

/// What ends a command.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Config(#[from] crate::server::base::config::ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Log(String),
}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        let error = crate::error::ApiError::from(error);
        Self::Refused(match error.action {
            Some(action) => format!("{} {action}", error.message),
            None => error.message,
        })
    }
}

/// Parses the command line and runs it.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Pages are rendered on these threads, and in debug builds deeply nested views need more than the usual 2 MB.
        .thread_stack_size(8 << 20)
        .build()
        .map_err(CliError::from)
        .and_then(|runtime| runtime.block_on(run(cli)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say_error(&format!("parlance: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), CliError> {
    let config = Config::parse(cli.options)?;
    telemetry::start(&config.log, config.log_format).map_err(CliError::Log)?;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => Ok(Server::bind(config).await?.run(stop_signal()).await?),
        Command::User { command } => {
            let password = if command.needs_password() { read_password()? } else { SecretString::default() };
            with_state(config, async |state| {
                say(&people::run_user(state, command, password).await?);
                Ok(())
            })
            .await
        }
        Command::Token { command } => {
            with_state(config, async |state| {
                say(&people::run_token(state, command).await?);
                Ok(())
            })
            .await
        }
        Command::Key { command: KeyCommand::Rotate } => {
            with_state(config, async |state| {
                let count = keys::rotate(state).await?;
                say(&format!("A new key is in force. The secrets of {count} integrations were sealed with it."));
                Ok(())
            })
            .await
        }
        Command::Check => {
            with_state(config, async |state| {
                drop(state.store.read().await.map_err(Error::from)?);
                say("Configuration and database are in order.");
                Ok(())
            })
            .await
        }
    }
}

/// Runs a short command on an open state and closes it again.
async fn with_state(
    mut config: Config,
    work: impl AsyncFnOnce(&AppState) -> Result<(), Error>,
) -> Result<(), CliError> {
    // The simulator belongs to the server that may be running.
    config.sandbox = false;
    let state = serve::open(config, Clock::System, Faults::default(), Delays::default()).await?;
    let outcome = work(&state).await;
    // The servers see it within a second by themselves; this is at once.
    live::tell_other_nodes(&state.live).await;
    state.close(std::time::Duration::from_secs(5)).await;
    Ok(outcome?)
}

fn read_password() -> Result<SecretString, CliError> {
    let mut text = String::new();
    std::io::stdin().take(4096).read_to_string(&mut text)?;
    Ok(text.trim_end_matches(['\r', '\n']).into())
}

/// Waits for Ctrl-C or SIGTERM.
async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

#[expect(clippy::print_stdout, reason = "what a command was asked for goes to standard output")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "a command's last word")]
fn say_error(text: &str) {
    eprintln!("{text}");
}
