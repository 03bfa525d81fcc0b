//! Fresh databases on either engine, copies of a prepared one, and deliveries that lie in one from the start.

use std::{
    fs,
    path::{Path, PathBuf},
    str::FromStr,
    sync::atomic::{AtomicU64, Ordering},
    time::UNIX_EPOCH,
};

use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, Postgres, QueryBuilder, Sqlite, SqliteConnection,
    sqlite::SqliteConnectOptions,
};
use uuid::Uuid;

use crate::{
    options::{Engine, postgres_url},
    support::Result,
    traffic::Traffic,
};

/// Rows of one insert: below the 32766 parameters that SQLite takes.
const ROWS: usize = 200;

/// A folder for data, and with PostgreSQL a database beside it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    pub(crate) url: String,
    /// The database's name on the PostgreSQL server.
    name: Option<String>,
}

impl Place {
    /// An empty one.
    pub(crate) async fn create(engine: Engine, dir: &Path) -> Result<Self> {
        Self::make(engine, dir, None).await
    }

    /// A copy; nobody may be using the original.
    pub(crate) async fn copy(&self, dir: &Path) -> Result<Self> {
        let engine = if self.name.is_some() { Engine::Postgres } else { Engine::Sqlite };
        let copy = Self::make(engine, dir, self.name.as_deref()).await?;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::copy(entry.path(), copy.folder.join(entry.file_name()))?;
            }
        }
        Ok(copy)
    }

    async fn make(engine: Engine, dir: &Path, template: Option<&str>) -> Result<Self> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let label = format!("bench_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let folder = dir.join(&label);
        fs::create_dir_all(&folder)?;
        if engine == Engine::Sqlite {
            let url = format!("sqlite://{}", folder.join("parlance.db").display());
            return Ok(Self { folder, url, name: None });
        }
        let server = postgres_url().ok_or("PARLANCE_TEST_POSTGRES_URL is not set")?;
        let mut admin = PgConnection::connect(&server).await?;
        let from = template.map(|template| format!(" template {template}")).unwrap_or_default();
        admin.execute(AssertSqlSafe(format!("create database {label}{from}"))).await?;
        let (base, query) = server.split_once('?').unwrap_or((&server, ""));
        let (base, _) = base.rsplit_once('/').ok_or("the PostgreSQL address has no database")?;
        Ok(Self { folder, url: format!("{base}/{label}?{query}"), name: Some(label) })
    }

    /// Removes it, whoever may still be connected.
    pub(crate) async fn remove(self) -> Result<()> {
        fs::remove_dir_all(&self.folder)?;
        if let (Some(name), Some(server)) = (self.name, postgres_url()) {
            let mut admin = PgConnection::connect(&server).await?;
            admin.execute(AssertSqlSafe(format!("drop database if exists {name} with (force)"))).await?;
        }
        Ok(())
    }

    /// Lays signed-off deliveries into the product's table, as if they had come while ingest stood still.
    pub(crate) async fn insert_backlog(&self, traffic: &Traffic, count: u64) -> Result<()> {
        if self.name.is_some() {
            insert_into_postgres(&self.url, traffic, count).await
        } else {
            insert_into_sqlite(&self.url, traffic, count).await
        }
    }
}

/// What the product's intake would have written.
struct Row {
    integration: Uuid,
    body: Vec<u8>,
}

fn row(traffic: &Traffic, text: &mut String) -> Result<Row> {
    let target = traffic.body(traffic.next(), text).ok_or("there are no numbers")?;
    let integration = target.path.rsplit('/').next().unwrap_or_default().parse()?;
    Ok(Row { integration, body: text.clone().into_bytes() })
}

/// The same on both engines, whose types are different.
macro_rules! insert_backlog {
    ($conn:expr, $engine:ty, $traffic:expr, $count:expr) => {{
        let workspace: Uuid = sqlx::query_scalar("select id from workspaces limit 1").fetch_one(&mut $conn).await?;
        let now = UNIX_EPOCH.elapsed().map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
        let mut text = String::new();
        let mut left = usize::try_from($count)?;
        let mut transaction = $conn.begin().await?;
        while left > 0 {
            let rows = (0..left.min(ROWS)).map(|_| row($traffic, &mut text)).collect::<Result<Vec<_>>>()?;
            left -= rows.len();
            let mut insert = QueryBuilder::<$engine>::new(
                "insert into deliveries (id, workspace_id, integration_id, body, size, state, received_at) ",
            );
            insert.push_values(rows, |mut values, row| {
                let size = i64::try_from(row.body.len()).unwrap_or(i64::MAX);
                values.push_bind(Uuid::now_v7()).push_bind(workspace).push_bind(row.integration);
                values.push_bind(row.body).push_bind(size).push_bind("waiting").push_bind(now);
            });
            insert.build().execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
    }};
}

async fn insert_into_sqlite(url: &str, traffic: &Traffic, count: u64) -> Result<()> {
    let mut conn = SqliteConnection::connect_with(&SqliteConnectOptions::from_str(url)?).await?;
    insert_backlog!(conn, Sqlite, traffic, count);
    Ok(conn.close().await?)
}

async fn insert_into_postgres(url: &str, traffic: &Traffic, count: u64) -> Result<()> {
    let mut conn = PgConnection::connect(url).await?;
    insert_backlog!(conn, Postgres, traffic, count);
    Ok(conn.close().await?)
}
