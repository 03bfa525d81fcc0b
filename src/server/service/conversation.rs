//! The inbox. Phone numbers leave here masked; nothing in a view lets them be told.

mod assigning;
mod hands;
mod labelling;

use std::collections::BTreeSet;

use uuid::Uuid;

pub use self::hands::{Handing, Line, change_mode, hand_over, set_mode, set_status};
pub use self::{
    assigning::{assign, list_colleagues},
    labelling::write_labels,
};
use super::{Services, actor::Actor};
use crate::{
    domain::{
        Millis,
        channel::Channel,
        contact::{ContactView, IdentityKind, mask_phone, name_by_id, shown_contact_name},
        conversation::{
            Answering, Conversation, ConversationPage, ConversationStatus, ConversationSummary, Mode, WINDOW, Waiting,
            WaitingCustomer, parse_place,
        },
        event::DomainEvent,
        ids::{ConversationId, IntegrationId, WorkspaceId},
        label::Label,
        listing::{self, Colleague, Counts, Listing},
        message::{Author, MessageState, ON_PHONE},
    },
    error::ApiError,
    server::{
        error::Result,
        store::{
            Conn, StoreResult, account, chatbot, contact,
            conversation::{self, InboxFilter, InboxRow, Whose},
            integration::{self, IntegrationRow},
            label,
        },
    },
    texts::retold,
};

const PAGE: i64 = 50;
/// The most conversations that may be asked for by their ids.
const IDS_MAX: usize = 200;
/// How many of those who wait are named to pages that notify.
const NEWEST: i64 = 10;

/// A page of the inbox; with `waiting` those who have waited for a person longest come first.
pub async fn list(
    state: &Services,
    actor: &Actor,
    listing: Listing,
    before: Option<&str>,
    ids: Option<&[ConversationId]>,
) -> Result<ConversationPage> {
    let before = match before {
        None => (Millis::MAX, ConversationId::max()),
        Some(text) => {
            parse_place(text).ok_or_else(|| ApiError::invalid("before", "This is not a `next` of a page."))?
        }
    };
    let filter = InboxFilter { before, limit: PAGE + 1, ..filter(actor, listing) };
    let mut conn = state.store.read().await?;
    let mut rows = match ids {
        _ if is_void(&mut conn, actor.workspace_id, filter).await? => Vec::new(),
        None => conversation::list(&mut conn, actor.workspace_id, filter).await?,
        Some(ids) if ids.len() <= IDS_MAX => {
            // An id that is requested twice is returned once.
            let ids: BTreeSet<ConversationId> = ids.iter().copied().collect();
            conversation::list_of(&mut conn, actor.workspace_id, filter, ids).await?
        }
        Some(_) => return Err(ApiError::invalid("ids", "These are too many at once.").action("Ask in parts.").into()),
    };
    let only_filtered = rows.is_empty() && conversation::any(&mut conn, actor.workspace_id).await?;
    let more = ids.is_none() && rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    if more {
        rows.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    }
    show_who_waits(&mut conn, actor.workspace_id, &mut rows).await?;
    let labelled: Vec<ConversationId> = rows.iter().filter(|row| row.labelled > 0).map(|row| row.id).collect();
    let mut labels = label::list_of(&mut conn, actor.workspace_id, &labelled).await?;
    let view = |row: InboxRow| {
        let labels = labels.remove(&row.id).unwrap_or_default();
        row_view(actor, row, labels)
    };
    let rows: Vec<ConversationSummary> = rows.into_iter().map(view).collect();
    let next = rows.last().filter(|_| more).map(|row| {
        let (at, id) = row.place(listing.waiting);
        format!("{at}.{id}")
    });
    Ok(ConversationPage { rows, next, only_filtered })
}

/// A filter as its asker means it, from the beginning of the list.
fn filter(actor: &Actor, listing: Listing) -> InboxFilter {
    let Listing { channel, status, waiting, assignee, label, unread } = listing;
    let whose = match assignee {
        None => Whose::Anybodys,
        Some(listing::Whose::Mine) => Whose::Of(actor.user_id),
        Some(listing::Whose::Nobody) => Whose::Nobodys,
        Some(listing::Whose::Person(user_id)) => Whose::Of(user_id),
    };
    let before = (Millis::MAX, ConversationId::max());
    InboxFilter { waiting, channel, status, whose, label, unread, before, limit: PAGE + 1 }
}

