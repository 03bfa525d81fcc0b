//! Notes that people write to each other. They reach nobody else (see `store/note.rs`).

use uuid::Uuid;

use super::{Services, actor::Actor, validate};
use crate::{
    domain::{
        Millis,
        event::DomainEvent,
        ids::ConversationId,
        listing::Colleague,
        message::{Message, SEND_MAX},
    },
    error::ApiError,
    server::{
        base::clock::mint_id,
        error::Result,
        store::{
            Conn, StoreResult, conversation,
            note::{self, NewNote},
        },
    },
};

/// The most notes that come with a page of messages. Where there are more, the page begins at the first of them.
const BESIDE: i64 = 200;

/// Writes a note into a conversation; whoever it names with an `@` is mentioned. The same `client_id` writes once.
pub async fn create(
    state: &Services,
    actor: &Actor,
    conversation_id: ConversationId,
    text: &str,
    client_id: Option<Uuid>,
) -> Result<Message> {
    let (ws, now) = (actor.workspace_id, state.now());
    let body = validate::required("text", text, SEND_MAX)?;
    let new = NewNote { workspace_id: ws, id: mint_id(), conversation_id, user_id: actor.user_id, body, client_id };
    // For the note that comes back, which is found by it.
    let client_id = client_id.unwrap_or_else(|| new.id.into());
    let new = NewNote { client_id: Some(client_id), ..new };
    state.transact(actor, conversation_id, (new, now), |conn, (new, now)| Box::pin(write(conn, new, *now))).await??;
    let found = note::find_by_client_id(&mut state.store.read().await?, ws, conversation_id, client_id).await?;
    Ok(found.map(|n| n.told_to(actor.user_id)).ok_or_else(|| ApiError::not_found("The conversation"))?)
}

async fn write(conn: &mut Conn, new: &NewNote, now: Millis) -> StoreResult<std::result::Result<(), ApiError>> {
    let (ws, id) = (new.workspace_id, new.conversation_id);
    if conversation::find(conn, ws, id).await?.is_none() {
        return Ok(Err(ApiError::not_found("The conversation")));
    }
    if let Some(client_id) = new.client_id
        && note::find_by_client_id(conn, ws, id, client_id).await?.is_some()
    {
        return Ok(Ok(()));
    }
    let team = conversation::list_colleagues(conn, ws).await?;
    let seq = conversation::next_seq(conn, ws, id, now).await?;
    note::insert(conn, new, seq, now).await?;
    for colleague in mentioned(&new.body, &team) {
        note::mention(conn, new, colleague.id, seq, now).await?;
    }
    conn.tell(ws, DomainEvent::NoteWritten { conversation_id: id }, now);
    Ok(Ok(()))
}

/// Whom a text names with an `@`, as they are called, whatever the case. Of two names of which one begins with the other, the
/// longer one is meant.
fn mentioned<'a>(text: &str, team: &'a [Colleague]) -> Vec<&'a Colleague> {
    let text = text.to_lowercase();
    let names: Vec<(String, &Colleague)> = team.iter().map(|c| (c.name.trim().to_lowercase(), c)).collect();
    let mut found: Vec<&Colleague> = Vec::new();
    for (at, _) in text.match_indices('@') {
        let rest = text.get(at + 1..).unwrap_or_default();
        // What is in the middle of a word is an address of mail.
        if text.get(..at).is_some_and(|before| before.ends_with(char::is_alphanumeric)) {
            continue;
        }
        let fits = |name: &str| {
            !name.is_empty() && rest.strip_prefix(name).is_some_and(|r| !r.starts_with(char::is_alphanumeric))
        };
        let longest = names.iter().filter(|(name, _)| fits(name)).map(|(name, _)| name.len()).max();
        for (name, colleague) in &names {
            if Some(name.len()) == longest && fits(name) && !found.iter().any(|f| f.id == colleague.id) {
                found.push(colleague);
            }
        }
    }
    found
}

/// Puts the notes among the messages of a page: all that stand between its first and its last, or before `before`.
pub async fn put_between(
    conn: &mut Conn,
    actor: &Actor,
    conversation_id: ConversationId,
    messages: Vec<Message>,
    (before, is_first): (i64, bool),
) -> StoreResult<Vec<Message>> {
    let from = if is_first { i64::MIN } else { messages.iter().map(|m| m.seq).min().unwrap_or(i64::MIN) };
    let notes = note::list(conn, actor.workspace_id, conversation_id, (from, before), BESIDE).await?;
    let is_cut = i64::try_from(notes.len()).unwrap_or(i64::MAX) >= BESIDE;
    let begins = notes.first().map_or(i64::MIN, |n| if is_cut { n.seq } else { i64::MIN });
    let mut page: Vec<Message> = messages.into_iter().filter(|m| m.seq >= begins).collect();
    for note in notes {
        let at = page.iter().position(|m| m.seq > note.seq).unwrap_or(page.len());
        page.insert(at, note);
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::mentioned;
    use crate::domain::{ids::UserId, listing::Colleague};

    #[test]
    fn names_are_heard_as_they_are_written() {
        let team = ["Ann", "Anna Lee", "Jörg", "Ann"]
            .into_iter()
            .zip(1..)
            .map(|(name, id)| Colleague { id: UserId::from_u128(id), name: name.to_owned() })
            .collect::<Vec<_>>();
        let heard = |text: &str| -> Vec<u128> {
            mentioned(text, &team).iter().map(|c| uuid::Uuid::from(c.id).as_u128()).collect()
        };
        assert_eq!(heard("@anna lee, please look"), [2]);
        assert_eq!(heard("Ask @JÖRG or (@Ann)."), [3, 1, 4]);
        assert_eq!(heard("@Ann @Ann"), [1, 4], "two of one name are both meant, each once");
        assert_eq!(heard("@Annika or ann@example.com, a@annalee"), [] as [u128; 0]);
        assert_eq!(heard("nobody @ all @"), [] as [u128; 0]);
    }
}
