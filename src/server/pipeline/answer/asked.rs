//! What turns need from the database before their chatbots are asked, read for many at once; and the chatbots themselves.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use tokio::sync::OnceCell;

use crate::{
    domain::{
        contact::Recipient,
        ids::{ChatbotId, WorkspaceId},
        order::in_order,
    },
    server::{
        error::caught,
        pipeline::Pipeline,
        service::chatbot::{self, Bot},
        store::{
            StoreResult,
            conversation::Unanswered,
            message::{self, Question, TURN_MAX},
            outbound,
        },
    },
};

/// What a turn is about.
#[derive(Default)]
pub(super) struct Asked {
    /// The messages to answer now, in the order in which the customer wrote them.
    pub questions: Vec<Question>,
    /// The recipient of the answer; none on the website, where visitors fetch it.
    pub to: Option<Recipient>,
}

impl Asked {
    /// The place up to which the turn has been dealt with: the greatest among the messages, which need not be that of the last.
    /// Where there is none to answer, as far as was looked: a question may stand behind a hundred pictures.
    pub(super) fn last_seq(&self, turn: &Unanswered) -> i64 {
        let asked = self.questions.iter().map(|question| question.seq).max();
        asked.unwrap_or_else(|| turn.inbound_seq.min(turn.answered_seq + TURN_MAX))
    }
}

/// What turns are about, in their order. Rows that cannot be read cost no other turn: a set that fails is halved until they
/// are alone.
pub(super) async fn read(state: &Pipeline, turns: &[Unanswered]) -> Vec<StoreResult<Asked>> {
    let mut read = Vec::with_capacity(turns.len());
    let mut pending = if turns.is_empty() { Vec::new() } else { vec![turns] };
    while let Some(set) = pending.pop() {
        match read_set(state, set).await {
            Ok(asked) => read.extend(asked.into_iter().map(Ok)),
            Err(error) if set.len() < 2 || error.is_passing() => read.extend(set.iter().map(|_| Err(error.clone()))),
            Err(_) => {
                let (first, second) = set.split_at(set.len() / 2);
                pending.extend([second, first]);
            }
        }
    }
    read
}

async fn read_set(state: &Pipeline, turns: &[Unanswered]) -> StoreResult<Vec<Asked>> {
    let places: Vec<_> = turns.iter().map(|t| (t.workspace_id, t.id, t.answered_seq, t.inbound_seq)).collect();
    let mut conn = state.store.read().await?;
    let mut questions = message::list_questions(&mut conn, &places).await?;
    let sent: Vec<_> =
        turns.iter().filter(|t| t.channel.capabilities().sends).map(|t| (t.workspace_id, t.id)).collect();
    let mut recipients = outbound::list_recipients(&mut conn, &sent).await?;
    let asked = turns.iter().map(|turn| {
        let mut questions = questions.remove(&turn.id).unwrap_or_default();
        if state.config.quiet_time == 0 {
            // With no quiet time each message is answered alone, else the whole burst.
            questions.truncate(1);
        }
        // As the customer wrote them, though deliveries overtake each other.
        let questions = in_order(questions, |q| Some((q.at, q.created_at)));
        Asked { questions, to: recipients.remove(&turn.id) }
    });
    Ok(asked.collect())
}

/// A chatbot that turns of one claim share. The first of them to be handled loads it: one that cannot be loaded, or takes its
/// time, costs nobody else's turns anything.
#[derive(Default)]
pub(super) struct SharedBot(OnceCell<Result<Option<Bot>, String>>);

impl SharedBot {
    /// The chatbot as it answers now; none when it is gone.
    ///
    /// # Errors
    /// Why it cannot be loaded.
    pub(super) async fn get(
        &self,
        state: &Pipeline,
        workspace_id: WorkspaceId,
        id: ChatbotId,
    ) -> Result<Option<Bot>, String> {
        let load = async {
            let loaded = caught(async {
                state.faults.point_of("answer.loads", id).await;
                chatbot::engine(state, workspace_id, id).await
            });
            loaded.await.map_err(|error| format!("{error:?}"))
        };
        self.0.get_or_init(|| load).await.clone()
    }
}

/// The chatbots of turns, each once.
pub(super) fn bots(turns: &[Unanswered]) -> Vec<Arc<SharedBot>> {
    let mut known: HashMap<(WorkspaceId, ChatbotId), Arc<SharedBot>> = HashMap::new();
    let shared = turns.iter().map(|turn| match known.entry((turn.workspace_id, turn.chatbot_id)) {
        Entry::Occupied(bot) => Arc::clone(bot.get()),
        Entry::Vacant(place) => Arc::clone(place.insert(Arc::default())),
    });
    shared.collect()
}
