//! SQLite's checkpoints, beside the writer: on its own commit each would hold up all that waits for it.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;

use super::Pipeline;
use crate::server::base::watch::Heartbeat;

/// How many pages should be moved at a time.
const PAGES: i64 = 2000;
const PAUSE: Duration = Duration::from_secs(1);
const PAUSE_MIN: Duration = Duration::from_millis(50);

/// Moves pages until the server stops; the faster they come, the more often.
pub async fn run(state: Pipeline, _heartbeat: Arc<Heartbeat>) {
    let (mut pause, mut before) = (PAUSE, 0);
    loop {
        tokio::select! {
            () = sleep(pause) => {}
            () = state.life.shutdown.cancelled() => return,
        }
        match state.store.checkpoint(before).await {
            Ok(Some(in_log)) => {
                // A log that started over is shorter than it was.
                let grown = if in_log < before { in_log } else { in_log - before };
                before = in_log;
                pause = next_pause(pause, grown);
            }
            Ok(None) => return,
            // The writer moves them itself when there are too many.
            Err(error) => tracing::debug!(error = ?error, "The log was not moved into the database"),
        }
    }
}

/// The pause in which about [`PAGES`] pages come in, going by the last one.
fn next_pause(pause: Duration, grown: i64) -> Duration {
    let share = u32::try_from(grown.saturating_mul(100) / PAGES).unwrap_or(u32::MAX).max(1);
    (pause.saturating_mul(100) / share).clamp(PAUSE_MIN, PAUSE)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::next_pause;

    #[test]
    fn the_faster_pages_come_the_shorter_is_the_pause() {
        let second = Duration::from_secs(1);
        assert_eq!(next_pause(second, 0), second);
        assert_eq!(next_pause(second, 2000), second);
        assert_eq!(next_pause(second, 8000), second / 4);
        assert_eq!(next_pause(second / 4, 500), second);
        assert_eq!(next_pause(second, i64::MAX), Duration::from_millis(50));
    }
}
