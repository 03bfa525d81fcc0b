//! Chatbots and their engines.

use std::sync::Arc;

use super::{Services, actor::Actor, validate};
use crate::{
    domain::{
        chatbot::{
            ANSWER_MAX, Chatbot, ChatbotFields, DEFAULT_FALLBACK, DEFAULT_IDLE_MINUTES, EngineKind, IDLE_MINUTES_MAX,
            NAME_MAX, Outcome, SmallTalk, TryAnswer,
        },
        event::DomainEvent,
        ids::{ChatbotId, WorkspaceId},
    },
    error::ApiError,
    server::{
        base::clock::mint_id,
        engine::{Decision, Engine, EngineError, KnowledgeEngine, Phrases, Turn},
        error::Result,
        store::{
            chatbot::{self, ChatbotProfile},
            integration, knowledge,
        },
    },
    texts::retold,
};

/// What the integration with the website is called.
const WEBSITE: &str = "Website";

pub async fn list(state: &Services, actor: &Actor) -> Result<Vec<Chatbot>> {
    let found = chatbot::list(&mut state.store.read().await?, actor.workspace_id).await?;
    Ok(found.into_iter().map(|bot| with_address(state, bot)).collect())
}

fn with_address(state: &Services, bot: Chatbot) -> Chatbot {
    let web_address = bot.web_integration_id.map(|id| format!("{}/widget/{id}", state.config.public_url));
    Chatbot { web_address: web_address.unwrap_or_default(), ..bot }
}

pub async fn get(state: &Services, actor: &Actor, id: ChatbotId) -> Result<Chatbot> {
    let found = chatbot::find(&mut state.store.read().await?, actor.workspace_id, id).await?;
    Ok(with_address(state, found.ok_or_else(|| ApiError::not_found("The chatbot"))?))
}

pub async fn create(state: &Services, actor: &Actor, name: &str) -> Result<Chatbot> {
    let (now, website_id) = (state.now(), mint_id());
    let bot = Chatbot {
        id: mint_id(),
        name: validate::required("name", name, NAME_MAX)?,
        engine: EngineKind::Knowledge,
        greeting: String::new(),
        fallback: retold(DEFAULT_FALLBACK),
        small_talk: SmallTalk::default(),
        idle_minutes: DEFAULT_IDLE_MINUTES,
        knowledge_count: 0,
        integration_count: 0,
        web_active: false,
        web_integration_id: Some(website_id),
        web_address: String::new(),
        created_at: now,
        updated_at: now,
    };
    let input = (actor.workspace_id, bot.clone(), website_id);
    state
        .transact(actor, bot.id, input, |conn, (workspace_id, bot, website_id)| {
            Box::pin(async move {
                chatbot::insert(conn, *workspace_id, bot).await?;
                let of = (bot.id, WEBSITE);
                integration::insert_website(conn, *workspace_id, *website_id, of, bot.created_at).await?;
                let created = DomainEvent::ChatbotCreated { id: bot.id, name: bot.name.clone() };
                conn.tell(*workspace_id, created, bot.created_at);
                Ok(())
            })
        })
        .await?;
    Ok(with_address(state, bot))
}

pub async fn update(state: &Services, actor: &Actor, id: ChatbotId, fields: ChatbotFields) -> Result<Chatbot> {
    if fields.idle_minutes.is_some_and(|minutes| !(0..=IDLE_MINUTES_MAX).contains(&minutes)) {
        return Err(ApiError::invalid("idle_minutes", "Give minutes from 1 to 43200 (30 days), or 0 for never.").into());
    }
    let words = |field: &'static str, text: Option<String>| {
        text.map(|text| validate::text(field, &text, ANSWER_MAX)).transpose()
    };
    let change = ChatbotFields {
        name: fields.name.map(|n| validate::required("name", &n, NAME_MAX)).transpose()?,
        greeting: words("greeting", fields.greeting)?,
        fallback: fields.fallback.map(|f| validate::required("fallback", &f, ANSWER_MAX)).transpose()?,
        hello: words("hello", fields.hello)?,
        thanks: words("thanks", fields.thanks)?,
        goodbye: words("goodbye", fields.goodbye)?,
        insult: words("insult", fields.insult)?,
        person: words("person", fields.person)?,
        idle_minutes: fields.idle_minutes,
    };
    let input = (actor.workspace_id, id, change, state.now());
    let changed = state
        .transact(actor, id, input, |conn, (workspace_id, id, change, now)| {
            Box::pin(async move {
                let changed = chatbot::update(conn, *workspace_id, *id, change, *now).await?;
                if changed {
                    conn.tell(*workspace_id, DomainEvent::ChatbotChanged { id: *id, fields: given(change) }, *now);
                }
                Ok(changed)
            })
        })
        .await?;
    if !changed {
        return Err(ApiError::not_found("The chatbot").into());
    }
    get(state, actor, id).await
}

/// Which fields were given, by their names.
fn given(change: &ChatbotFields) -> Vec<&'static str> {
    // All of them by name: the compiler asks about one that is added later.
    let ChatbotFields { name, greeting, fallback, hello, thanks, goodbye, insult, person, idle_minutes } = change;
    let fields = [
        ("name", name.is_some()),
        ("greeting", greeting.is_some()),
        ("fallback", fallback.is_some()),
        ("hello", hello.is_some()),
        ("thanks", thanks.is_some()),
        ("goodbye", goodbye.is_some()),
        ("insult", insult.is_some()),
        ("person", person.is_some()),
        ("idle_minutes", idle_minutes.is_some()),
    ];
    fields.into_iter().filter_map(|(name, is_given)| is_given.then_some(name)).collect()
}