/// A label that is no more lets nothing through, whatever it has not come off yet.
async fn is_void(conn: &mut Conn, ws: WorkspaceId, f: InboxFilter) -> StoreResult<bool> {
    Ok(match f.label {
        Some(id) => label::find(conn, ws, id).await?.is_none(),
        None => false,
    })
}

/// How many the other filters let through: the caller's, nobody's, all.
pub async fn counts(state: &Services, actor: &Actor, listing: Listing) -> Result<Counts> {
    let mut conn = state.store.read().await?;
    let all = filter(actor, Listing { assignee: None, ..listing });
    let of = |whose| InboxFilter { whose, ..all };
    let ws = actor.workspace_id;
    if is_void(&mut conn, ws, all).await? {
        return Ok(Counts::default());
    }
    Ok(Counts {
        mine: conversation::count(&mut conn, ws, of(Whose::Of(actor.user_id))).await?,
        unassigned: conversation::count(&mut conn, ws, of(Whose::Nobodys)).await?,
        all: conversation::count(&mut conn, ws, all).await?,
    })
}

/// Rows of customers who wait show what these said last, not what the bot or anybody said since.
async fn show_who_waits(conn: &mut Conn, workspace_id: WorkspaceId, rows: &mut [InboxRow]) -> StoreResult<()> {
    let hides_them = |row: &InboxRow| row.waiting_since.is_some() && row.preview_author != Author::Contact;
    let ids: Vec<ConversationId> = rows.iter().filter(|row| hides_them(row)).map(|row| row.id).collect();
    let mut words = conversation::list_last_words(conn, workspace_id, &ids).await?;
    for row in rows {
        if let Some(said) = words.remove(&row.id) {
            (row.preview, row.preview_author, row.preview_state) = (said, Author::Contact, MessageState::Received);
        }
    }
    Ok(())
}

/// How many customers wait for a person, and who began to wait last.
pub async fn waiting(state: &Services, actor: &Actor) -> Result<Waiting> {
    let mut conn = state.store.read().await?;
    let ws = actor.workspace_id;
    let count = conversation::count_waiting(&mut conn, ws).await?;
    let rows = if count == 0 { Vec::new() } else { conversation::list_newest_waiting(&mut conn, ws, NEWEST).await? };
    let ids: Vec<ConversationId> = rows.iter().map(|row| row.id).collect();
    let mut words = conversation::list_last_words(&mut conn, ws, &ids).await?;
    let newest = rows.into_iter().map(|row| WaitingCustomer {
        id: row.id,
        name: Known {
            name: row.contact_name.as_deref(),
            username: row.contact_username.as_deref(),
            phone: row.contact_phone.as_deref(),
            session_id: &row.session_id,
        }
        .shown(row.channel),
        preview: words.remove(&row.id).unwrap_or_default(),
        since: row.waiting_since,
    });
    Ok(Waiting { count, newest: newest.collect() })
}

fn row_view(actor: &Actor, row: InboxRow, labels: Vec<Label>) -> ConversationSummary {
    let mine = row.person_id == Some(actor.user_id);
    let answering = Answering::of(row.mode, mine, row.person_id.is_some(), row.on_phone);
    ConversationSummary {
        id: row.id,
        channel: row.channel,
        name: Known {
            name: row.contact_name.as_deref(),
            username: row.contact_username.as_deref(),
            phone: row.contact_phone.as_deref(),
            session_id: &row.session_id,
        }
        .shown(row.channel),
        mode: row.mode,
        status: row.status,
        unread: row.unread,
        preview: if row.preview_author == Author::System { retold(&row.preview) } else { row.preview },
        preview_author: row.preview_author,
        preview_mine: row.preview_user_id == Some(actor.user_id),
        preview_name: match (row.preview_author, row.preview_user_id) {
            (Author::User, None) => Some(retold(ON_PHONE)),
            _ => row.preview_user_name,
        },
        answering,
        answering_name: row.person_name.filter(|_| answering == Answering::Colleague),
        assignee: row.assignee_id.zip(row.assignee_name).map(|(id, name)| Colleague { id, name }),
        labels,
        preview_state: row.preview_state,
        last_message_at: row.last_message_at,
        waiting_since: row.waiting_since,
    }
}

/// What is known of a customer's name.
pub(super) struct Known<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) username: Option<&'a str>,
    pub(super) phone: Option<&'a str>,
    /// How the channel knows them: a number or an id.
    pub(super) session_id: &'a str,
}

