//! What the tab keeps of unsent messages, so that a reload loses none. It is kept for its author: nobody else who
//! signs in here sees or sends it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Fate, STILL_MEANT, Unsent};
use crate::{
    api::reader::read,
    domain::{
        Millis,
        ids::{ConversationId, UserId},
    },
    error::{ApiError, ErrorCode},
    texts::inbox,
    ui::browser,
};

#[derive(Serialize, Deserialize)]
struct Kept {
    id: Uuid,
    conversation: ConversationId,
    name: String,
    text: String,
    at: Millis,
    /// Why it was not sent, where that is known.
    failed: Option<String>,
    uncertain: bool,
}

fn key(user: UserId) -> String {
    format!("unsent-{user}")
}

pub(super) fn keep(user: UserId, all: &[Unsent]) {
    let kept: Vec<Kept> = all.iter().filter(|u| !matches!(u.fate, Fate::Taken(_))).map(Kept::from).collect();
    let json = if kept.is_empty() { String::new() } else { serde_json::to_string(&kept).unwrap_or_default() };
    browser::keep(&key(user), &json);
}

pub(super) fn recall(user: UserId) -> Vec<Unsent> {
    let json = browser::recall(&key(user)).unwrap_or_default();
    let kept: Vec<Kept> = read(json.as_bytes()).unwrap_or_default();
    kept.into_iter().map(|kept| kept.come_back(browser::now())).collect()
}

impl From<&Unsent> for Kept {
    fn from(u: &Unsent) -> Self {
        let failed = match &u.fate {
            Fate::Failed(error) => Some(error.message.clone()),
            _ => None,
        };
        // An attempt in progress may have arrived, whatever becomes of this page.
        let uncertain = u.uncertain || matches!(u.fate, Fate::Tried(_));
        let (name, text) = (u.name.clone(), u.text.clone());
        Self { id: u.id, conversation: u.conversation, name, text, at: u.at, failed, uncertain }
    }
}

impl Kept {
    /// What was on its way a moment ago goes on; all else is for the person to decide.
    fn come_back(self, now: Millis) -> Unsent {
        let fate = match self.failed {
            None if now - self.at < STILL_MEANT => Fate::Waits,
            failed => {
                let why = failed.unwrap_or_else(|| inbox::page_closed().to_owned());
                Fate::Failed(ApiError::new(ErrorCode::Unavailable, why))
            }
        };
        let Self { id, conversation, name, text, at, uncertain, .. } = self;
        Unsent { id, conversation, name, text, at, fate, uncertain }
    }
}
