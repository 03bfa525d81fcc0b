//! Checks 3 and 4: the app with its secret, and the access token.

use serde_json::Value;
use time::OffsetDateTime;

use super::{
    entries::Entries,
    run::{Fault, Run, fault_of},
};
use crate::{
    domain::{
        Millis,
        integration::{Check, ProviderError, Remedy, TOKEN_WARNING, TestStep, Trouble},
    },
    server::channel::whatsapp::{
        errors::{Class, explain},
        graph::GraphError,
        wire::{number_of, text_of},
    },
};

/// What is known of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenState {
    Good,
    /// The app could not be asked about it.
    Unknown,
    /// Meta does not take it: nothing else can be asked.
    Refused,
}

/// Whether the app secret is that of the token's app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// There is no secret to make a proof with.
    None,
    /// Not known; Meta says so when it is wrong.
    Untried,
    Right,
    Wrong,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) state: TokenState,
    pub(super) proof: Proof,
}

/// Asks the app about the token, when the app is known.
pub(super) async fn inspect(run: &Run<'_>, entries: &Entries) -> Token {
    if !entries.app_secret {
        run.skip(Check::AppSecret, "The app secret has to be entered right first.");
        return Token { state: TokenState::Unknown, proof: Proof::None };
    }
    let Some(app) = run.app().filter(|_| entries.app_id) else {
        // The first call carries the proof made with the secret: its answer tells.
        return Token { state: TokenState::Unknown, proof: Proof::Untried };
    };
    let answer = run.graph.inspect_token(app, &run.subject.access_token).await;
    run.hear(&answer);
    match answer {
        Ok(data) => {
            run.ok(Check::AppSecret, "App id and app secret belong together.");
            judge(run, &data, app.app_id)
        }
        Err(error) if error.is_inconclusive() => {
            run.refused(Check::AppSecret, &error);
            Token { state: TokenState::Unknown, proof: Proof::Untried }
        }
        Err(error) => {
            let fault = if error.code == Some(101) {
                fault_of(&error)
            } else {
                Fault::new(
                    "app_secret_wrong",
                    "The app secret is not that of the app.",
                    "Copy the app secret again from App settings → Basic in Meta's console, and check the app id.",
                    Remedy::ReplaceSecret,
                )
            };
            run.push(TestStep { meta: error.meta(), ..failed(Check::AppSecret, fault) });
            Token { state: TokenState::Unknown, proof: Proof::Wrong }
        }
    }
}

fn failed(key: Check, fault: Fault) -> TestStep {
    crate::server::channel::whatsapp::connection::run::faulty(
        key,
        crate::domain::integration::StepStatus::Failed,
        fault,
    )
}

/// Judges what `debug_token` says.
fn judge(run: &Run<'_>, data: &Value, app_id: &str) -> Token {
    let expires_at = moment(data, "expires_at");
    let ended = expires_at.is_some_and(|at| at <= run.subject.now);
    let error = data.get("error").unwrap_or(&Value::Null);
    let code = number_of(error, "code");
    // “The App_id in the input_token did not match the Viewing App”: it may well be a good token, but of another app.
    if code == Some(100) || text_of(data, "app_id").is_some_and(|id| id != app_id) {
        let meta = code.map(|code| ProviderError { code, trace_id: None });
        run.learn(|facts| facts.token_of_app = Some(false));
        run.push(TestStep { meta, ..failed(Check::Token, other_app()) });
        return Token { state: TokenState::Good, proof: Proof::Wrong };
    }
    if data.get("is_valid").and_then(Value::as_bool) != Some(true) || ended {
        run.learn(|facts| facts.token_of_app = Some(false));
        let subcode = if ended { Some(463) } else { number_of(error, "subcode") };
        refuse(run, code, subcode);
        return Token { state: TokenState::Refused, proof: Proof::Right };
    }
    run.judged();
    let of_app = text_of(data, "app_id").as_deref() == Some(app_id);
    run.learn(|facts| (facts.token_expires_at, facts.token_of_app) = (Some(expires_at), Some(of_app)));
    if let Some(fault) = missing_right(run, data) {
        run.fail(Check::Token, fault);
    } else if let Some(fault) = ends_soon(run, data, expires_at) {
        run.warn(Check::Token, fault);
    } else {
        let until = expires_at.map_or_else(|| "does not expire".to_owned(), |at| format!("is valid until {}", day(at)));
        run.ok(Check::Token, format!("Meta accepts the access token. It {until}."));
    }
    Token { state: TokenState::Good, proof: Proof::Right }
}

