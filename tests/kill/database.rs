//! The database, looked into from outside.

use sqlx::{Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};
use uuid::Uuid;

/// A stored message of a customer.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Inbound {
    pub(crate) wamid: String,
    pub(crate) conversation_id: Uuid,
}

/// A stored answer.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Outbound {
    pub(crate) id: Uuid,
    pub(crate) conversation_id: Uuid,
    pub(crate) state: String,
    /// The customer's phone number.
    pub(crate) customer: String,
}

/// What still waits.
#[derive(Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Backlog {
    deliveries: i64,
    turns: i64,
    messages: i64,
    /// Sends whose fate may yet show.
    in_doubt: i64,
}

impl Backlog {
    pub(crate) const NONE: Self = Self { deliveries: 0, turns: 0, messages: 0, in_doubt: 0 };
}

/// A connection that only reads.
pub(crate) enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

macro_rules! on {
    ($database:expr, $c:ident => $body:expr) => {
        match $database {
            Database::Sqlite($c) => $body,
            Database::Postgres($c) => $body,
        }
    };
}

impl Database {
    pub(crate) async fn connect(url: &str) -> Self {
        if url.starts_with("sqlite") {
            let options: SqliteConnectOptions = url.parse().unwrap();
            return Self::Sqlite(SqliteConnection::connect_with(&options.read_only(true)).await.unwrap());
        }
        Self::Postgres(PgConnection::connect(url).await.unwrap())
    }

    pub(crate) async fn inbound(&mut self) -> Vec<Inbound> {
        let sql = "select external_message_id as wamid, conversation_id from messages where direction = 'inbound'";
        on!(self, c => sqlx::query_as(sql).fetch_all(c).await).unwrap()
    }

    pub(crate) async fn outbound(&mut self) -> Vec<Outbound> {
        let sql = "select m.id, m.conversation_id, m.state, v.session_id as customer from messages m
                   join conversations v on v.workspace_id = m.workspace_id and v.id = m.conversation_id
                   where m.direction = 'outbound'";
        on!(self, c => sqlx::query_as(sql).fetch_all(c).await).unwrap()
    }

    /// The conversations of episodes that are open and answered by the bot; one that has several stands there as often.
    pub(crate) async fn answered_episodes(&mut self) -> Vec<Uuid> {
        let sql = "select conversation_id from episodes
                   where resolved_at is null and first_answered_by = 'bot' and first_person_at is null";
        on!(self, c => sqlx::query_scalar(sql).fetch_all(c).await).unwrap()
    }

    pub(crate) async fn episodes(&mut self) -> i64 {
        on!(self, c => sqlx::query_scalar("select count(*) from episodes").fetch_one(c).await).unwrap()
    }

    pub(crate) async fn backlog(&mut self) -> Backlog {
        let now = i64::try_from(time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap();
        let sql = "select (select count(*) from deliveries where state <> 'done') as deliveries,
                   (select count(*) from conversations where inbound_seq > answered_seq) as turns,
                   (select count(*) from messages where state in ('queued', 'sending')) as messages,
                   (select count(*) from messages where state = 'unknown' and next_attempt_at > $1) as in_doubt";
        on!(self, c => sqlx::query_as(sql).bind(now).fetch_one(c).await).unwrap()
    }

    /// The places of all live events behind that one, in their order.
    pub(crate) async fn events_after(&mut self, (xact, id): (i64, i64)) -> Vec<(i64, i64)> {
        let sql = "select xact, id from events where (xact, id) > ($1, $2) order by xact, id";
        on!(self, c => sqlx::query_as(sql).bind(xact).bind(id).fetch_all(c).await).unwrap()
    }

    /// Whether a server that dies now may have died once too often over one of the deliveries: then the product gives it up, as
    /// one that kills it.
    pub(crate) async fn is_on_the_brink(&mut self) -> bool {
        let sql = "select count(*) from deliveries where cut_off >= 3 and state <> 'done'";
        let found: Result<i64, _> = on!(self, c => sqlx::query_scalar(sql).fetch_one(c).await);
        // While a server that was killed is starting again, SQLite's file may not be readable.
        found.is_ok_and(|count| count > 0)
    }

    pub(crate) async fn dead_letters(&mut self) -> Vec<String> {
        on!(self, c => sqlx::query_scalar("select reason from dead_letters").fetch_all(c).await).unwrap()
    }

    /// What SQLite finds wrong with its file.
    pub(crate) async fn damage(&mut self) -> Vec<String> {
        let Self::Sqlite(c) = self else { return Vec::new() };
        let mut found: Vec<String> = sqlx::query_scalar("pragma integrity_check").fetch_all(&mut *c).await.unwrap();
        found.retain(|line| line != "ok");
        let orphans = sqlx::query("pragma foreign_key_check").fetch_all(c).await.unwrap();
        found.extend(orphans.iter().map(|_| "a row without its parent".to_owned()));
        found
    }
}
