//! Customers who write to a number that has a campaign to send: their answers do not wait for it.

use std::{
    str::FromStr,
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    load::Sender,
    sides::Bench,
    support::{Result, database::Dialect},
    table::{Row, Table, as_float, millis, say, thousands},
    throughput::wait_for_answers,
    times::Times,
    traffic::{Traffic, World},
};

/// What a number may send in a second: with it a campaign of 100,000 takes twenty minutes.
const RATE: &str = "80";
/// Time between customers' messages.
const PAUSE: Duration = Duration::from_millis(100);
/// Messages that do not count.
const WARM_UP: u64 = 20;

/// Answers by a number without and with a campaign waiting.
pub(crate) async fn replies(bench: &Bench<'_>, table: &mut Table) -> Result<()> {
    bench.double.take_time(Duration::ZERO, Duration::ZERO);
    let count = bench.options.campaign();
    for waiting in [0, count] {
        let (times, sent) = beside(bench, waiting).await?;
        let name = format!("answers by a number with a campaign of {}: p50 / p99", thousands(as_float(waiting)));
        table.add(Row::new(name, format!("{} / {}", millis(times.quantile(0.5)), millis(times.quantile(0.99)))));
        if waiting > 0 {
            let per_second = as_float(sent) / bench.options.seconds();
            table.add(Row::new("the campaign meanwhile", format!("{per_second:.0} messages/s of {RATE}")));
        }
    }
    Ok(())
}

/// How long answers took during a campaign of this size, and how many of its messages were sent.
async fn beside(bench: &Bench<'_>, waiting: u64) -> Result<(Times, u64)> {
    say(&format!("  answering beside a campaign of {}", thousands(as_float(waiting))));
    bench.counts().forget();
    let place = bench.copy_template().await?;
    insert(bench.dialect, &place.url, waiting).await?;
    let run = bench.start_product_with(place, &[("PARLANCE_RATE_PER_NUMBER", RATE)]).await?;
    // All customers write to the number that has the campaign.
    let only = bench.world.targets.first().cloned().into_iter().collect();
    let traffic = Traffic::new(&World { targets: only, customers: bench.world.customers });
    let mut sender = Sender::open(run.server.address).await?;
    let (mut asked, mut begin, mut before) = (Vec::new(), Instant::now(), 0);
    let span = Duration::from_secs_f64(bench.options.seconds());
    while traffic.count() < WARM_UP || begin.elapsed() < span {
        let number = traffic.next();
        if number == WARM_UP {
            (begin, before) = (Instant::now(), bench.counts().total());
        }
        asked.push((number, Instant::now()));
        let status = sender.send(&traffic, number).await?;
        if status != 200 {
            return Err(format!("beside a campaign the product answered {status}").into());
        }
        tokio::time::sleep(PAUSE).await;
    }
    let sent = bench.counts().total().saturating_sub(before);
    wait_for_answers(bench.counts(), u64::MAX, Duration::from_secs(2), Duration::from_secs(2)).await;
    let mut times = Times::default();
    for (number, at) in asked.into_iter().filter(|(number, _)| *number >= WARM_UP) {
        let seen = bench.counts().answer(traffic.key(number)).ok_or("an answer did not come")?;
        times.record(seen.first.saturating_duration_since(at));
    }
    let answers = traffic.count() - WARM_UP;
    run.finish().await?;
    Ok((times, sent.saturating_sub(answers)))
}

/// A campaign to this number of customers of the first number, one message each.
fn statements(dialect: Dialect, count: u64) -> [String; 3] {
    let (numbers, id) = match dialect {
        Dialect::Sqlite => (
            format!(
                "(with recursive counted(n) as (select 1 union all select n + 1 from counted where n < {count}) select n from counted) as counted"
            ),
            "randomblob(16)",
        ),
        Dialect::Postgres => (format!("generate_series(1, {count}) as counted(n)"), "gen_random_uuid()"),
    };
    [
        format!(
            "insert into contacts (workspace_id, id, name, phone, created_at, updated_at)
             select w.id, {id}, 'Customer ' || n, '48' || (15100000000 + n), n, n from workspaces w, {numbers}"
        ),
        format!(
            "insert into conversations (workspace_id, id, contact_id, integration_id, chatbot_id, channel, session_id, mode, status,
               last_seq, reply_wa_id, last_message_at, last_inbound_at, created_at, updated_at)
             select k.workspace_id, {id}, k.id, i.id, i.chatbot_id, 'whatsapp', k.phone, 'bot', 'open', 1, k.phone, 1, 1, 1, 1
             from contacts k join (select * from integrations where channel = 'whatsapp' order by created_at, id limit 1) as i
               on i.workspace_id = k.workspace_id"
        ),
        format!(
            "insert into messages (workspace_id, id, conversation_id, integration_id, channel, direction, author, kind, body, seq, state,
               class, at, created_at, updated_at)
             select v.workspace_id, {id}, v.id, v.integration_id, 'whatsapp', 'outbound', 'user', 'text', 'Spring is here.', 1,
               'queued', 2, 1, 1, 1 from conversations v"
        ),
    ]
}

async fn insert(dialect: Dialect, url: &str, count: u64) -> Result<()> {
    if count == 0 {
        return Ok(());
    }
    match dialect {
        Dialect::Sqlite => {
            let mut conn = SqliteConnection::connect_with(&SqliteConnectOptions::from_str(url)?).await?;
            for sql in statements(dialect, count) {
                sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await?;
            }
            Ok(conn.close().await?)
        }
        Dialect::Postgres => {
            let mut conn = PgConnection::connect(url).await?;
            for sql in statements(dialect, count) {
                sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await?;
            }
            Ok(conn.close().await?)
        }
    }
}
