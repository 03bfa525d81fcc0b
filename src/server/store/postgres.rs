//! What only PostgreSQL needs: how it is opened.

use std::{str::FromStr, time::Duration};

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::StoreResult;

const CONNECTIONS: u32 = 20;

/// Opens a pool. Migrations take a lock of their own, so nodes may start at once.
pub(super) async fn open(url: &str) -> StoreResult<PgPool> {
    let options = PgConnectOptions::from_str(url)?.application_name("parlance");
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(options)
        .await?;
    sqlx::migrate!("./migrations/postgres").run(&pool).await?;
    Ok(pool)
}