impl Known<'_> {
    /// Profile name, else user name, else masked number, else the end of the id. What cannot be seen is no name, and a
    /// number in it is masked.
    pub(super) fn shown(&self, channel: Channel) -> String {
        if let Some(name) = self.name.and_then(|name| self.masked(name)) {
            return name;
        }
        if let Some(username) = self.username.and_then(|name| self.masked(name)) {
            return format!("@{username}");
        }
        let is_number = |id: &&str| !id.is_empty() && id.chars().all(|c| c.is_ascii_digit());
        match (self.phone.or(Some(self.session_id).filter(is_number)), channel) {
            (_, Channel::Web) => retold("Website visitor"),
            (Some(phone), Channel::Whatsapp | Channel::Newer) => mask_phone(phone),
            (None, Channel::Whatsapp | Channel::Newer) => name_by_id(self.session_id),
        }
    }

    pub(super) fn masked(&self, name: &str) -> Option<String> {
        shown_contact_name(name, self.phone.into_iter().chain([self.session_id]))
    }
}

pub async fn get(state: &Services, actor: &Actor, id: ConversationId) -> Result<Conversation> {
    let mut conn = state.store.read().await?;
    let ws = actor.workspace_id;
    let row = conversation::find(&mut conn, ws, id).await?.ok_or_else(|| ApiError::not_found("The conversation"))?;
    let known =
        contact::find(&mut conn, ws, row.contact_id).await?.ok_or_else(|| ApiError::not_found("The contact"))?;
    let identities = contact::list_identities(&mut conn, ws, row.contact_id).await?;
    let chatbot = chatbot::find_profile(&mut conn, ws, row.chatbot_id).await?;
    let chatbot_name = chatbot.map(|bot| bot.name);
    let integration = integration::find(&mut conn, ws, row.integration_id).await?;
    let window_ends_at = window_ends_at(row.channel, row.last_inbound_at);
    let off = is_off(row.channel, integration.as_ref());
    let answering = if off { Answering::Off } else { answering(actor, &row, state.now()) };
    let answering_name = match row.person_id.filter(|_| answering == Answering::Colleague) {
        Some(person) => account::find_name(&mut conn, person).await?,
        None => None,
    };
    let assignee = match row.assignee_id {
        Some(id) => account::find_name(&mut conn, id).await?.map(|name| Colleague { id, name }),
        None => None,
    };
    let labels = label::list_of(&mut conn, ws, &[id]).await?.remove(&id).unwrap_or_default();
    let has_user_id = identities.iter().any(|(kind, ..)| kind == IdentityKind::UserId.as_str());
    let blocked = send_blocked(row.channel, integration.as_ref(), window_ends_at, state.now());
    Ok(Conversation {
        id: row.id,
        channel: row.channel,
        mode: row.mode,
        status: row.status,
        answering,
        answering_name,
        assignee,
        labels,
        snoozed_until: row.snoozed_until.filter(|_| row.status == ConversationStatus::Snoozed),
        contact: contact_view(&row, &known, has_user_id),
        chatbot_id: row.chatbot_id,
        chatbot_name: chatbot_name.unwrap_or_else(|| retold("Deleted chatbot")),
        send_blocked: blocked.as_deref().map(retold),
        sandbox: integration.as_ref().is_some_and(|i| i.provider == crate::domain::integration::Provider::Sandbox),
        integration_id: integration.as_ref().map(|i| i.id),
        business_number: integration.as_ref().and_then(|i| i.address.as_deref()).map(mask_phone),
        integration_name: integration.filter(|i| i.channel != Channel::Web).map(|i| i.name),
        window_ends_at: window_ends_at.filter(|_| !off),
        created_at: row.created_at,
        last_inbound_at: row.last_inbound_at,
    })
}

fn contact_view(row: &conversation::ConversationRow, known: &contact::ContactRow, has_user_id: bool) -> ContactView {
    let names = Known {
        name: known.name.as_deref(),
        username: known.username.as_deref(),
        phone: known.phone.as_deref(),
        session_id: &row.session_id,
    };
    ContactView {
        id: known.id,
        name: names.shown(row.channel),
        username: names.username.and_then(|name| names.masked(name)),
        phone: known.phone.as_deref().map(mask_phone),
        has_user_id,
    }
}

/// Which lane of the writer has all that is written to a conversation: its integration's, which sends; on a website, where
/// nothing is sent, its own.
#[must_use]
pub fn lane(channel: Channel, integration_id: IntegrationId, id: ConversationId) -> Uuid {
    if channel.capabilities().sends { integration_id.into() } else { id.into() }
}

