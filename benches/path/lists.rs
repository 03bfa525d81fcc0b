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

/// The goal for the slowest hundredth of counts, in microseconds.
const COUNTS_GOAL: f64 = 50_000.0;

/// What is asked for, and whether there is anything of it. Conversations are on WhatsApp and open, but for each tenth, which is
/// resolved; each seventh is somebody's of fifty (the owner is one), each third has something unread, each fifth one label and
/// each thousandth another.
fn lists() -> [(&'static str, Value); 14] {
    let label = |n: u8| format!("00000000-0000-7000-8000-0000000000{n:02}");
    [
        ("all", json!({})),
        ("open", json!({"status": "open"})),
        ("website, none there", json!({"channel": "web"})),
        ("resolved", json!({"status": "resolved"})),
        ("website and snoozed, none there", json!({"channel": "web", "status": "snoozed"})),
        ("WhatsApp and resolved", json!({"channel": "whatsapp", "status": "resolved"})),
        ("mine", json!({"assignee": "mine"})),
        ("nobody's", json!({"assignee": "none"})),
        ("mine and open", json!({"assignee": "mine", "status": "open"})),
        ("unread", json!({"unread": true})),
        ("mine and unread", json!({"assignee": "mine", "unread": true})),
        ("nobody's and unread", json!({"assignee": "none", "unread": true})),
        ("with a label and open", json!({"label": label(1), "status": "open"})),
        ("with a rare label", json!({"label": label(2)})),
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
        let first = api.call("conversations/list", filter.clone()).await?;
        let mut pages = vec![(String::new(), "conversations/list", filter.clone(), GOAL)];
        let mut following = filter.clone();
        if let (Some(next), Some(asked)) =
            (first.get("next").filter(|next| next.is_string()), following.as_object_mut())
        {
            asked.insert("before".to_owned(), next.clone());
            pages.push((", following page".to_owned(), "conversations/list", following, GOAL));
        }
        pages.push((", counts".to_owned(), "conversations/count", filter, COUNTS_GOAL));
        for (what, operation, input, goal) in pages {
            let mut times = Times::default();
            for _ in 0..TIMES {
                let asked = Instant::now();
                api.call(operation, input.clone()).await?;
                times.record(asked.elapsed());
            }
            let slowest = times.quantile(0.99);
            let figures = format!("{} / {}", millis(times.quantile(0.5)), millis(slowest));
            let row = Row::new(format!("list of {many}, {name}{what}: p50 / p99"), figures);
            table.add(row.goal(if goal == GOAL { "p99 < 25 ms" } else { "p99 < 50 ms" }, slowest < goal));
        }
    }
    run.finish().await
}

/// The numbers 1 to `$count` as `n`, and a new id, as each dialect writes them.
const SQLITE: (&str, &str) = (
    "(with recursive counted(n) as (select 1 union all select n + 1 from counted where n < $count) select n from counted) as counted",
    "randomblob(16)",
);
const POSTGRES: (&str, &str) = ("generate_series(1, $count) as counted(n)", "gen_random_uuid()");

fn statements((numbers, id): (&str, &str), dialect: Dialect, count: u64) -> Vec<String> {
    let numbers = numbers.replace("$count", &count.to_string());
    // Fifty people, of whom the first is the owner; and two labels.
    let (someone, label) = match dialect {
        Dialect::Sqlite => (
            "case when k.created_at % 50 = 0 then (select user_id from memberships limit 1)
               else cast(printf('%016d', k.created_at % 50) as blob) end",
            (|n: u8| format!("x'0000000000007000800000000000000{n}'")) as fn(u8) -> String,
        ),
        Dialect::Postgres => (
            "case when k.created_at % 50 = 0 then (select user_id from memberships limit 1)
               else ('00000000-0000-7000-9000-0000000000' || lpad((k.created_at % 50)::text, 2, '0'))::uuid end",
            (|n: u8| format!("'00000000-0000-7000-8000-00000000000{n}'::uuid")) as fn(u8) -> String,
        ),
    };
    let mut all = vec![
        format!(
            "insert into contacts (workspace_id, id, name, phone, created_at, updated_at)
             select w.id, {id}, 'Customer ' || n, '49' || (15100000000 + n), n, n from workspaces w, {numbers}"
        ),
        format!(
            "insert into conversations (workspace_id, id, contact_id, integration_id, chatbot_id, channel, session_id, mode, status,
               last_seq, preview, last_message_at, last_inbound_at, created_at, updated_at, unread, assignee_id)
             select k.workspace_id, {id}, k.id, i.id, i.chatbot_id, 'whatsapp', k.phone, 'bot',
               case when k.created_at % 10 = 0 then 'resolved' else 'open' end,
               1, 'What are your opening hours?', 1750000000000 + k.created_at, 1750000000000 + k.created_at, k.created_at, 1,
               case when k.created_at % 3 = 0 then 1 else 0 end, case when k.created_at % 7 = 0 then {someone} end
             from contacts k join (select * from integrations where channel = 'whatsapp' limit 1) as i on i.workspace_id = k.workspace_id"
        ),
    ];
    for (n, every) in [(1, 5), (2, 1000)] {
        let label = label(n);
        all.push(format!(
            "insert into labels (workspace_id, id, name, name_key, colour, created_at)
             select id, {label}, 'Label {n}', 'label {n}', 'red', 1 from workspaces"
        ));
        all.push(format!(
            "update conversations set labelled = 1 where created_at % {every} = 0 and workspace_id in (select id from workspaces)"
        ));
        all.push(format!(
            "insert into conversation_labels (workspace_id, conversation_id, label_id, channel, status, last_message_at)
             select workspace_id, id, {label}, channel, status, last_message_at from conversations where created_at % {every} = 0"
        ));
    }
    all.push("analyze".to_owned());
    all
}

async fn insert(dialect: Dialect, url: &str, count: u64) -> Result<()> {
    match dialect {
        Dialect::Sqlite => {
            let mut conn = SqliteConnection::connect_with(&SqliteConnectOptions::from_str(url)?).await?;
            for sql in statements(SQLITE, dialect, count) {
                sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await?;
            }
            Ok(conn.close().await?)
        }
        Dialect::Postgres => {
            let mut conn = PgConnection::connect(url).await?;
            for sql in statements(POSTGRES, dialect, count) {
                sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await?;
            }
            Ok(conn.close().await?)
        }
    }
}
