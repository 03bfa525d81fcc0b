//! What inbound messages change about their conversations.

use std::{collections::HashMap, sync::Arc};

use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    domain::Millis,
    server::store::{Conn, StoreError, StoreResult, letter::Addressee, many::portions, on},
};

/// What an inbound message changes about its conversation.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub workspace_id: Uuid,
    pub conversation_id: Uuid,
    pub preview: String,
    /// Whether the chatbot answers it.
    pub answerable: bool,
    /// When the bot may answer: after the burst has paused.
    pub answer_due_at: Millis,
    /// The customer's time of the message.
    pub at: Millis,
    /// The name that it was written under, to be answered; empty on the website.
    pub reply: Addressee,
}

/// The conversation was erased after it was found. Repeated, the transaction makes a new one.
fn erased() -> StoreError {
    StoreError::Contended(Arc::new(sqlx::Error::RowNotFound))
}

/// Gives an inbound message its place and counts it.
pub async fn arrive(conn: &mut Conn, arrival: &Arrival, now: Millis) -> StoreResult<i64> {
    let places = arrive_many(conn, std::slice::from_ref(arrival), now).await?;
    places.first().copied().ok_or_else(erased)
}

/// All that arrives in one conversation at once.
struct Burst<'a> {
    last: &'a Arrival,
    count: i64,
    /// Which of them is the last that wants an answer, counted from 1; 0: none does.
    answerable: i64,
    answer_due_at: Millis,
    /// The newest by the customer's time, which decides whom the answer goes to.
    newest: &'a Arrival,
}

/// Gives inbound messages their places, in order, and counts them.
pub async fn arrive_many(conn: &mut Conn, arrivals: &[Arrival], now: Millis) -> StoreResult<Vec<i64>> {
    let mut bursts: HashMap<(Uuid, Uuid), Burst<'_>> = HashMap::new();
    let mut turns = Vec::with_capacity(arrivals.len());
    for a in arrivals {
        let burst = bursts.entry((a.workspace_id, a.conversation_id)).or_insert_with(|| Burst {
            last: a,
            count: 0,
            answerable: 0,
            answer_due_at: 0,
            newest: a,
        });
        burst.last = a;
        burst.count += 1;
        if a.at >= burst.newest.at {
            burst.newest = a;
        }
        if a.answerable {
            burst.answerable = burst.count;
            burst.answer_due_at = a.answer_due_at;
        }
        turns.push(burst.count);
    }
    let before = count_bursts(conn, &bursts.into_values().collect::<Vec<_>>(), now).await?;
    let place = |(a, turn): (&Arrival, i64)| before.get(&a.conversation_id).map(|seq| seq + turn);
    arrivals.iter().zip(turns).map(place).collect::<Option<Vec<_>>>().ok_or_else(erased)
}

/// Counts what arrives; the last place of each conversation before it.
async fn count_bursts(conn: &mut Conn, bursts: &[Burst<'_>], now: Millis) -> StoreResult<HashMap<Uuid, i64>> {
    let mut last: HashMap<Uuid, i64> = HashMap::with_capacity(bursts.len());
    for portion in portions(bursts) {
        let rows: Vec<(Uuid, i64)> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "update conversations set last_seq = last_seq + v.column3,
                 inbound_seq = case when v.column4 > 0 then last_seq + v.column4 else inbound_seq end,
                 answer_due_at = case when v.column4 > 0 then v.column5 else answer_due_at end,
                 unread = unread + v.column3, preview = v.column6, preview_author = 'contact', preview_user_id = null,
                 reply_wa_id = case when last_inbound_at is null or last_inbound_at <= v.column7 then v.column9
                   else reply_wa_id end,
                 reply_user_id = case when last_inbound_at is null or last_inbound_at <= v.column7 then v.column10
                   else reply_user_id end,
                 status = 'open', last_message_at = v.column8, updated_at = v.column8,
                 last_inbound_at = case when last_inbound_at is null or last_inbound_at < v.column7 then v.column7
                   else last_inbound_at end from (",
            );
            sql.push_values(portion, |mut row, b| {
                row.push_bind(b.last.workspace_id).push_bind(b.last.conversation_id).push_bind(b.count)
                    .push_bind(b.answerable).push_bind(b.answer_due_at).push_bind(&b.last.preview)
                    .push_bind(b.newest.at).push_bind(now).push_bind(&b.newest.reply.wa_id)
                    .push_bind(&b.newest.reply.user_id);
            });
            sql.push(") as v where conversations.workspace_id = v.column1 and conversations.id = v.column2
                      returning id, last_seq");
            sql.build_query_as().fetch_all(c).await
        })?;
        last.extend(rows);
    }
    for burst in bursts {
        last.entry(burst.last.conversation_id).and_modify(|seq| *seq -= burst.count);
    }
    Ok(last)
}
