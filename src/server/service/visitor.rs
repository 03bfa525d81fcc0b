//! Visitors of a website who chat with a chatbot. They are strangers: a signed token says who they are, and that is all.

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;
use uuid::Uuid;

use super::validate;
use crate::{
    domain::{
        Millis,
        channel::Channel,
        contact::IdentityKind,
        live::LiveEvent,
        message::{Author, Direction, Message, MessageKind, MessageState},
    },
    error::{ApiError, ErrorCode},
    server::{
        clock::mint_id,
        error::Result,
        pipeline::{ingest::preview, writer::Priority},
        state::AppState,
        store::{
            Conn, StoreResult, chatbot, contact,
            contact::{Identity, Profile},
            conversation,
            conversation::{Arrival, Place},
            event,
            letter::Addressee,
            message::{self, NewMessage},
        },
    },
};

/// The most characters of a visitor's message.
pub const VISITOR_TEXT_MAX: usize = 4096;

/// Who a visitor is: proven by their token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    pub workspace_id: Uuid,
    pub chatbot_id: Uuid,
    pub visitor_id: Uuid,
}

/// A message as a visitor sees it.
#[derive(Debug, Serialize)]
pub struct VisitorMessage {
    pub id: Uuid,
    pub seq: i64,
    pub author: Author,
    pub text: String,
    pub at: Millis,
}

impl From<Message> for VisitorMessage {
    fn from(m: Message) -> Self {
        Self { id: m.id, seq: m.seq, author: m.author, text: m.body, at: m.at }
    }
}

/// The signatures that a payload may have: the first is that of the newest key.
fn signatures(state: &AppState, payload: &str) -> Vec<String> {
    state.sealer.digests("visitor tokens", "v1").iter().map(|key| sign(key, payload)).collect()
}

fn sign(key: &[u8], payload: &str) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key)
        .unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default()));
    mac.update(payload.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// The public name of a chatbot, for the head of its chat page.
pub async fn chatbot_name(state: &AppState, chatbot_id: Uuid) -> Result<Option<String>> {
    Ok(chatbot::find_workspace(&mut state.store.read().await?, chatbot_id).await?.map(|(_, name)| name))
}

/// A token for a new visitor of a chatbot.
pub async fn begin(state: &AppState, chatbot_id: Uuid) -> Result<String> {
    let found = chatbot::find_workspace(&mut state.store.read().await?, chatbot_id).await?;
    let (workspace_id, _) = found.ok_or_else(|| ApiError::not_found("The chatbot"))?;
    let payload = format!("{}.{}.{}", workspace_id.simple(), chatbot_id.simple(), Uuid::new_v4().simple());
    let signature = signatures(state, &payload).into_iter().next().unwrap_or_default();
    Ok(format!("{payload}.{signature}"))
}

/// Who a token proves.
pub fn authenticate(state: &AppState, token: &str) -> std::result::Result<Visitor, ApiError> {
    let refused =
        || ApiError::new(ErrorCode::Unauthenticated, "This visitor is not known.").action("Begin a new chat.");
    let (payload, given) = token.rsplit_once('.').ok_or_else(refused)?;
    let fits = |expected: &String| bool::from(subtle::ConstantTimeEq::ct_eq(expected.as_bytes(), given.as_bytes()));
    if !signatures(state, payload).iter().any(fits) {
        return Err(refused());
    }
    let ids: Vec<Uuid> = payload.split('.').filter_map(|id| id.parse().ok()).collect();
    let [workspace_id, chatbot_id, visitor_id] = *ids.as_slice() else { return Err(refused()) };
    Ok(Visitor { workspace_id, chatbot_id, visitor_id })
}

/// What was said after a place.
pub async fn messages(state: &AppState, visitor: &Visitor, after: i64) -> Result<Vec<VisitorMessage>> {
    let mut conn = state.store.read().await?;
    let id =
        conversation::find_web(&mut conn, visitor.workspace_id, visitor.chatbot_id, &visitor.visitor_id.to_string())
            .await?;
    let Some(id) = id else { return Ok(Vec::new()) };
    let found = message::list_for_visitor(&mut conn, visitor.workspace_id, id, after).await?;
    Ok(found.into_iter().map(VisitorMessage::from).collect())
}

/// What the storing transaction needs.
struct Say {
    visitor: Visitor,
    text: String,
    client_id: Uuid,
    ids: [Uuid; 3],
    quiet_time: Millis,
    now: Millis,
}

/// Stores a visitor's message; the same `client_id` stores once.
pub async fn say(state: &AppState, visitor: Visitor, text: &str, client_id: Uuid) -> Result<VisitorMessage> {
    let text = validate::required("text", text, VISITOR_TEXT_MAX)?;
    let input = Say {
        visitor,
        text,
        client_id,
        ids: [mint_id(), mint_id(), mint_id()],
        quiet_time: state.config.quiet_time,
        now: state.now(),
    };
    let stored = state
        .writer
        .write(Priority::Interactive, input.visitor.visitor_id, input, |conn, say| Box::pin(store(conn, say)))
        .await?;
    state.signals.answer.notify_one();
    state.live.ring();
    Ok(stored.ok_or_else(|| ApiError::not_found("The chatbot"))?.into())
}

async fn store(conn: &mut Conn, s: &Say) -> StoreResult<Option<Message>> {
    let ws = s.visitor.workspace_id;
    if chatbot::find_profile(conn, ws, s.visitor.chatbot_id).await?.is_none() {
        return Ok(None);
    }
    let [contact_id, conversation_id, message_id] = s.ids;
    let visitor_id = s.visitor.visitor_id.to_string();
    let identity = Identity { kind: IdentityKind::VisitorId, scope: String::new(), value: visitor_id.clone() };
    let contact_id = contact::resolve(conn, ws, &[identity], &Profile::default(), contact_id, s.now).await?;
    let place = Place {
        workspace_id: ws,
        chatbot_id: s.visitor.chatbot_id,
        integration_id: None,
        contact_id,
        channel: Channel::Web,
        session_id: visitor_id,
    };
    let conversation_id = conversation::resolve(conn, &place, conversation_id, s.now).await?;
    if let Some(stored) = message::find_by_client_id(conn, ws, conversation_id, s.client_id).await? {
        return Ok(Some(stored));
    }
    let arrival = Arrival {
        workspace_id: ws,
        conversation_id,
        preview: preview(&s.text, MessageKind::Text),
        answerable: true,
        answer_due_at: s.now + s.quiet_time,
        at: s.now,
        reply: Addressee::default(),
    };
    let seq = conversation::arrive(conn, &arrival, s.now).await?;
    let new = NewMessage {
        workspace_id: ws,
        id: message_id,
        conversation_id,
        integration_id: None,
        phone_number_id: None,
        channel: Channel::Web,
        direction: Direction::Inbound,
        author: Author::Contact,
        user_id: None,
        kind: MessageKind::Text,
        body: s.text.clone(),
        payload: None,
        external_message_id: None,
        client_id: Some(s.client_id),
        answerable: true,
        state: MessageState::Received,
        sending: None,
        next_attempt_at: 0,
        at: s.now,
    };
    message::insert(conn, &new, seq, s.now).await?;
    event::append(conn, ws, &LiveEvent::conversation(conversation_id), s.now).await?;
    message::find(conn, ws, message_id).await
}
