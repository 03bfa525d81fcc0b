//! Where conversations belong: found by place, or made.

use std::collections::HashMap;

use sqlx::{FromRow, QueryBuilder};

use crate::{
    domain::{
        Millis,
        channel::Channel,
        conversation::{ConversationStatus, Mode},
        ids::{ChatbotId, ContactId, ConversationId, IntegrationId, WorkspaceId},
    },
    server::store::{Conn, StoreError, StoreResult, many::portions, on},
};

/// Where a conversation belongs.
#[derive(Clone, Debug)]
pub struct Place {
    pub workspace_id: WorkspaceId,
    pub chatbot_id: ChatbotId,
    pub integration_id: IntegrationId,
    pub contact_id: ContactId,
    pub channel: Channel,
    /// Phone, else BSUID, else visitor id. Re-keyed when it changes.
    pub session_id: String,
}

/// The conversation of a contact at a place, made when there is none.
pub async fn resolve(
    conn: &mut Conn,
    place: &Place,
    new_id: ConversationId,
    now: Millis,
) -> StoreResult<ConversationId> {
    let place = (place.clone(), new_id);
    Ok(resolve_many(conn, std::slice::from_ref(&place), now).await?.first().copied().unwrap_or(new_id))
}

/// A place that a conversation can be found by: workspace, integration, contact.
type Spot = (WorkspaceId, IntegrationId, ContactId);

impl Place {
    fn spot(&self) -> Spot {
        (self.workspace_id, self.integration_id, self.contact_id)
    }
}

/// The conversations of many places at once, each with the id that a new one gets.
pub async fn resolve_many(
    conn: &mut Conn,
    places: &[(Place, ConversationId)],
    now: Millis,
) -> StoreResult<Vec<ConversationId>> {
    let mut known = list_at(conn, places).await?;
    let mut made: Vec<(&Place, ConversationId)> = Vec::new();
    let mut found = Vec::with_capacity(places.len());
    for (place, new_id) in places {
        match known.get_mut(&place.spot()) {
            Some((id, session_id)) => {
                if *session_id != place.session_id {
                    set_session_id(conn, place.workspace_id, *id, &place.session_id).await?;
                    session_id.clone_from(&place.session_id);
                }
                found.push(*id);
            }
            None => {
                known.insert(place.spot(), (*new_id, place.session_id.clone()));
                made.push((place, *new_id));
                found.push(*new_id);
            }
        }
    }
    insert_many(conn, &made, now).await?;
    Ok(found)
}

/// Conversations at these places, with their session ids.
async fn list_at(
    conn: &mut Conn,
    places: &[(Place, ConversationId)],
) -> StoreResult<HashMap<Spot, (ConversationId, String)>> {
    let mut known = HashMap::with_capacity(places.len());
    for portion in portions(places) {
        let rows: Vec<(WorkspaceId, IntegrationId, ContactId, ConversationId, String)> = on!(&mut *conn, c => {
            let mut sql =
                QueryBuilder::new("select v.workspace_id, v.integration_id, v.contact_id, v.id, v.session_id from (");
            sql.push_values(portion, |mut row, (place, _)| {
                let (workspace_id, integration_id, contact_id) = place.spot();
                row.push_bind(workspace_id).push_bind(integration_id).push_bind(contact_id);
            });
            sql.push(
                ") as w join conversations v on v.workspace_id = w.column1 and v.integration_id = w.column2
                 and v.contact_id = w.column3",
            );
            sql.build_query_as().fetch_all(c).await
        })?;
        known.extend(rows.into_iter().map(|(ws, at, contact, id, session_id)| ((ws, at, contact), (id, session_id))));
    }
    Ok(known)
}

async fn set_session_id(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    session_id: &str,
) -> StoreResult<()> {
    let sql = "update conversations set session_id = $3 where workspace_id = $1 and id = $2";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(session_id).execute(c).await.map(drop))?;
    Ok(())
}

async fn insert_many(conn: &mut Conn, made: &[(&Place, ConversationId)], now: Millis) -> StoreResult<()> {
    for portion in portions(made) {
        on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "insert into conversations (workspace_id, id, chatbot_id, integration_id, contact_id, channel, session_id,
                 mode, status, last_message_at, created_at, updated_at) ",
            );
            sql.push_values(portion, |mut row, (place, id)| {
                row.push_bind(place.workspace_id).push_bind(*id).push_bind(place.chatbot_id)
                    .push_bind(place.integration_id).push_bind(place.contact_id).push_bind(place.channel.as_str())
                    .push_bind(&place.session_id).push_bind(Mode::Bot.as_str())
                    .push_bind(ConversationStatus::Open.as_str()).push_bind(now).push_bind(now).push_bind(now);
            });
            sql.build().execute(c).await.map(drop)
        })
        // Its contact was erased a moment ago.
        .map_err(|error| StoreError::from(error).contended())?;
    }
    Ok(())
}

/// Where a visitor stands.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Visit {
    pub chatbot_id: ChatbotId,
    /// Whether the website's chat is on.
    pub open: bool,
    pub conversation_id: Option<ConversationId>,
}

/// Finds out whether a visitor may chat on a website, and the conversation that they have there. None when there is no such
/// website any more.
pub async fn find_visit(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    visitor_id: &str,
) -> StoreResult<Option<Visit>> {
    let sql = "select i.chatbot_id, i.active as open, v.id as conversation_id from integrations i
               left join identities n on n.workspace_id = i.workspace_id and n.kind = 'visitor_id' and n.scope = ''
                 and n.value = $3
               left join conversations v on v.workspace_id = i.workspace_id and v.integration_id = i.id
                 and v.contact_id = n.contact_id
               where i.workspace_id = $1 and i.id = $2 and i.channel = 'web' and i.deleted_at is null";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(integration_id).bind(visitor_id).fetch_optional(c)
        .await)?)
}