/// Whether nobody can say anything in a conversation by its channel, not even the bot.
fn is_off(channel: Channel, integration: Option<&IntegrationRow>) -> bool {
    channel == Channel::Newer || integration.is_none_or(|i| !i.active || i.error_reason.is_some())
}

/// Who answers, as far as the channel lets them.
fn answering(actor: &Actor, row: &conversation::ConversationRow, now: Millis) -> Answering {
    // What the provider said of the thread holds for a day (see `store/conversation/arrival.rs`).
    let elsewhere = row.thread_owner == "other" && row.thread_owner_at > now - WINDOW;
    if row.mode == Mode::Bot && elsewhere {
        return Answering::Elsewhere;
    }
    Answering::of(row.mode, row.person_id == Some(actor.user_id), row.person_id.is_some(), row.on_phone)
}

/// Until when the customer may be written to; none where that is no matter of time, or nobody has written yet.
#[must_use]
pub fn window_ends_at(channel: Channel, last_inbound_at: Option<Millis>) -> Option<Millis> {
    Some(last_inbound_at? + channel.capabilities().window?)
}

/// Why nothing can be sent in a conversation now.
#[must_use]
pub fn send_blocked(
    channel: Channel,
    integration: Option<&IntegrationRow>,
    window_ends_at: Option<Millis>,
    now: Millis,
) -> Option<String> {
    if channel == Channel::Newer {
        return Some("A newer version of Parlance knows this channel. Update this server to answer.".to_owned());
    }
    let Some(integration) = integration else {
        return Some(match channel {
            Channel::Web => {
                "The chatbot was deleted, and its website chat with it. This conversation is history.".to_owned()
            }
            _ => "The integration was deleted. This conversation is history.".to_owned(),
        });
    };
    if !integration.active && channel == Channel::Web {
        return Some("The chatbot's website chat is switched off: visitors cannot read what you write.".to_owned());
    }
    if !integration.active {
        return Some(format!("The integration “{}” is inactive: nothing is sent through it.", integration.name));
    }
    if let Some(reason) = &integration.error_reason {
        return Some(format!("The integration “{}” has stopped: {reason}", integration.name));
    }
    if channel.capabilities().window.is_some() && window_ends_at.is_none_or(|ends| ends <= now) {
        return Some("More than 24 hours have passed since the customer's last message. WhatsApp takes free text again when they write.".to_owned());
    }
    None
}

/// Everything up to a place was seen; without one, all that there is.
pub async fn mark_read(state: &Services, actor: &Actor, id: ConversationId, seq: Option<i64>) -> Result<()> {
    if conversation::find(&mut state.store.read().await?, actor.workspace_id, id).await?.is_none() {
        return Err(ApiError::not_found("The conversation").into());
    }
    let input = (actor.workspace_id, id, seq.unwrap_or(i64::MAX), state.now());
    state
        .transact(actor, id, input, |conn, (ws, id, seen, now)| {
            Box::pin(async move {
                if conversation::mark_read(conn, *ws, *id, *seen).await? {
                    conn.tell(*ws, DomainEvent::ConversationRead { id: *id }, *now);
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Known;
    use crate::domain::channel::Channel::{Web, Whatsapp};

    #[test]
    fn never_shows_a_number_whole() {
        let phone = Some("4915123456789");
        for (name, username) in [
            (None, None),
            (Some("+49 151 2345 6789"), None),
            (Some("  "), None),
            (Some("\u{200b}"), Some("\u{3164}")),
            (Some("Shop 4915123456789"), None),
            (None, Some("ada4915123456789")),
        ] {
            for known in [
                Known { name, username, phone, session_id: "US.1" },
                Known { name, username, phone: None, session_id: "4915123456789" },
            ] {
                let shown = known.shown(Whatsapp);
                assert!(shown.contains('•') && !shown.contains("2345"), "{shown}");
            }
        }
        let nobody = Known { name: None, username: None, phone: None, session_id: "US.13491208655302741918" };
        assert_eq!(Known { name: Some("Ada 2"), ..nobody }.shown(Whatsapp), "Ada 2");
        assert_eq!(Known { username: Some("ada"), ..nobody }.shown(Whatsapp), "@ada");
        assert_eq!(nobody.shown(Whatsapp), "Customer · 741918");
        assert_eq!(nobody.shown(Web), "Website visitor");
    }
}
