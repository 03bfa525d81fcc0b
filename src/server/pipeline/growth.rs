//! Tables that grow fast, on PostgreSQL: its planner learns of them at once.
//!
//! Statements are planned for the tables as they are, and kept. On an empty table every index looks as good as any other,
//! so what was planned then may read a whole workspace for each row, until the table is analyzed. PostgreSQL's autovacuum
//! does that once a minute; in the first minutes of a busy database, or after it was restored, that is too late.

use std::time::Duration;

use tokio::time::sleep;

use crate::server::state::AppState;

const EVERY: Duration = Duration::from_millis(500);

/// Looks for tables that have doubled, until the server stops.
pub async fn run(state: AppState) {
    loop {
        tokio::select! {
            () = sleep(EVERY) => {}
            () = state.shutdown.cancelled() => return,
        }
        match state.store.analyze_grown().await {
            Ok(Some(tables)) if tables.is_empty() => {}
            Ok(Some(tables)) => tracing::debug!(?tables, "Tables have grown and were analyzed"),
            Ok(None) => return,
            // Autovacuum will do it.
            Err(error) => tracing::debug!(error = ?error, "Tables that have grown were not analyzed"),
        }
    }
}
