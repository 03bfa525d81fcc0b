//! The inbox of a business with a million conversations: lists with filters, also with one that lets nothing through.

use std::{str::FromStr, time::Instant};

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    sides::Bench,
    support::{Result, api::Api, database::Dialect},
    table::{Row, Table, as_float, millis, say, thousands},
    times::Times,
};

/// How often each list is asked for.
const TIMES: usize = 300;
/// The goal for the slowest hundredth, in microseconds.
const GOAL: f64 = 25_000.0;

/// What is asked for, and whether there is anything of it: all conversations are open ones on WhatsApp.
fn lists() -> [(&'static str, Value); 5] {
    [
        ("all", json!({})),
        ("open", json!({"status": "open"})),
        ("website, none there", json!({"channel": "web"})),
        ("resolved, none there", json!({"status": "resolved"})),
        ("website and snoozed, none there", json!({"channel": "web", "status": "snoozed"})),
    ]
}

pub(crate) async fn filters(bench: &Bench<'_>, table: &mut Table) -> Result<()> {
    let count = bench.options.conversations();
    let many = thousands(as_float(count));
    say(&format!("  laying {many} conversations into the database"));
    let place = bench.copy_template().await?;
    insert(bench.dialect, &place.url, count).await?;
    let run = bench.start_product(place).await?;
    let api = Api::new(run.server.address, &bench.token)?;
    for (name, filter) in lists() {
        let mut times = Times::default();
        for _ in 0..TIMES {
            let asked = Instant::now();
            api.call("conversations/list", filter.clone()).await?;
            times.record(asked.elapsed());
        }
        let slowest = times.quantile(0.99);
        let figures = format!("{} / {}", millis(times.quantile(0.5)), millis(slowest));
        let row = Row::new(format!("list of {many}, {name}: p50 / p99"), figures);
        table.add(row.goal("p99 < 25 ms", slowest < GOAL));
    }
    run.finish().await
}

/// The numbers 1 to `$count` as `n`, and a new id, as each dialect writes them.
const SQLITE: (&str, &str) = (
    "(with recursive counted(n) as (select 1 union all select n + 1 from counted where n < $count) select n from counted) as counted",
    "randomblob(16)",
);
const POSTGRES: (&str, &str) = ("generate_series(1, $count) as counted(n)", "gen_random_uuid()");

fn statements((numbers, id): (&str, &str), count: u64) -> [String; 3] {
    let numbers = numbers.replace("$count", &count.to_string());
    [
        format!(
            "insert into contacts (workspace_id, id, name, phone, created_at, updated_at)
             select w.id, {id}, 'Customer ' || n, '49' || (15100000000 + n), n, n from workspaces w, {numbers}"
        ),
        format!(
            "insert into conversations (workspace_id, id, contact_id, integration_id, chatbot_id, channel, session_id, mode, status,
               last_seq, preview, last_message_at, last_inbound_at, created_at, updated_at)
             select k.workspace_id, {id}, k.id, i.id, i.chatbot_id, 'whatsapp', k.phone, 'bot', 'open',
               1, 'What are your opening hours?', 1750000000000 + k.created_at, 1750000000000 + k.created_at, 1, 1
             from contacts k join (select * from integrations where channel = 'whatsapp' limit 1) as i on i.workspace_id = k.workspace_id"
        ),
        "analyze".to_owned(),
    ]
}

async fn insert(dialect: Dialect, url: &str, count: u64) -> Result<()> {
    match dialect {
        Dialect::Sqlite => {
            let mut conn = SqliteConnection::connect_with(&SqliteConnectOptions::from_str(url)?).await?;
            for sql in statements(SQLITE, count) {
                sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await?;
            }
            Ok(conn.close().await?)
        }
        Dialect::Postgres => {
            let mut conn = PgConnection::connect(url).await?;
            for sql in statements(POSTGRES, count) {
                sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await?;
            }
            Ok(conn.close().await?)
        }
    }
}
