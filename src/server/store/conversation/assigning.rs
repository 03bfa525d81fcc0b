//! Whose a conversation is: its assignee looks after it, whoever answers just now (`person_id`) or the bot.
//!
//! People assign each other. What is nobody's becomes theirs who take it over or write in it first: the statements that write
//! `person_id` see to that (`set_mode`, `append`). When somebody is let in no more, what they had is nobody's again.

use sqlx::FromRow;

use crate::{
    domain::{
        Millis,
        ids::{ConversationId, UserId, WorkspaceId},
        listing::Colleague,
    },
    server::store::{Conn, Dialect, StoreResult, message::LinePlace, on},
};

/// Gives a conversation to somebody, or to nobody; `false` when it was theirs already or there is no such conversation.
pub async fn assign(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    to: Option<UserId>,
    now: Millis,
) -> StoreResult<bool> {
    let sql = "update conversations set assignee_id = $3, updated_at = $4
               where workspace_id = $1 and id = $2 and assignee_id is distinct from $3";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(to).bind(now).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

#[derive(FromRow)]
struct ColleagueRow {
    id: UserId,
    name: String,
}

/// Who can be assigned something: the members who are let in, by name.
pub async fn list_colleagues(conn: &mut Conn, workspace_id: WorkspaceId) -> StoreResult<Vec<Colleague>> {
    let sql = "select u.id, u.name from memberships m join users u on u.id = m.user_id
               where m.workspace_id = $1 and u.disabled_at is null and m.disabled_at is null order by lower(u.name), u.id";
    let rows: Vec<ColleagueRow> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|row| Colleague { id: row.id, name: row.name }).collect())
}

/// Orders that what somebody has in a workspace goes back to the queue: within the transaction that lets them in no more.
/// The sweep carries it out in portions ([`release_some`]), for there may be thousands.
pub async fn release_of_user(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    user_id: UserId,
    now: Millis,
) -> StoreResult<()> {
    let sql = "insert into releases (workspace_id, user_id, created_at) values ($1, $2, $3)
               on conflict (workspace_id, user_id) do nothing";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(user_id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Whose conversations are to go back, each in their workspace.
pub async fn list_releases(conn: &mut Conn) -> StoreResult<Vec<(WorkspaceId, UserId)>> {
    let sql = "select workspace_id, user_id from releases order by created_at limit 100";
    Ok(on!(conn, c => sqlx::query_as(sql).fetch_all(c).await)?)
}

/// Takes an order back when they are let in again meanwhile; whether they are.
pub async fn keep_of_user(conn: &mut Conn, workspace_id: WorkspaceId, user_id: UserId) -> StoreResult<bool> {
    let sql = "delete from releases where workspace_id = $1 and user_id = $2 and exists (select 1 from memberships m
               join users u on u.id = m.user_id where m.workspace_id = $1 and m.user_id = $2 and m.disabled_at is null
               and u.disabled_at is null)";
    let rows =
        on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(user_id).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// A conversation that is nobody's again.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Released {
    #[sqlx(flatten)]
    pub place: LinePlace,
    /// It is resolved, and nobody has to be told.
    pub resolved: bool,
}

/// Takes some of what somebody has from them, each that is not resolved with a place for the line that says so; an order that has
/// nothing left is done. Whom they answered waits for whoever comes.
pub async fn release_some(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    user_id: UserId,
    limit: i64,
    now: Millis,
) -> StoreResult<Vec<Released>> {
    macro_rules! update {
        ($ids:literal, $tail:literal) => {
            concat!(
                "update conversations set assignee_id = null, person_id = case when person_id = $2 then null else person_id end,
                 last_seq = case when status = 'resolved' then last_seq else last_seq + 1 end, updated_at = $4
                 where workspace_id = $1 and id ",
                $ids,
                "(select v.id from conversations v where v.workspace_id = $1 and v.assignee_id = $2 ",
                $tail,
                " returning workspace_id, id as conversation_id, integration_id, channel, last_seq as seq, status = 'resolved' as resolved"
            )
        };
    }
    let sql = match conn.dialect() {
        Dialect::Sqlite => update!("in ", "limit $3)"),
        // As an array, which is made once: of rows that are locked already a join would pass by, and take the next ones.
        Dialect::Postgres => update!("= any (array", "limit $3 for no key update of v skip locked))"),
    };
    let released: Vec<Released> = on!(&mut *conn, c => sqlx::query_as(sql).bind(workspace_id).bind(user_id).bind(limit)
        .bind(now).fetch_all(c).await)?;
    let done =
        "delete from releases where workspace_id = $1 and user_id = $2 and not exists (select 1 from conversations v
                where v.workspace_id = $1 and v.assignee_id = $2)";
    on!(conn, c => sqlx::query(done).bind(workspace_id).bind(user_id).execute(c).await.map(drop))?;
    Ok(released)
}
