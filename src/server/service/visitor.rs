//! Visitors of a website who chat with a chatbot. They are strangers: a signed token says who they are, and that is all.
//!
//! The chat is open while the website's integration is active; every question and every message looks.

mod limits;
pub mod polls;
mod token;

use std::net::IpAddr;

use serde::Serialize;
use uuid::Uuid;

pub use self::{
    limits::{Later, Limits},
    polls::{Polls, Seat},
    token::{Known, LIFE, authenticate},
};
use super::{Services, validate};
use crate::{
    domain::{
        Millis,
        bearing::Bearing,
        channel::Channel,
        contact::{IdentityKind, Recipient},
        content::Content,
        event::DomainEvent,
        ids::{ContactId, ConversationId, IntegrationId, MessageId, VisitorId, WorkspaceId},
        message::{Author, Message},
        principal::Principal,
    },
    error::{ApiError, ErrorCode},
    server::{
        base::clock::mint_id,
        error::{Error, Result},
        store::{
            Conn, StoreError, StoreResult,
            contact::{self, Identity, Profile},
            conversation::{self, Arrival, Place, Visit},
            integration::{self, Website},
            message::{self, NewMessage, Thread},
        },
    },
};

/// The most characters of a visitor's message.
pub const VISITOR_TEXT_MAX: usize = 4096;

/// What the server keeps about visitors in memory.
pub struct Visitors {
    pub limits: Limits,
    pub polls: Polls,
}

impl Visitors {
    /// At most `polls` questions stay open at once.
    #[must_use]
    pub fn new(polls: usize) -> Self {
        Self { limits: Limits::new(), polls: Polls::new(polls) }
    }
}

/// Who a visitor is: proven by their token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    pub workspace_id: WorkspaceId,
    /// The website's.
    pub integration_id: IntegrationId,
    pub visitor_id: VisitorId,
}

/// A message as a visitor sees it.
#[derive(Debug, Serialize)]
pub struct VisitorMessage {
    pub id: MessageId,
    pub seq: i64,
    pub author: Author,
    pub text: String,
    pub at: Millis,
}

impl From<Message> for VisitorMessage {
    fn from(m: Message) -> Self {
        Self { id: m.id, seq: m.seq, author: m.author, text: m.content.text, at: m.at }
    }
}

/// Why a visitor gets nothing.
#[derive(Debug)]
pub enum Refusal {
    Later(Later),
    Error(Error),
}

impl From<Later> for Refusal {
    fn from(later: Later) -> Self {
        Self::Later(later)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Error(error.into())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Error(error.into())
    }
}

/// Nobody can chat here now.
fn closed() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "This chat is closed.").action("Please get in touch in another way.")
}

/// A website for its chat page; its chat may be closed.
pub async fn website(state: &Services, integration_id: IntegrationId) -> Result<Option<Website>> {
    Ok(integration::find_website(&mut state.store.read().await?, integration_id).await?)
}

/// A token for a new visitor of a website.
pub async fn begin(state: &Services, integration_id: IntegrationId) -> Result<String> {
    let website = website(state, integration_id).await?.ok_or_else(|| ApiError::not_found("The chat"))?;
    if !website.active {
        return Err(closed().into());
    }
    let visitor = Visitor { workspace_id: website.workspace_id, integration_id, visitor_id: Uuid::new_v4().into() };
    Ok(token::issue(state, &visitor))
}

async fn visit(conn: &mut Conn, visitor: &Visitor) -> Result<Visit> {
    let id = visitor.visitor_id.to_string();
    let found = conversation::find_visit(conn, visitor.workspace_id, visitor.integration_id, &id).await?;
    Ok(found.filter(|visit| visit.open).ok_or_else(closed)?)
}

/// What is news to a visitor's page.
#[derive(Debug, Serialize)]
pub struct News {
    /// Where they talk. Another one than the page knows, or none: what it shows was erased.
    pub conversation: Option<ConversationId>,
    pub messages: Vec<VisitorMessage>,
    /// Nothing has to be waited for.
    #[serde(skip)]
    pub any: bool,
}

