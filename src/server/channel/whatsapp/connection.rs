//! The connection test (contract, section 8). It asks Meta and our own address; it sends no message and changes nothing.
//!
//! Steps that do not depend on each other run side by side, and each is told as soon as it is done. Only a token that
//! Meta refuses ends the questions early: every other answer would be about it too.

mod account;
mod callback;
mod entries;
mod number;
mod run;
mod token;

use std::time::Duration;

use secrecy::SecretString;

use self::{
    entries::Entries,
    run::Run,
    token::{Proof, TokenState},
};
use super::graph::Graph;
use crate::domain::{
    Millis,
    integration::{Ability, Check, Provider, Quality, TestReport, TestStep, Trouble},
};

/// What is tested.
pub struct Subject {
    pub provider: Provider,
    pub phone_number_id: String,
    pub business_account_id: String,
    pub access_token: SecretString,
    pub app_id: Option<String>,
    pub app_secret: SecretString,
    /// What only a saved integration has.
    pub saved: Option<Saved>,
    /// How long one call may take.
    pub patience: Duration,
    pub now: Millis,
}

/// What can be looked at once an integration is saved.
pub struct Saved {
    /// Addresses of ours to which Meta may send this number's webhooks; its own comes first.
    pub callbacks: Vec<String>,
    pub verify_token: Option<SecretString>,
    /// Why our own address cannot be asked; none when it can.
    pub unreachable: Option<&'static str>,
    pub last_webhook_at: Option<Millis>,
    /// Deliveries rejected for their signature since then.
    pub rejected_since: i64,
}

/// What was learnt about the number and its token on the way.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub display_phone_number: Option<String>,
    pub verified_name: Option<String>,
    pub quality: Option<Quality>,
    pub messaging_limit: Option<String>,
    pub ability: Option<Ability>,
    /// When the token ends, if that is known: `Some(None)` is never.
    pub token_expires_at: Option<Option<Millis>>,
    /// The app that was entered says that the token is its own, and good.
    pub token_of_app: Option<bool>,
    /// The token opens the number.
    pub opens_number: Option<bool>,
    /// The number is one of the account's, which the token opens too.
    pub belongs: Option<bool>,
    /// Why Meta limits or blocks what the number sends. That alone stops nothing: replies may still go through.
    pub hindrance: Option<Trouble>,
    /// Why nothing can be sent.
    pub trouble: Option<Trouble>,
    /// Meta has answered something, or no connection came about; none when neither is certain.
    pub reached: Option<bool>,
    /// Neither token nor number could be judged.
    pub inconclusive: bool,
}

/// How a test ended.
#[derive(Clone, Debug)]
pub struct TestOutcome {
    pub report: TestReport,
    pub facts: Facts,
}

/// Where finished steps go.
pub type Tell<'a> = &'a (dyn Fn(&TestStep) + Send + Sync);

/// Runs all checks.
pub async fn test(graph: &Graph, subject: &Subject, tell: Tell<'_>) -> TestOutcome {
    let run = Run::new(graph, subject, tell);
    let entries = entries::check(&run);
    callback::webhook(&run);
    tokio::join!(ask_meta(&run, &entries), callback::reachability(&run));
    run.finish()
}

/// The cheap part for the background: the number, and the token if its app is known; `with_account` also whether the number
/// is still one of the account's.
pub async fn look(graph: &Graph, subject: &Subject, with_account: bool) -> TestOutcome {
    let run = Run::new(graph, subject, &|_| {});
    let entries = entries::check(&run);
    if entries.token {
        let token = token::inspect(&run, &entries).await;
        if token.state != TokenState::Refused {
            let answer = number::ask(&run, &entries, token).await;
            if with_account && answer.number.is_some() {
                account::belonging(&run, &entries, answer.token).await;
            }
        }
    }
    run.finish()
}

const TOKEN_FIRST: &str = "The access token has to be right first.";

async fn ask_meta(run: &Run<'_>, entries: &Entries) {
    use Check::{Ability, Account, AppSecret, Belonging, Callback, Number, Subscription, Token};
    if !entries.token {
        run.skip_all(&[AppSecret, Token, Number, Account, Belonging, Subscription, Callback, Ability], TOKEN_FIRST);
        return;
    }
    let mut token = token::inspect(run, entries).await;
    // Without the app, only the first question tells whether the token is good for anything.
    let first = match token.state {
        TokenState::Unknown => {
            let answer = number::ask(run, entries, token).await;
            token = answer.token;
            Some(answer.number)
        }
        _ => None,
    };
    if token.state == TokenState::Refused {
        run.skip_all(&[Number, Account, Belonging, Subscription, Callback, Ability], TOKEN_FIRST);
        return;
    }
    let number = async {
        match first {
            Some(number) => number,
            None => number::ask(run, entries, token).await.number,
        }
    };
    let callback = async {
        let (number, subscriptions) = tokio::join!(number, callback::subscriptions(run, token));
        callback::judge(run, number.as_ref(), subscriptions);
    };
    tokio::join!(
        callback,
        account::account(run, entries, token),
        account::belonging(run, entries, token),
        account::subscription(run, entries, token),
    );
}

/// Whether calls can carry the proof made with the app secret.
const fn carries_proof(proof: Proof) -> bool {
    !matches!(proof, Proof::Wrong)
}
