//! Checks 9 to 11: where Meta sends the webhooks, whether our address can be reached, and what has come.

use secrecy::ExposeSecret;
use serde_json::Value;

use super::{
    run::{Fault, Run, faulty},
    token::{Proof, Token, day},
};
use crate::{
    domain::{
        integration::{Check, Remedy, StepStatus, TestStep},
        text::percent,
    },
    server::channel::whatsapp::{
        graph::{GraphError, Network},
        wire::text_of,
    },
};

const NOT_SAVED: &str = "This can be checked once the integration is saved.";

/// What the app has subscribed to; none when it cannot be asked.
pub(super) async fn subscriptions(run: &Run<'_>, token: Token) -> Option<Result<Vec<Value>, GraphError>> {
    let app = run.app().filter(|_| token.proof == Proof::Right && run.subject.saved.is_some())?;
    let answer = run.graph.subscriptions_of_app(app).await;
    run.hear(&answer);
    Some(answer)
}

/// Check 9: the address in force is ours, and `messages` is among the fields.
pub(super) fn judge(run: &Run<'_>, number: Option<&Value>, subscriptions: Option<Result<Vec<Value>, GraphError>>) {
    let Some(saved) = &run.subject.saved else { return run.skip(Check::Callback, NOT_SAVED) };
    let app = match subscriptions {
        Some(Err(error)) if number.is_none() => return run.refused(Check::Callback, &error),
        Some(Ok(list)) => {
            Some(list.into_iter().find(|s| text_of(s, "object").as_deref() == Some("whatsapp_business_account")))
        }
        _ => None,
    };
    // The number's own address counts first, then the account's, then the app's (contract, section 1.4).
    let configured = number.and_then(|n| n.get("webhook_configuration")).and_then(|c| {
        ["phone_number", "whatsapp_business_account", "application"].into_iter().find_map(|level| text_of(c, level))
    });
    let of_app = app.as_ref().and_then(Option::as_ref).and_then(|s| text_of(s, "callback_url"));
    let Some(url) = configured.or(of_app) else {
        let told = number.is_some_and(|n| n.get("webhook_configuration").is_some());
        let unknown = !told && app.is_none();
        if unknown {
            run.skip(Check::Callback, "Meta did not say where it sends webhooks.");
        } else {
            missing(run);
        }
        return;
    };
    if !saved.callbacks.iter().any(|own| same(own, &url)) {
        return elsewhere(run, &url);
    }
    match app {
        Some(Some(subscription)) if !takes_messages(&subscription) => run.fail(
            Check::Callback,
            Fault::new(
                "messages_not_subscribed",
                "The callback is ours, but the app is not subscribed to the field “messages”.",
                "Tick “messages” under WhatsApp → Configuration → Webhook fields in Meta's console.",
                Remedy::SetCallback,
            ),
        ),
        Some(_) => run.ok(Check::Callback, "Meta sends this number's messages here."),
        None => run.ok(Check::Callback, "Meta sends this number's webhooks here."),
    }
}

fn same(own: &str, url: &str) -> bool {
    own.trim_end_matches('/') == url.trim_end_matches('/')
}

/// Whether `messages` is among a subscription's fields. Not told: benefit of the doubt.
fn takes_messages(subscription: &Value) -> bool {
    let inactive = subscription.get("active").and_then(Value::as_bool) == Some(false);
    let Some(fields) = subscription.get("fields").and_then(Value::as_array) else { return !inactive };
    let named = |f: &Value| f.as_str().map(str::to_owned).or_else(|| text_of(f, "name"));
    !inactive && fields.iter().any(|f| named(f).as_deref() == Some("messages"))
}

fn missing(run: &Run<'_>) {
    run.fail(
        Check::Callback,
        Fault::new(
            "callback_missing",
            "The app has no callback URL yet, so Meta does not know where to send messages.",
            "Enter callback URL and verify token under WhatsApp → Configuration in Meta's console.",
            Remedy::SetCallback,
        ),
    );
}