/// Opens or closes the chat on websites. Closed, its page and everything behind it are not there, and open questions of
/// visitors end.
pub async fn set_website(state: &Services, actor: &Actor, id: ChatbotId, active: bool) -> Result<Chatbot> {
    let input = (actor.workspace_id, id, active, state.now());
    state
        .transact(actor, id, input, |conn, (workspace_id, id, active, now)| {
            Box::pin(async move {
                let switched = integration::set_website_active(conn, *workspace_id, *id, *active, *now).await?;
                if let Some(website_id) = switched {
                    conn.tell(*workspace_id, DomainEvent::IntegrationChanged { id: website_id }, *now);
                    conn.tell(*workspace_id, DomainEvent::ChatbotSwitched { id: *id, active: *active }, *now);
                }
                Ok(())
            })
        })
        .await?;
    get(state, actor, id).await
}

/// Deletes a chatbot, unless integrations use it. The check and the deletion are one transaction.
pub async fn delete(state: &Services, actor: &Actor, id: ChatbotId) -> Result<()> {
    let input = (actor.workspace_id, id, state.now());
    let outcome = state
        .transact(actor, id, input, |conn, (workspace_id, id, now)| {
            Box::pin(async move {
                let users = integration::names_of_chatbot(conn, *workspace_id, *id).await?;
                if !users.is_empty() {
                    return Ok(Err(users));
                }
                let Some(name) = chatbot::delete(conn, *workspace_id, *id).await? else { return Ok(Ok(false)) };
                if let Some(id) = integration::delete_website(conn, *workspace_id, *id, *now).await? {
                    conn.tell(*workspace_id, DomainEvent::IntegrationChanged { id }, *now);
                }
                conn.tell(*workspace_id, DomainEvent::ChatbotDeleted { id: *id, name }, *now);
                Ok(Ok(true))
            })
        })
        .await?;
    match outcome {
        Ok(true) => Ok(()),
        Ok(false) => Err(ApiError::not_found("The chatbot").into()),
        Err(users) => {
            let names = users.iter().map(|n| format!("“{n}”")).collect::<Vec<_>>().join(", ");
            Err(ApiError::conflict(format!("The chatbot is in use by {names}."))
                .action("Delete these integrations first, then the chatbot.")
                .into())
        }
    }
}

/// What the chatbot would say, at the beginning of a conversation (or where the bot has spoken and missed so often before).
pub async fn try_out(
    state: &Services,
    actor: &Actor,
    id: ChatbotId,
    question: &str,
    (greeted, misses): (bool, i64),
) -> Result<TryAnswer> {
    let text = validate::required("question", question, ANSWER_MAX)?;
    let engine = engine(state, actor.workspace_id, id).await?.ok_or_else(|| ApiError::not_found("The chatbot"))?;
    let reply = engine.reply(&Turn { text, greeted, misses: misses.max(0) }).await?;
    let (outcome, reason) = match reply.decision {
        Decision::Answer => (Outcome::Answer, None),
        Decision::SmallTalk => (Outcome::SmallTalk, None),
        Decision::Silence => (Outcome::Silence, None),
        Decision::Fallback => (Outcome::Fallback, None),
        Decision::HandOver(why) => (Outcome::HandOver, Some(why)),
    };
    Ok(TryAnswer {
        outcome,
        reason,
        contents: reply.contents,
        question: reply.evidence.question,
        confidence: reply.evidence.confidence,
        misses: reply.decision.misses(misses.max(0)),
    })
}

fn phrases(profile: &ChatbotProfile) -> Phrases {
    Phrases {
        name: profile.name.clone(),
        greeting: profile.greeting.clone(),
        fallback: profile.fallback.clone(),
        small_talk: profile.small_talk.clone().into(),
    }
}

/// A chatbot, ready to answer.
pub type Bot = Arc<dyn Engine>;

/// A chatbot as it answers now; none when there is no such chatbot.
///
/// # Errors
/// When the database is unavailable or the index cannot be built.
pub async fn engine(state: &Services, workspace_id: WorkspaceId, id: ChatbotId) -> Result<Option<Bot>> {
    let mut conn = state.store.read().await?;
    let Some(profile) = chatbot::find_profile(&mut conn, workspace_id, id).await? else { return Ok(None) };
    Ok(Some(match profile.engine {
        EngineKind::Newer => {
            return Err(EngineError::NotLoaded("only a newer version of Parlance knows it".to_owned()).into());
        }
        EngineKind::Knowledge => {
            let knowledge = match state.engines.cached(id, profile.knowledge_version).await {
                Some(knowledge) => knowledge,
                None => {
                    let items = knowledge::list(&mut conn, workspace_id, id).await?;
                    drop(conn);
                    let entries = items.into_iter().map(|item| (item.question, item.answer)).collect();
                    state.engines.build(id, profile.knowledge_version, entries).await?
                }
            };
            Arc::new(KnowledgeEngine { knowledge, phrases: phrases(&profile) })
        }
    }))
}
