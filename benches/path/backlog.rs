//! Deliveries that lie in a database from the start, as if they had come while ingest stood still.

use std::{str::FromStr, time::UNIX_EPOCH};

use sqlx::{Connection, PgConnection, Postgres, QueryBuilder, Sqlite, SqliteConnection, sqlite::SqliteConnectOptions};
use uuid::Uuid;

use crate::{support::Result, traffic::Traffic};

/// Rows of one insert: below the 32766 parameters that SQLite takes.
const ROWS: usize = 200;

/// Inserts a number of signed deliveries into the product's table.
pub(crate) async fn insert(url: &str, traffic: &Traffic, count: u64) -> Result<()> {
    if url.starts_with("postgres") {
        insert_into_postgres(url, traffic, count).await
    } else {
        insert_into_sqlite(url, traffic, count).await
    }
}

/// What the product's intake would have written.
struct Row {
    id: Uuid,
    integration: Uuid,
    body: Vec<u8>,
}

fn row(traffic: &Traffic, text: &mut String) -> Result<Row> {
    let target = traffic.body(traffic.next(), text).ok_or("there are no numbers")?;
    let integration = target.path.rsplit('/').next().unwrap_or_default().parse()?;
    Ok(Row { id: Uuid::now_v7(), integration, body: text.clone().into_bytes() })
}

/// The same on both databases, whose types are different.
macro_rules! insert_backlog {
    ($conn:expr, $dialect:ty, $traffic:expr, $count:expr) => {{
        let workspace: Uuid = sqlx::query_scalar("select id from workspaces limit 1").fetch_one(&mut $conn).await?;
        let now = UNIX_EPOCH.elapsed().map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
        let mut text = String::new();
        let mut left = usize::try_from($count)?;
        let mut transaction = $conn.begin().await?;
        while left > 0 {
            let rows = (0..left.min(ROWS)).map(|_| row($traffic, &mut text)).collect::<Result<Vec<_>>>()?;
            left -= rows.len();
            let mut insert = QueryBuilder::<$dialect>::new(
                "insert into deliveries (id, workspace_id, integration_id, channel, size, state, received_at) ",
            );
            insert.push_values(&rows, |mut values, row| {
                let size = i64::try_from(row.body.len()).unwrap_or(i64::MAX);
                values.push_bind(row.id).push_bind(workspace).push_bind(row.integration).push_bind("whatsapp");
                values.push_bind(size).push_bind("waiting").push_bind(now);
            });
            insert.build().execute(&mut *transaction).await?;
            let mut insert = QueryBuilder::<$dialect>::new("insert into delivery_bodies (id, body) ");
            insert.push_values(rows, |mut values, row| {
                values.push_bind(row.id).push_bind(row.body);
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
