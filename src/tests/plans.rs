//! How databases look for rows. A plan that goes through a whole table shows with no test and no small database: it makes
//! everything slower, a little with every message there ever was.

use std::{collections::BTreeSet, fs};

use axum::http::StatusCode;
use serde_json::json;
use sqlx::{AssertSqlSafe, Row};
use uuid::Uuid;

use super::{
    app::{Database, TestApp, change, status, text_message, webhook},
    on_both_databases, source,
};
use crate::server::{
    pipeline::sweep,
    store::{Conn, Line, StoreResult, postgres::GROWING},
    writer::Priority,
};

on_both_databases!(planners_learn_of_tables_that_grew,);

/// Customers who write at once: enough for the largest statements.
const CUSTOMERS: usize = 130;

/// What may be gone through: rows that come with the statement, queues by an index that holds nothing but the queue, and
/// what stays small.
const SHORT: [&str; 13] = [
    "CONSTANT ROW",
    "VALUES CLAUSE",
    "INDEX deliveries_waiting",
    "INDEX deliveries_working",
    "INDEX conversations_unanswered",
    "INDEX messages_due",
    "parked_statuses",
    "INDEX integrations_by_id",
    "INDEX chatbots_idle",
    "workspaces",
    // Who was dismissed, for the second until the sweep has seen to it.
    "releases",
    "_sqlx_migrations",
    "sqlite_stmt",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_of_the_message_path_goes_through_a_table_that_grows() {
    let app = TestApp::start(Database::Sqlite).await;
    let number = app.number().await;
    for round in 0..2 {
        let messages: Vec<_> = (0..CUSTOMERS)
            .map(|i| text_message(&format!("wamid.{round}.{i}"), &format!("4915{i:08}"), "opening hours"))
            .collect();
        assert_eq!(app.deliver(&number, webhook(&[change(&number, &messages, &[])])).await, StatusCode::OK);
        app.settle().await;
    }
    let reports: Vec<_> = app.graph.sent().iter().map(|sent| status(&sent.wamid, "delivered")).collect();
    assert_eq!(app.deliver(&number, webhook(&[change(&number, &[], &reports)])).await, StatusCode::OK);
    app.settle().await;
    sweep::clean(&app.state).await.unwrap();
    // Everybody waits for a person, and then the bots have all of them again.
    let sql = "update conversations set waiting_since = 1, mode = 'human', person_at = 1
               where workspace_id in (select id from workspaces)";
    app.execute(sql).await;
    app.ok("conversations/list", json!({"waiting": true})).await;
    app.ok("conversations/list", json!({"channel": "web"})).await;
    app.ok("conversations/waiting", json!({})).await;
    app.settle().await;

    let mut statements: BTreeSet<String> = app
        .state
        .writer
        .write(Priority::Bulk, Uuid::nil(), (), |conn, ()| Box::pin(prepared(conn)))
        .await
        .unwrap()
        .into_iter()
        .collect();
    let mut readers = Vec::new();
    for _ in 0..8 {
        readers.push(app.state.store.read().await.unwrap());
    }
    for reader in &mut readers {
        statements.extend(prepared(reader).await.unwrap());
    }
    assert!(statements.iter().any(|sql| sql.starts_with("insert into messages") && sql.len() > 2000), "no large set");
    let mut slow = Vec::new();
    // The clean-up looks at a limited number of the oldest and no further.
    let looks_at_oldest = |sql: &&String| sql.contains("order by id limit $2) as oldest");
    // Nor are the tables made on the path.
    let files = fs::read_dir(source::root().join("migrations/sqlite")).unwrap();
    let migrations: String = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let migrates = |sql: &&String| migrations.contains(sql.trim());
    for sql in statements.iter().filter(|sql| !looks_at_oldest(sql) && !migrates(sql)) {
        let Line::Sqlite(reader) = readers[0].line() else { panic!("not SQLite") };
        let explain = AssertSqlSafe(format!("explain query plan {sql}"));
        let steps = sqlx::query(explain).fetch_all(&mut **reader).await.unwrap();
        let steps: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
        for step in &steps {
            // What the statement itself has gathered before.
            let is_gathered = |what: &str| {
                steps.iter().any(|s| [format!("MATERIALIZE {what}"), format!("CO-ROUTINE {what}")].contains(s))
            };
            let goes_through = step.strip_prefix("SCAN ").is_some_and(|what| !is_gathered(what));
            if goes_through && !SHORT.iter().any(|short| step.contains(short)) || step.contains("AUTOMATIC") {
                slow.push(format!("{step}: {}", sql.chars().take(300).collect::<String>()));
            }
        }
    }
    assert!(slow.is_empty(), "{} of {}:\n{}", slow.len(), statements.len(), slow.join("\n\n"));
}

/// The statements that a connection has prepared and that ask for rows.
async fn prepared(conn: &mut Conn) -> StoreResult<Vec<String>> {
    let Line::Sqlite(conn) = conn.line() else { panic!("not SQLite") };
    let sql = "select sql from sqlite_stmt where sql not like 'explain%' and sql not like 'pragma%'
               and sql not like '%kept_attempts%' and sql not like '%whose owner never changed it%'
               and (sql like '%select%' or sql like '%update%' or sql like '%delete%' or sql like 'insert%')";
    Ok(sqlx::query_scalar(sql).fetch_all(&mut **conn).await?)
}

async fn planners_learn_of_tables_that_grew(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.state.store.analyze_grown().await.unwrap();
    let messages: Vec<_> =
        (0..CUSTOMERS).map(|i| text_message(&format!("wamid.{i}"), &format!("4915{i:08}"), "opening hours")).collect();
    assert_eq!(app.deliver(&number, webhook(&[change(&number, &messages, &[])])).await, StatusCode::OK);
    app.settle().await;
    let grown = app.state.store.analyze_grown().await.unwrap();
    if matches!(database, Database::Sqlite) {
        assert!(grown.is_empty(), "its plans do not depend on it");
        return;
    }
    for table in ["messages", "conversations"] {
        assert!(grown.iter().any(|name| name == table), "{table} is not among {grown:?}");
    }
    assert_eq!(app.state.store.analyze_grown().await.unwrap(), Vec::<String>::new(), "once");
}

/// Tables that stay small, or are not on the way of a message. Every other one has to be analyzed as it grows, or PostgreSQL keeps
/// the plans that it made while it was empty.
const SMALL: [&str; 19] = [
    "users",
    "invitations",
    "second_factors",
    "recovery_codes",
    "workspaces",
    "installation",
    "memberships",
    "sessions",
    "api_tokens",
    "sign_in_failures",
    "chatbots",
    "knowledge_items",
    "contact_fields",
    "delivery_routes",
    "webhook_counts",
    "erasures",
    "nodes",
    "labels",
    "releases",
];

#[test]
fn postgresql_plans_for_every_table_that_grows() {
    let folder = source::root().join("migrations/postgres");
    let text: String =
        fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let tables = text.lines().filter_map(|line| line.strip_prefix("create table ")?.split_whitespace().next());
    let forgotten: Vec<&str> = tables.filter(|t| !SMALL.contains(t) && !GROWING.contains(t)).collect();
    assert!(forgotten.is_empty(), "is it small, or does it grow? {forgotten:?}");
}
