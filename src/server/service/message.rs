//! Threads, and what people write into them.

use uuid::Uuid;

use super::{Services, actor::Actor, conversation as conversations, note, validate};
use crate::{
    domain::{
        Millis,
        content::{Content, Kind},
        conversation::Mode,
        event::DomainEvent,
        ids::{ConversationId, MessageId},
        message::{Author, Direction, Message, MessageState, SEND_MAX},
    },
    error::ApiError,
    server::{
        base::clock::mint_id,
        channel,
        error::Result,
        store::{
            Conn, StoreResult, conversation, integration,
            message::{self, NewMessage, Thread},
        },
    },
    texts::retold,
};

const PAGE: i64 = 50;

pub async fn list(
    state: &Services,
    actor: &Actor,
    conversation_id: ConversationId,
    before: Option<i64>,
) -> Result<Vec<Message>> {
    let mut conn = state.store.read().await?;
    if conversation::find(&mut conn, actor.workspace_id, conversation_id).await?.is_none() {
        return Err(ApiError::not_found("The conversation").into());
    }
    let found = message::list(&mut conn, actor.workspace_id, conversation_id, before.unwrap_or(i64::MAX), PAGE).await?;
    let is_first = i64::try_from(found.len()).unwrap_or(i64::MAX) < PAGE;
    let place = (before.unwrap_or(i64::MAX), is_first);
    let found = note::put_between(&mut conn, actor, conversation_id, found, place).await?;
    Ok(found.into_iter().map(|message| told(message, actor)).collect())
}

/// As the caller sees it.
fn told(message: Message, actor: &Actor) -> Message {
    let mut message = with_next_step(message).told_to(actor.user_id);
    if message.content.kind == Kind::Activity {
        message.content.text = retold(&message.content.text);
    }
    if message.user_id.is_none() {
        message.author_name = message.author_name.as_deref().map(retold);
    }
    for text in [&mut message.note, &mut message.error, &mut message.action] {
        *text = text.as_deref().map(retold);
    }
    message
}

/// With the next step if it is in trouble. What waits is sent without further action, unless its channel is stopped.
fn with_next_step(message: Message) -> Message {
    let action = match (message.state, message.error_code) {
        (MessageState::Failed, Some(code)) => channel::next_step(message.channel, code),
        (MessageState::Queued, Some(code)) if channel::concerns_all(message.channel, code) => {
            channel::next_step(message.channel, code)
        }
        _ => None,
    };
    Message { action: action.map(ToOwned::to_owned), ..message }
}

/// What the sending transaction needs. Ids are minted outside: it may run again.
struct Send {
    actor: Actor,
    conversation_id: ConversationId,
    parts: Vec<(MessageId, Content)>,
    client_id: Option<Uuid>,
    activity_id: MessageId,
    now: Millis,
}

/// Queues a person's message and takes the conversation over.
pub async fn send(
    state: &Services,
    actor: &Actor,
    conversation_id: ConversationId,
    text: &str,
    client_id: Option<Uuid>,
) -> Result<Message> {
    let content = Content::text(validate::required("text", text, SEND_MAX)?);
    queue_content(state, actor, conversation_id, content, client_id).await
}

async fn queue_content(
    state: &Services,
    actor: &Actor,
    conversation_id: ConversationId,
    content: Content,
    client_id: Option<Uuid>,
) -> Result<Message> {
    let found = conversation::find(&mut state.store.read().await?, actor.workspace_id, conversation_id).await?;
    let channel = found.ok_or_else(|| ApiError::not_found("The conversation"))?.channel;
    let parts = channel::render(channel, &content).into_iter().map(|content| (mint_id(), content)).collect();
    let input = Send { actor: *actor, conversation_id, parts, client_id, activity_id: mint_id(), now: state.now() };
    let queued = state.transact(actor, conversation_id, input, |conn, input| Box::pin(queue_send(conn, input))).await?;
    let id = queued?;
    let found = message::find(&mut state.store.read().await?, actor.workspace_id, id).await?;
    Ok(found.map(|message| told(message, actor)).ok_or_else(|| ApiError::not_found("The message"))?)
}

/// The sending transaction: the id of the (first) message, or why it cannot be sent.
async fn queue_send(conn: &mut Conn, s: &Send) -> StoreResult<std::result::Result<MessageId, ApiError>> {
    let ws = s.actor.workspace_id;
    let Some(row) = conversation::find(conn, ws, s.conversation_id).await? else {
        return Ok(Err(ApiError::not_found("The conversation")));
    };
    if let Some(client_id) = s.client_id
        && let Some(sent) = message::find_by_client_id(conn, ws, s.conversation_id, client_id).await?
    {
        return Ok(Ok(sent.id));
    }
    let integration = integration::find(conn, ws, row.integration_id).await?;
    let window = conversations::window_ends_at(row.channel, row.last_inbound_at);
    if let Some(reason) = conversations::send_blocked(row.channel, integration.as_ref(), window, s.now) {
        return Ok(Err(ApiError::conflict(reason).action("Your text is kept: try again when this has changed.")));
    }
    conversations::change_mode(conn, &s.actor, s.conversation_id, Mode::Human, s.activity_id, s.now).await?;
    let thread = Thread {
        workspace_id: ws,
        conversation_id: s.conversation_id,
        integration_id: row.integration_id,
        channel: row.channel,
    };
    let by = (Author::User, Some(s.actor.user_id));
    for (index, (id, content)) in s.parts.iter().enumerate() {
        let seq = conversation::append(conn, ws, s.conversation_id, &content.preview(), by, s.now).await?;
        let new = NewMessage {
            external_key: integration
                .as_ref()
                .filter(|i| i.channel.capabilities().sends)
                .map(|i| i.external_key.clone()),
            client_id: s.client_id.filter(|_| index == 0),
            ..NewMessage::outbound(&thread, *id, by, content.clone(), s.now)
        };
        message::insert(conn, &new, seq, s.now).await?;
    }
    conn.tell(ws, DomainEvent::MessageSent { conversation_id: s.conversation_id }, s.now);
    Ok(s.parts.first().map(|(id, _)| *id).ok_or_else(|| ApiError::invalid("text", "There is nothing to send.")))
}

/// Retries a message that was not sent, as a new message with a send of its own.
pub async fn retry(state: &Services, actor: &Actor, id: MessageId) -> Result<Message> {
    let (ws, mut conn) = (actor.workspace_id, state.store.read().await?);
    let found = message::find(&mut conn, ws, id).await?;
    let mut old = found.ok_or_else(|| ApiError::not_found("The message"))?;
    if !may_go_again(&old) {
        return Err(ApiError::conflict(format!(
            "This message is {}: there is nothing to send again.",
            old.state.label()
        ))
        .into());
    }
    // Where that was done before and failed as well, the later one is sent again.
    while let Some(later) = message::find_by_client_id(&mut conn, ws, old.conversation_id, old.id.into()).await?
        && may_go_again(&later)
    {
        old = later;
    }
    drop(conn);
    // The old message's id as client id: pressing the button twice sends once.
    queue_content(state, actor, old.conversation_id, old.content, Some(old.id.into())).await
}

fn may_go_again(message: &Message) -> bool {
    message.direction == Direction::Outbound
        && matches!(message.state, MessageState::Failed | MessageState::Unknown | MessageState::Cancelled)
}