/// Meta does not take the token, and says why.
fn refuse(run: &Run<'_>, code: Option<i64>, subcode: Option<i64>) {
    let known = explain(Some(190), subcode, Class::Credentials);
    run.stop(Trouble { reason: known.message.to_owned(), action: known.action.to_owned(), remedy: known.remedy });
    let fault = Fault {
        problem: known.problem,
        message: known.message.to_owned(),
        action: known.action.to_owned(),
        remedy: known.remedy,
    };
    let meta = code.map(|code| ProviderError { code, trace_id: None });
    run.push(TestStep { meta, ..failed(Check::Token, fault) });
}

fn other_app() -> Fault {
    Fault::new(
        "token_of_other_app",
        "The access token was made for another app.",
        "Make the token for the app whose id and secret you entered: choose it in Business settings → System users.",
        Remedy::ReplaceToken,
    )
}

const MESSAGING: &str = "whatsapp_business_messaging";
const MANAGEMENT: &str = "whatsapp_business_management";

/// A right that the token lacks.
fn missing_right(run: &Run<'_>, data: &Value) -> Option<Fault> {
    let scopes: Vec<&str> = data.get("scopes")?.as_array()?.iter().filter_map(Value::as_str).collect();
    let missing: Vec<&str> = [MESSAGING, MANAGEMENT].into_iter().filter(|scope| !scopes.contains(scope)).collect();
    if !missing.is_empty() {
        return Some(Fault::new(
            "missing_permission",
            format!("The token lacks the permission {}.", missing.join(" and ")),
            "Make a new token for the System User and tick both permissions.",
            Remedy::ReplaceToken,
        ));
    }
    // No list of targets means all of them.
    let account = run.subject.business_account_id.as_str();
    let closed = data.get("granular_scopes")?.as_array()?.iter().any(|granular| {
        let scope = text_of(granular, "scope").unwrap_or_default();
        let targets = granular.get("target_ids").and_then(Value::as_array);
        [MESSAGING, MANAGEMENT].contains(&scope.as_str())
            && targets.is_some_and(|ids| {
                !ids.iter().any(|id| crate::server::channel::whatsapp::wire::text(id).as_deref() == Some(account))
            })
    });
    closed.then(|| {
        Fault::new(
            "token_not_for_account",
            "The token was not made for this WhatsApp Business Account.",
            "Assign the account to the System User with full control, and make a new token; or correct the account id.",
            Remedy::ReplaceToken,
        )
    })
}

/// The token, or the access to data that goes with it, ends soon.
fn ends_soon(run: &Run<'_>, data: &Value, expires_at: Option<Millis>) -> Option<Fault> {
    let soon = |at: &Millis| at - run.subject.now < TOKEN_WARNING;
    let at = expires_at.filter(soon).or_else(|| moment(data, "data_access_expires_at").filter(soon))?;
    Some(Fault::new(
        "token_expires_soon",
        format!("The access token works, but only until {}.", day(at)),
        "Temporary tokens are for trying. Make a permanent System User token in time and replace this one.",
        Remedy::ReplaceToken,
    ))
}

/// A moment in Unix seconds; 0 is never.
fn moment(data: &Value, field: &str) -> Option<Millis> {
    number_of(data, field).filter(|s| (1..=100_000_000_000).contains(s)).map(|s| s * 1000)
}

/// A moment for people, whose time zone the server does not know.
pub(super) fn day(at: Millis) -> String {
    OffsetDateTime::from_unix_timestamp(at / 1000).map_or_else(
        |_| "a far day".to_owned(),
        |t| format!("{} {} {}, {:02}:{:02} UTC", t.day(), t.month(), t.year(), t.hour(), t.minute()),
    )
}

/// What the first call says about the token, when the app could not be asked.
pub(super) fn judge_by_call<T>(run: &Run<'_>, answer: &Result<T, GraphError>) -> TokenState {
    let accepted = "Meta accepts the access token. With the app id, the test could also tell when it ends.";
    match answer {
        Err(error) if error.is_inconclusive() => {
            run.refused(Check::Token, error);
            TokenState::Unknown
        }
        // Missing rights are another matter: such a token is known, and may do something else.
        Err(error) if matches!(error.code, Some(0 | 104 | 190)) => {
            run.stop(error.trouble());
            run.refused(Check::Token, error);
            TokenState::Refused
        }
        // The object may be wrong; the token was understood.
        _ => {
            run.judged();
            run.ok(Check::Token, accepted);
            TokenState::Good
        }
    }
}
