//! What only PostgreSQL needs: how it is opened.

use std::{str::FromStr, time::Duration};

use sqlx::{
    AssertSqlSafe, Executor, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::StoreResult;

const CONNECTIONS: u32 = 20;
/// More than there are statements, each in seven sizes (`store/many.rs`): one that is forgotten has to be planned again.
const STATEMENTS: usize = 512;
/// Every statement asks for few rows by an index, whatever the tables hold by now. PostgreSQL, going by what it knows of a
/// young table or a slow disk, would rather read a whole table for a set of 64 rows.
const PLANNING: &str = "set random_page_cost = 1.1; set enable_hashjoin = off;
     set enable_mergejoin = off; set jit = off";

/// Opens a pool. Migrations take a lock of their own, so nodes may start at once.
pub(super) async fn open(url: &str) -> StoreResult<PgPool> {
    let options = PgConnectOptions::from_str(url)?.application_name("parlance").statement_cache_capacity(STATEMENTS);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(5))
        .after_connect(|conn, _| Box::pin(async move { conn.execute(PLANNING).await.map(drop) }))
        .connect_with(options)
        .await?;
    sqlx::migrate!("./migrations/postgres").run(&pool).await?;
    Ok(pool)
}

/// Analyzes tables that have at least doubled since that was done last; their names.
pub(super) async fn analyze_grown(pool: &PgPool) -> StoreResult<Vec<String>> {
    // In pages, which are there at once: the counts of rows come late.
    let sql = "select quote_ident(relname) from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace
               and pg_relation_size(oid) > 2 * greatest(relpages, 1) * current_setting('block_size')::bigint";
    let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(pool).await?;
    for table in &tables {
        // Another node may be about to do the same.
        pool.execute(AssertSqlSafe(format!("analyze (skip_locked) {table}"))).await?;
    }
    Ok(tables)
}
