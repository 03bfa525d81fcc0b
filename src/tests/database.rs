//! The database of a test: a new one each, what is in it, and how it goes away.

use sqlx::{Connection, Executor};
use tempfile::TempDir;
use uuid::Uuid;

use super::app::TestApp;
use crate::server::{
    store::{StoreResult, on},
    writer::Priority,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

pub(crate) async fn fresh_database(database: Database, folder: &TempDir) -> String {
    match database {
        Database::Sqlite => format!("sqlite://{}", folder.path().join("parlance.db").display()),
        Database::Postgres => {
            let url = std::env::var("PARLANCE_TEST_POSTGRES_URL")
                .expect("PARLANCE_TEST_POSTGRES_URL is not set: run the tests with scripts/with-postgres.sh");
            let name = format!("test_{}", Uuid::new_v4().simple());
            let mut admin = sqlx::PgConnection::connect(&url).await.unwrap();
            admin.execute(sqlx::AssertSqlSafe(format!("create database {name}"))).await.unwrap();
            let (base, query) = url.split_once('?').unwrap_or((&url, ""));
            let (server, _) = base.rsplit_once('/').unwrap();
            format!("{server}/{name}?{query}")
        }
    }
}

impl TestApp {
    /// Takes the database away as it happens in life: locked by another process, or refusing connections.
    pub(crate) async fn take_database_away(&self) -> Outage {
        if self.database_url.starts_with("sqlite") {
            let mut conn = sqlx::SqliteConnection::connect(&self.database_url).await.unwrap();
            conn.execute("begin immediate").await.unwrap();
            return Outage::Locked(conn);
        }
        let name = self.database_url.split("/test_").nth(1).unwrap().split('?').next().unwrap();
        let database = format!("test_{name}");
        let mut admin =
            sqlx::PgConnection::connect(&std::env::var("PARLANCE_TEST_POSTGRES_URL").unwrap()).await.unwrap();
        admin
            .execute(sqlx::AssertSqlSafe(format!("alter database {database} with allow_connections false")))
            .await
            .unwrap();
        let kill = format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'");
        admin.execute(sqlx::AssertSqlSafe(kill)).await.unwrap();
        Outage::Closed { admin, database }
    }

    /// A count from the database.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        let mut conn = self.state.store.read().await.unwrap();
        on!(&mut conn, c => sqlx::query_scalar(sql).fetch_one(c).await).unwrap()
    }

    /// Changes the database behind the server's back, as another node would.
    pub(crate) async fn execute(&self, sql: &'static str) {
        let done: StoreResult<()> = self
            .state
            .writer
            .write(Priority::Interactive, Uuid::nil(), sql, |conn, sql| {
                Box::pin(async move {
                    on!(conn, c => sqlx::query(*sql).execute(c).await.map(drop))?;
                    Ok(())
                })
            })
            .await;
        done.unwrap();
    }

    /// Bytes from the database.
    pub(crate) async fn blobs(&self, sql: &'static str) -> Vec<Vec<u8>> {
        let mut conn = self.state.store.read().await.unwrap();
        on!(&mut conn, c => sqlx::query_scalar(sql).fetch_all(c).await).unwrap()
    }

    /// Texts from the database.
    pub(crate) async fn texts(&self, sql: &'static str) -> Vec<String> {
        let mut conn = self.state.store.read().await.unwrap();
        on!(&mut conn, c => sqlx::query_scalar(sql).fetch_all(c).await).unwrap()
    }
}

/// A database that cannot be written to, until it ends.
pub(crate) enum Outage {
    /// Another process holds the lock.
    Locked(sqlx::SqliteConnection),
    /// The server lets nobody in.
    Closed { admin: sqlx::PgConnection, database: String },
}

impl Outage {
    pub(crate) async fn end(self) {
        match self {
            Self::Locked(mut conn) => drop(conn.execute("rollback").await.unwrap()),
            Self::Closed { mut admin, database } => {
                let sql = format!("alter database {database} with allow_connections true");
                admin.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
            }
        }
    }
}