fn elsewhere(run: &Run<'_>, url: &str) {
    // Whatever follows the path may be a secret of somebody's.
    let shown: String = url.split(['?', '#']).next().unwrap_or_default().chars().take(200).collect();
    run.fail(
        Check::Callback,
        Fault::new(
            "callback_elsewhere",
            format!("Meta sends this number's messages to another address: {shown}"),
            "Enter our callback URL and verify token under WhatsApp → Configuration in Meta's console, or press “Subscribe” to set it for this account.",
            Remedy::Subscribe,
        ),
    );
}

/// The longest answer that could be our own.
const ANSWER_MAX: usize = 1024;
const CHALLENGE: &str = "1158201444";

/// Check 10: our own public address, asked as Meta would ask it.
pub(super) async fn reachability(run: &Run<'_>) {
    let Some(saved) = &run.subject.saved else { return run.skip(Check::Reachability, NOT_SAVED) };
    if let Some(reason) = saved.unreachable {
        return run.skip(Check::Reachability, reason);
    }
    let (Some(url), Some(verify_token)) = (saved.callbacks.first(), &saved.verify_token) else {
        return run.skip(Check::Reachability, NOT_SAVED);
    };
    let query = format!(
        "{url}?hub.mode=subscribe&hub.challenge={CHALLENGE}&hub.verify_token={}",
        percent(verify_token.expose_secret())
    );
    match run.graph.fetch(&query, run.subject.patience, ANSWER_MAX).await {
        Ok((200, body)) if body == CHALLENGE.as_bytes() => {
            run.ok(Check::Reachability, "This server answers at its public address.");
        }
        Ok((status, _)) => run.push(unreached(
            "public_url_wrong_answer",
            format!("Something answers at the public address, but not this server (HTTP {status})."),
            "Let the proxy pass /api/whatsapp/webhook/ on to Parlance, unchanged and without a redirect.",
        )),
        Err(network) => {
            let (problem, message, action) = unreachable(network);
            run.push(unreached(problem, message.to_owned(), action));
        }
    }
}

fn unreached(problem: &'static str, message: String, action: &str) -> TestStep {
    faulty(Check::Reachability, StepStatus::Failed, Fault::new(problem, message, action, Remedy::CheckNetwork))
}

const fn unreachable(network: Network) -> (&'static str, &'static str, &'static str) {
    match network {
        Network::Name => (
            "public_url_dns",
            "The name in the public address could not be looked up.",
            "Check PARLANCE_PUBLIC_URL and the DNS entry of the name.",
        ),
        Network::Tls => (
            "public_url_tls",
            "The certificate of the public address is not trusted: Meta refuses it too.",
            "Use a certificate of a public authority, with its whole chain.",
        ),
        Network::Timeout => (
            "public_url_timeout",
            "The public address did not answer in time.",
            "Check firewall and proxy. If only this server cannot reach itself, Meta may still be able to.",
        ),
        Network::Refused | Network::Cut | Network::NotMeta => (
            "public_url_refused",
            "Nobody answers at the public address.",
            "Check that the proxy runs and that port 443 is open. If only this server cannot reach itself, Meta may still be able to.",
        ),
    }
}

/// Check 11: what has come. Rejected deliveries mean a wrong app secret more than anything else.
pub(super) fn webhook(run: &Run<'_>) {
    let Some(saved) = &run.subject.saved else { return run.skip(Check::Webhook, NOT_SAVED) };
    if saved.rejected_since > 0 {
        let count = saved.rejected_since;
        let message = if count == 1 {
            "The last delivery was rejected: its signature does not fit the app secret.".to_owned()
        } else {
            format!("The last {count} deliveries were rejected: their signature does not fit the app secret.")
        };
        return run.fail(
            Check::Webhook,
            Fault::new(
                "app_secret_mismatch",
                message,
                "Copy the app secret again from App settings → Basic. Meta repeats what was rejected, so nothing is lost.",
                Remedy::ReplaceSecret,
            ),
        );
    }
    match saved.last_webhook_at {
        Some(at) => run.ok(Check::Webhook, format!("The last webhook came on {}.", day(at))),
        None => run.skip(Check::Webhook, "Nothing has come yet. Write a WhatsApp message to the number to see."),
    }
}
