//! Logs. No message text, phone numbers or secrets go in here.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use super::config::LogFormat;

/// Judges a filter.
///
/// # Errors
/// With what is wrong with it.
pub fn judge(filter: &str) -> Result<(), String> {
    EnvFilter::try_new(filter)
        .map(drop)
        .map_err(|e| format!("PARLANCE_LOG {filter:?} is neither a level nor a filter: {e}"))
}

/// Starts logging to standard error.
///
/// # Errors
/// When the filter cannot be read, or logging runs already.
pub fn start(filter: &str, format: LogFormat) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|e| format!("PARLANCE_LOG: {e}"))?;
    let registry = tracing_subscriber::registry().with(filter);
    match format {
        LogFormat::Text => {
            // Colours are for people: tools that look for words would stumble over them.
            let colours = std::io::stderr().is_terminal();
            let layer = fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(colours);
            registry.with(layer).try_init()
        }
        LogFormat::Json => registry.with(fmt::layer().json().with_writer(std::io::stderr)).try_init(),
    }
    .map_err(|e| e.to_string())
}
