//! What inbound messages change about their conversations.

use std::{collections::HashMap, sync::Arc};

use sqlx::QueryBuilder;

use crate::{
    domain::{
        Millis,
        bearing::Bearing,
        contact::Recipient,
        conversation::WINDOW,
        ids::{ConversationId, WorkspaceId},
        order::SLACK,
    },
    server::store::{
        Conn, StoreError, StoreResult,
        episode::{self, Opener},
        many::portions,
        on, queue,
    },
};

/// What an inbound message changes about its conversation.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub workspace_id: WorkspaceId,
    pub conversation_id: ConversationId,
    pub preview: String,
    pub bearing: Bearing,
    /// Whether the chatbot answers it.
    pub answerable: bool,
    /// When the bot may answer: after the burst has paused.
    pub answer_due_at: Millis,
    /// The customer's time of the message.
    pub at: Millis,
    /// The name that it was written under, to be answered; empty on the website.
    pub reply: Recipient,
}

/// The conversation was erased after it was found. Repeated, the transaction makes a new one.
pub(super) fn erased() -> StoreError {
    StoreError::Contended(Arc::new(sqlx::Error::RowNotFound))
}

/// Gives an inbound message its place and counts it.
pub async fn arrive(conn: &mut Conn, arrival: &Arrival, now: Millis) -> StoreResult<i64> {
    let places = arrive_many(conn, std::slice::from_ref(arrival), now).await?;
    places.first().copied().ok_or_else(erased)
}

/// All that arrives in one conversation at once.
struct Burst<'a> {
    first: &'a Arrival,
    count: i64,
    unread: i64,
    /// Which of them is the last that wants an answer, counted from 1; 0: none does.
    answerable: i64,
    answer_due_at: Millis,
    /// What the customer said last, by their own time: it decides the window and whom the answer goes to.
    newest: Option<&'a Arrival>,
    /// What stands last in the thread, for the inbox.
    shown: Option<&'a Arrival>,
    chosen: bool,
    /// When the customer spoke to somebody else; 0: they did not.
    overheard_at: Millis,
}

impl<'a> Burst<'a> {
    const fn new(first: &'a Arrival) -> Self {
        Self {
            first,
            count: 0,
            unread: 0,
            answerable: 0,
            answer_due_at: 0,
            newest: None,
            shown: None,
            chosen: false,
            overheard_at: 0,
        }
    }

    fn add(&mut self, a: &'a Arrival) {
        self.count += 1;
        self.unread += i64::from(a.bearing.calls_people());
        self.chosen |= a.bearing == Bearing::Chosen;
        if a.answerable {
            self.answerable = self.count;
            self.answer_due_at = a.answer_due_at;
        }
        if a.bearing == Bearing::Overheard {
            self.overheard_at = self.overheard_at.max(a.at).max(1);
        }
        if a.bearing.is_spoken() {
            if self.newest.is_none_or(|newest| newest.at <= a.at) {
                self.newest = Some(a);
            }
            if !self.shown.is_some_and(|shown| shown.at > a.at && shown.at - a.at <= SLACK) {
                self.shown = Some(a);
            }
        }
    }
}

/// Gives inbound messages their places, in order, and counts them.
pub async fn arrive_many(conn: &mut Conn, arrivals: &[Arrival], now: Millis) -> StoreResult<Vec<i64>> {
    let mut bursts: HashMap<(WorkspaceId, ConversationId), Burst<'_>> = HashMap::new();
    let mut turns = Vec::with_capacity(arrivals.len());
    for a in arrivals {
        let burst = bursts.entry((a.workspace_id, a.conversation_id)).or_insert_with(|| Burst::new(a));
        burst.add(a);
        turns.push(burst.count);
    }
    let bursts: Vec<_> = bursts.into_values().collect();
    let before = count_bursts(conn, &bursts, now).await?;
    for overheard in bursts.iter().filter(|b| b.overheard_at > 0) {
        queue::cancel_bot(conn, overheard.first.workspace_id, overheard.first.conversation_id, now).await?;
    }
    let place = |(a, turn): (&Arrival, i64)| before.get(&a.conversation_id).map(|seq| seq + turn);
    arrivals.iter().zip(turns).map(place).collect::<Option<Vec<_>>>().ok_or_else(erased)
}

// As they stand in the statement below.
const _: () = assert!(SLACK == 30_000 && WINDOW == 86_400_000, "the statement has other spans");

