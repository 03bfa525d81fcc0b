//! Tables that grow fast, on PostgreSQL: its planner learns of them at once.
//!
//! Statements are planned for the tables as they are, and kept. On an empty table every index looks as good as any other,
//! so what was planned then may read a whole workspace for each row, until the table is analyzed. PostgreSQL's autovacuum
//! does that once a minute; in the first minutes of a busy database, or after it was restored, that is too late.

use std::{sync::Arc, time::Duration};

use tokio::time::{sleep, timeout};

use super::Pipeline;
use crate::server::{base::watch::Heartbeat, store::Dialect};

const PATIENCE: Duration = Duration::from_secs(60);
const EVERY: Duration = Duration::from_millis(500);

/// Looks for tables that have doubled, until the server stops.
pub async fn run(state: Pipeline, _heartbeat: Arc<Heartbeat>) {
    while state.store.dialect() == Dialect::Postgres {
        let analyzed = async {
            sleep(EVERY).await;
            timeout(PATIENCE, state.store.analyze_grown()).await
        };
        let analyzed = tokio::select! {
            analyzed = analyzed => analyzed,
            () = state.life.shutdown.cancelled() => return,
        };
        match analyzed {
            Ok(Ok(tables)) if tables.is_empty() => {}
            Ok(Ok(tables)) => tracing::debug!(?tables, "Tables have grown and were analyzed"),
            // Autovacuum will do it.
            Ok(Err(error)) => tracing::debug!(error = ?error, "Tables that have grown were not analyzed"),
            Err(_) => tracing::debug!("Tables that have grown were not analyzed in time"),
        }
    }
}
