//! What a killed process cannot prove: that SQLite really waits for the disk, on every connection.

use tempfile::TempDir;

use crate::server::store::{Conn, Line, Store};

async fn pragma(conn: &mut Conn, sql: &'static str) -> String {
    let Line::Sqlite(c) = conn.line() else { panic!("not SQLite") };
    match sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut **c).await {
        Ok(number) => number.to_string(),
        Err(_) => sqlx::query_scalar(sql).fetch_one(&mut **c).await.unwrap(),
    }
}

async fn assert_durable(conn: &mut Conn) {
    // 2 is FULL: a commit has reached the disk when it returns.
    assert_eq!(pragma(conn, "pragma synchronous").await, "2");
    assert_eq!(pragma(conn, "pragma journal_mode").await, "wal");
    assert_eq!(pragma(conn, "pragma foreign_keys").await, "1");
    assert_eq!(pragma(conn, "pragma busy_timeout").await, "5000");
}

#[tokio::test]
async fn every_connection_of_sqlite_is_durable() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}", folder.path().join("parlance.db").display());
    let store = Store::open(&url).await.unwrap();
    assert_durable(&mut store.writer_connection().await.unwrap()).await;
    // All readers at once, so that no connection is looked at twice.
    let mut readers = Vec::new();
    for _ in 0..8 {
        readers.push(store.read().await.unwrap());
    }
    for reader in &mut readers {
        assert_durable(reader).await;
        let Line::Sqlite(c) = reader.line() else { panic!("not SQLite") };
        assert!(sqlx::query("delete from deliveries").execute(&mut **c).await.is_err(), "a reader that writes");
    }
}

/// Before 3.51.3 a checkpoint that races a write may corrupt a database in WAL mode.
#[tokio::test]
async fn sqlite_is_new_enough_for_its_write_ahead_log() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&format!("sqlite://{}", folder.path().join("parlance.db").display())).await.unwrap();
    let version = pragma(&mut store.read().await.unwrap(), "select sqlite_version()").await;
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().unwrap()).collect();
    assert!(parts >= vec![3, 51, 3], "{version}");
}