/// Counts what arrives; the last place of each conversation before it.
async fn count_bursts(conn: &mut Conn, bursts: &[Burst<'_>], now: Millis) -> StoreResult<HashMap<ConversationId, i64>> {
    let mut last: HashMap<ConversationId, (i64, i64)> = HashMap::with_capacity(bursts.len());
    for portion in portions(bursts) {
        let rows: Vec<(ConversationId, i64, i64)> = on!(&mut *conn, c => {
            // Of the values: 3 count, 4 which is answerable, 5 due, 6 preview and 12 its time, 7 the newest's time, 8 now, 9
            // and 10 whom to answer, 11 unread, 13 chosen, 14 overheard. What was overtaken is not shown (`domain::order`). A
            // customer who writes to people waits for them from their first message on. Where no episode is open, one begins.
            // What is said while somebody else has the thread counts as answered. Who had it a day before the message has it no
            // more: The provider gives an idle thread to an owner by its own rules.
            let mut sql = QueryBuilder::new(
                "update conversations set last_seq = last_seq + v.column3, unread = unread + v.column11, updated_at = v.column8,
                 inbound_seq = case when v.column4 > 0 then last_seq + v.column4 else inbound_seq end,
                 answer_due_at = case when v.column4 > 0 then v.column5 else answer_due_at end,
                 answered_seq = case when v.column14 > thread_owner_at
                     or thread_owner = 'other' and thread_owner_at > v.column7 - 86400000
                   then case when v.column4 > 0 then last_seq + v.column4 else inbound_seq end else answered_seq end,
                 answer_lease = case when v.column14 > thread_owner_at then null else answer_lease end,
                 answer_lease_until = case when v.column14 > thread_owner_at then 0 else answer_lease_until end,
                 thread_owner = case when v.column14 > thread_owner_at then 'other' when v.column11 > 0 and thread_owner = 'other'
                   and thread_owner_at <= v.column7 - 86400000 then 'unknown' else thread_owner end,
                 thread_owner_at = case when v.column14 > thread_owner_at then v.column14 else thread_owner_at end,
                 pace = case when v.column13 then null else pace end,
                 waiting_since = case when v.column11 > 0 and mode = 'human' then coalesce(waiting_since, v.column8)
                   else waiting_since end,
                 episode_seq = case when v.column11 > 0 and episode_seq = 0 then last_seq + 1 else episode_seq end,
                 status = case when v.column11 > 0 then 'open' else status end,
                 snoozed_until = case when v.column11 > 0 then null else snoozed_until end,
                 last_message_at = case when v.column6 is not null then v.column8 else last_message_at end,
                 preview = case when v.column6 is not null and (v.column12 >= coalesce(last_inbound_at, 0)
                   or last_inbound_at - v.column12 > 30000 or v.column8 - last_arrival_at > 30000)
                   then v.column6 else preview end,
                 preview_author = case when v.column6 is not null and (v.column12 >= coalesce(last_inbound_at, 0)
                   or last_inbound_at - v.column12 > 30000 or v.column8 - last_arrival_at > 30000)
                   then 'contact' else preview_author end,
                 preview_user_id = case when v.column6 is not null and (v.column12 >= coalesce(last_inbound_at, 0)
                   or last_inbound_at - v.column12 > 30000 or v.column8 - last_arrival_at > 30000)
                   then null else preview_user_id end,
                 reply_wa_id = case when v.column7 >= coalesce(last_inbound_at, 0) and coalesce(v.column9, v.column10) is not null
                   then v.column9 else reply_wa_id end,
                 reply_user_id = case when v.column7 >= coalesce(last_inbound_at, 0) and coalesce(v.column9, v.column10) is not null
                   then v.column10 else reply_user_id end,
                 last_arrival_at = case when v.column7 >= coalesce(last_inbound_at, 0) then v.column8 else last_arrival_at end,
                 last_inbound_at = case when v.column7 >= coalesce(last_inbound_at, 0) then v.column7 else last_inbound_at end from (",
            );
            sql.push_values(portion, |mut row, b| {
                let reply = |name: fn(&Recipient) -> &Option<String>| b.newest.and_then(|n| name(&n.reply).as_deref());
                row.push_bind(b.first.workspace_id).push_bind(b.first.conversation_id).push_bind(b.count)
                    .push_bind(b.answerable).push_bind(b.answer_due_at).push_bind(b.shown.map(|s| s.preview.as_str()))
                    .push_bind(b.newest.map(|n| n.at)).push_bind(now).push_bind(reply(|to| &to.wa_id))
                    .push_bind(reply(|to| &to.user_id)).push_bind(b.unread).push_bind(b.shown.map(|s| s.at))
                    .push_bind(b.chosen).push_bind(b.overheard_at);
            });
            sql.push(") as v where conversations.workspace_id = v.column1 and conversations.id = v.column2
                      returning id, last_seq, episode_seq");
            sql.build_query_as().fetch_all(c).await
        })?;
        last.extend(rows.into_iter().map(|(id, seq, episode_seq)| (id, (seq, episode_seq))));
    }
    let mut before = HashMap::with_capacity(bursts.len());
    let mut opened = Vec::new();
    for burst in bursts {
        let (workspace_id, id) = (burst.first.workspace_id, burst.first.conversation_id);
        if let Some((seq, episode_seq)) = last.get(&id) {
            before.insert(id, seq - burst.count);
            if *episode_seq > seq - burst.count {
                opened.push((workspace_id, id));
            }
        }
    }
    episode::open_many(conn, &opened, Opener::Customer, now).await?;
    Ok(before)
}
