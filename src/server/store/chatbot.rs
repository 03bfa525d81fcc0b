//! Chatbots.

use sqlx::FromRow;

use super::{Conn, StoreResult, on};
use crate::domain::{
    Millis,
    chatbot::{Chatbot, ChatbotFields, EngineKind, SmallTalk},
    ids::{ChatbotId, IntegrationId, WorkspaceId},
};

/// What a chatbot needs to answer.
#[derive(Clone, Debug, FromRow)]
pub struct ChatbotProfile {
    pub id: ChatbotId,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub engine: EngineKind,
    pub greeting: String,
    pub fallback: String,
    #[sqlx(flatten)]
    pub small_talk: SmallTalkRow,
    pub knowledge_version: i64,
}

/// The columns of its small talk.
#[derive(Clone, Debug, Default, FromRow)]
pub struct SmallTalkRow {
    pub hello: String,
    pub thanks: String,
    pub goodbye: String,
    pub insult: String,
    pub person: String,
}

impl From<SmallTalkRow> for SmallTalk {
    fn from(r: SmallTalkRow) -> Self {
        Self { hello: r.hello, thanks: r.thanks, goodbye: r.goodbye, insult: r.insult, person: r.person }
    }
}

#[derive(FromRow)]
struct Row {
    id: ChatbotId,
    name: String,
    #[sqlx(try_from = "String")]
    engine: EngineKind,
    greeting: String,
    fallback: String,
    #[sqlx(flatten)]
    small_talk: SmallTalkRow,
    idle_minutes: i64,
    knowledge_count: i64,
    integration_count: i64,
    website_id: Option<IntegrationId>,
    web_active: bool,
    created_at: Millis,
    updated_at: Millis,
}

impl From<Row> for Chatbot {
    fn from(r: Row) -> Self {
        Self {
            id: r.id,
            name: r.name,
            engine: r.engine,
            greeting: r.greeting,
            fallback: r.fallback,
            small_talk: r.small_talk.into(),
            idle_minutes: r.idle_minutes,
            knowledge_count: r.knowledge_count,
            integration_count: r.integration_count,
            web_active: r.web_active,
            web_integration_id: r.website_id,
            // Added by the caller that knows the public address.
            web_address: String::new(),
            created_at: r.created_at,
            updated_at: r.updated_at,
        }
    }
}

macro_rules! view {
    ($tail:literal) => {
        concat!(
            "select b.id, b.name, b.engine, b.greeting, b.fallback, b.idle_minutes, b.hello, b.thanks, b.goodbye, b.insult, b.person, b.created_at, b.updated_at,
             w.id as website_id, coalesce(w.active, false) as web_active,
             (select count(*) from knowledge_items k where k.workspace_id = b.workspace_id and k.chatbot_id = b.id) as knowledge_count,
             (select count(*) from integrations i where i.workspace_id = b.workspace_id and i.chatbot_id = b.id
              and i.channel <> 'web' and i.deleted_at is null) as integration_count
             from chatbots b left join integrations w on w.workspace_id = b.workspace_id and w.chatbot_id = b.id
              and w.channel = 'web' and w.deleted_at is null where b.workspace_id = $1 ",
            $tail
        )
    };
}

pub async fn list(conn: &mut Conn, workspace_id: WorkspaceId) -> StoreResult<Vec<Chatbot>> {
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(view!("order by lower(b.name), b.id"))
        .bind(workspace_id).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Chatbot::from).collect())
}

pub async fn find(conn: &mut Conn, workspace_id: WorkspaceId, id: ChatbotId) -> StoreResult<Option<Chatbot>> {
    let row: Option<Row> =
        on!(conn, c => sqlx::query_as(view!("and b.id = $2")).bind(workspace_id).bind(id).fetch_optional(c).await)?;
    Ok(row.map(Chatbot::from))
}

pub async fn find_profile(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ChatbotId,
) -> StoreResult<Option<ChatbotProfile>> {
    let sql = "select id, name, engine, greeting, fallback, hello, thanks, goodbye, insult, person, knowledge_version
               from chatbots where workspace_id = $1 and id = $2";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?)
}

/// What a chatbot says first, when it knows no answer, and when people take over; nothing else of it is read.
pub async fn find_words(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ChatbotId,
) -> StoreResult<Option<(String, String, String)>> {
    let sql = "select greeting, fallback, person from chatbots where workspace_id = $1 and id = $2";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?)
}

pub async fn insert(conn: &mut Conn, workspace_id: WorkspaceId, bot: &Chatbot) -> StoreResult<()> {
    let sql = "insert into chatbots (workspace_id, id, name, engine, greeting, fallback, created_at, updated_at, idle_minutes)
               values ($1, $2, $3, $4, $5, $6, $7, $7, $8)";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(bot.id).bind(&bot.name).bind(bot.engine.as_str())
        .bind(&bot.greeting).bind(&bot.fallback).bind(bot.created_at).bind(bot.idle_minutes).execute(c).await.map(drop))?;
    Ok(())
}

/// Changes what is given; `false` when there is no such chatbot.
pub async fn update(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ChatbotId,
    change: &ChatbotFields,
    now: Millis,
) -> StoreResult<bool> {
    let sql = "update chatbots set name = coalesce($3, name), greeting = coalesce($4, greeting),
               fallback = coalesce($5, fallback), hello = coalesce($7, hello), thanks = coalesce($8, thanks),
               goodbye = coalesce($9, goodbye), insult = coalesce($10, insult), person = coalesce($11, person),
               idle_minutes = coalesce($12, idle_minutes), updated_at = $6
               where workspace_id = $1 and id = $2";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(&change.name).bind(&change.greeting)
        .bind(&change.fallback).bind(now).bind(&change.hello).bind(&change.thanks).bind(&change.goodbye)
        .bind(&change.insult).bind(&change.person).bind(change.idle_minutes).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Tells every node that the index of this chatbot is out of date; `false` when there is no such chatbot.
pub async fn bump_knowledge(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ChatbotId,
    now: Millis,
) -> StoreResult<bool> {
    let sql = "update chatbots set knowledge_version = knowledge_version + 1, updated_at = $3 where workspace_id = $1 and id = $2";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Deletes it with its knowledge; what it was called, if there was one.
pub async fn delete(conn: &mut Conn, workspace_id: WorkspaceId, id: ChatbotId) -> StoreResult<Option<String>> {
    let sql = "delete from chatbots where workspace_id = $1 and id = $2 returning name";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?)
}