/// What was said after a place in a conversation that the page may know. A seat follows the conversation from here on.
///
/// # Errors
/// `not_found` when the chat is closed.
pub async fn news(
    state: &Services,
    visitor: &Visitor,
    (known, after): (Option<ConversationId>, i64),
    seat: Option<&Seat<'_>>,
) -> Result<News> {
    let mut conn = state.store.read().await?;
    let conversation = visit(&mut conn, visitor).await?.conversation_id;
    if let Some(seat) = seat {
        seat.follow(conversation);
    }
    let other = known.is_some() && known != conversation;
    let after = if other { 0 } else { after };
    let messages = match conversation {
        Some(id) => message::list_for_visitor(&mut conn, visitor.workspace_id, id, after).await?,
        None => Vec::new(),
    };
    let any = other || !messages.is_empty();
    Ok(News { conversation, messages: messages.into_iter().map(VisitorMessage::from).collect(), any })
}

/// What the storing transaction needs.
struct Say {
    visitor: Visitor,
    text: String,
    client_id: Uuid,
    /// For contact, conversation and message. Minted outside: the transaction may run again.
    ids: (ContactId, ConversationId, MessageId),
    quiet_time: Millis,
    now: Millis,
}

/// A message that was stored.
#[derive(Debug, Serialize)]
pub struct Said {
    #[serde(flatten)]
    pub message: VisitorMessage,
    pub conversation: ConversationId,
}

/// Stores a visitor's message; the same `client_id` stores once.
///
/// # Errors
/// When it is empty or too long, there were too many, or the chat is closed.
pub async fn say(
    state: &Services,
    visitor: Visitor,
    from: IpAddr,
    text: &str,
    client_id: Uuid,
) -> std::result::Result<Said, Refusal> {
    let text = validate::required("text", text, VISITOR_TEXT_MAX)?;
    let (visitor_id, now) = (visitor.visitor_id, state.now());
    let visit = visit(&mut state.store.read().await?, &visitor).await?;
    let begins = visit.conversation_id.is_none();
    state.visitors.limits.text(from, visitor.workspace_id, text.len(), begins, now)?;
    // The lane in which answers to the conversation are written, too.
    let lane = visit.conversation_id.map_or(visitor_id.into(), Uuid::from);
    let ids = (mint_id(), mint_id(), mint_id());
    let input = Say { visitor, text, client_id, ids, quiet_time: state.config.quiet_time, now };
    let stored = state.transact(Principal::Customer, lane, input, |conn, say| Box::pin(store(conn, say))).await?;
    let (conversation, message) = stored.ok_or_else(closed)?;
    state.visitors.polls.ring_visitor(visitor_id);
    Ok(Said { message: message.into(), conversation })
}

async fn store(conn: &mut Conn, s: &Say) -> StoreResult<Option<(ConversationId, Message)>> {
    let ws = s.visitor.workspace_id;
    let (contact_id, conversation_id, message_id) = s.ids;
    let (integration_id, visitor_id) = (s.visitor.integration_id, s.visitor.visitor_id.to_string());
    let visit = conversation::find_visit(conn, ws, integration_id, &visitor_id).await?;
    let Some(visit) = visit.filter(|visit| visit.open) else { return Ok(None) };
    let identity = Identity { kind: IdentityKind::VisitorId, scope: String::new(), value: visitor_id.clone() };
    let contact::Resolved { id: contact_id, blocked } =
        contact::resolve(conn, ws, &[identity], &Profile::default(), contact_id, s.now).await?;
    let place = Place {
        workspace_id: ws,
        chatbot_id: visit.chatbot_id,
        integration_id,
        contact_id,
        channel: Channel::Web,
        session_id: visitor_id,
    };
    let conversation_id = conversation::resolve(conn, &place, conversation_id, s.now).await?;
    if let Some(stored) = message::find_by_client_id(conn, ws, conversation_id, s.client_id).await? {
        return Ok(Some((conversation_id, stored)));
    }
    let content = Content::text(&s.text);
    let arrival = Arrival {
        workspace_id: ws,
        conversation_id,
        preview: content.preview(),
        bearing: if blocked { Bearing::Muted } else { Bearing::Spoken },
        answerable: !blocked,
        answer_due_at: s.now + s.quiet_time,
        at: s.now,
        reply: Recipient::default(),
    };
    let seq = conversation::arrive(conn, &arrival, s.now).await?;
    let thread = Thread { workspace_id: ws, conversation_id, integration_id, channel: Channel::Web };
    let new = NewMessage {
        client_id: Some(s.client_id),
        answerable: !blocked,
        silent: blocked,
        ..NewMessage::inbound(&thread, message_id, content, s.now)
    };
    message::insert(conn, &new, seq, s.now).await?;
    conn.tell(ws, DomainEvent::MessageReceived { conversation_id }, s.now);
    Ok(message::find(conn, ws, message_id).await?.map(|stored| (conversation_id, stored)))
}
