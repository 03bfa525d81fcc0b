//! Checks 5 and 12: the number, and whether Meta lets it send.

use serde_json::Value;

use super::{
    entries::Entries,
    run::{Fault, Run},
    token::{Proof, Token, TokenState, judge_by_call},
};
use crate::{
    domain::{
        contact::{mask_known, mask_phone},
        integration::{Ability, Check, ProviderError, Quality, Remedy, StepStatus, TestStep, Trouble},
    },
    server::channel::whatsapp::{
        errors::{Class, explain},
        graph::GraphError,
        wire::{number_of, text_of},
    },
};

/// The number as Meta knows it, and what its answer said about the token.
pub(super) struct Answer {
    pub(super) number: Option<Value>,
    pub(super) token: Token,
}

/// Asks for the number, and with it whatever is not known yet about token and app secret.
pub(super) async fn ask(run: &Run<'_>, entries: &Entries, mut token: Token) -> Answer {
    let entry_first = "The phone number id has to be entered right first.";
    if !entries.number {
        run.skip_all(&[Check::Number, Check::Ability], entry_first);
        if token.state == TokenState::Unknown {
            run.skip(Check::Token, entry_first);
            if token.proof == Proof::Untried {
                run.skip(Check::AppSecret, entry_first);
            }
            token.state = TokenState::Good;
        }
        return Answer { number: None, token };
    }
    let id = &run.subject.phone_number_id;
    let answer = run.graph.number(run.asker(token.proof), id).await;
    if let Some(refusal) = run.proof.refusal() {
        token.proof = Proof::Wrong;
        wrong_proof(run, refusal.meta());
    } else if token.proof == Proof::Untried {
        token.proof = judge_proof(run, &answer);
    }
    run.hear(&answer);
    if token.state == TokenState::Unknown {
        token.state = judge_by_call(run, &answer);
        if token.state == TokenState::Refused {
            return Answer { number: None, token };
        }
        // It was skipped, and is not asked about again.
        token.state = TokenState::Good;
    }
    match answer {
        Ok(number) => {
            judge(run, &number);
            ability(run, &number);
            Answer { number: Some(number), token }
        }
        Err(error) => {
            if !error.is_inconclusive() {
                run.learn(|facts| facts.opens_number = Some(false));
                run.stop(error.trouble());
            }
            run.refused(Check::Number, &error);
            run.skip(Check::Ability, "This is known when the number is.");
            Answer { number: None, token }
        }
    }
}

fn wrong_proof(run: &Run<'_>, meta: Option<ProviderError>) {
    let fault = Fault::new(
        "app_secret_wrong",
        "The app secret is not that of the app that the token was made for.",
        "Copy the app secret again from App settings → Basic in Meta's console. Webhooks are signed with it.",
        Remedy::ReplaceSecret,
    );
    run.push(TestStep {
        meta,
        ..crate::server::channel::whatsapp::connection::run::faulty(Check::AppSecret, StepStatus::Failed, fault)
    });
}

/// Meta checks the proof before anything but the token.
fn judge_proof<T>(run: &Run<'_>, answer: &Result<T, GraphError>) -> Proof {
    match answer {
        Ok(_) => {
            run.ok(Check::AppSecret, "The app secret is that of the token's app.");
            Proof::Right
        }
        Err(_) => {
            run.skip(Check::AppSecret, "With the app id, the secret could be checked apart from the number.");
            Proof::Untried
        }
    }
}

fn judge(run: &Run<'_>, number: &Value) {
    run.judged();
    let name = text_of(number, "verified_name");
    let display = text_of(number, "display_phone_number");
    let quality = text_of(number, "quality_rating").map(|q| Quality::from_word(&q.to_lowercase()));
    run.learn(|facts| {
        facts.verified_name.clone_from(&name);
        facts.display_phone_number.clone_from(&display);
        facts.quality = quality.map(|q| q.unwrap_or(Quality::Unknown));
        facts.messaging_limit = limit(number);
        facts.opens_number = Some(true);
    });
    let shown = match (&name, &display) {
        (Some(name), Some(phone)) => format!("{}, {}", mask_known(name, [phone.as_str()]), mask_phone(phone)),
        (Some(name), None) => name.clone(),
        (None, Some(phone)) => mask_phone(phone),
        (None, None) => "a number without a name".to_owned(),
    };
    let field = |name: &str| text_of(number, name).unwrap_or_default().to_uppercase();
    if let Some((status, fault)) = standing(&field("status")) {
        if status == StepStatus::Failed {
            run.stop(Trouble { reason: fault.message.clone(), action: fault.action.clone(), remedy: fault.remedy });
        }
        run.push(crate::server::channel::whatsapp::connection::run::faulty(Check::Number, status, fault));
    } else if let Some(fault) = oddity(&field) {
        run.warn(Check::Number, fault);
    } else {
        run.ok(Check::Number, format!("The phone number id belongs to {shown}."));
    }
}

/// How many customers may be written to first in a day; the field has had two names.
fn limit(number: &Value) -> Option<String> {
    let field = "whatsapp_business_manager_messaging_limit";
    text_of(number, field).or_else(|| text_of(number, "messaging_limit_tier")).map(|l| l.chars().take(40).collect())
}

/// What a status other than “connected” means.
fn standing(status: &str) -> Option<(StepStatus, Fault)> {
    let (verdict, problem, message, action) = match status {
        "" | "CONNECTED" => return None,
        "PENDING" | "UNVERIFIED" => (
            StepStatus::Failed,
            "not_registered",
            "The number is not registered for the Cloud API yet.",
            "Register the number in WhatsApp Manager → Phone numbers.",
        ),
        "DISCONNECTED" | "MIGRATED" | "DELETED" => (
            StepStatus::Failed,
            "number_gone",
            "The number is no longer connected to the Cloud API.",
            "Look at the number in WhatsApp Manager. It may have moved to another account or provider.",
        ),
        "BANNED" => (
            StepStatus::Failed,
            "number_banned",
            "Meta has banned the number.",
            "Open Business Support in Meta's console and ask for a review.",
        ),
        "RESTRICTED" | "RATE_LIMITED" | "FLAGGED" => (
            StepStatus::Warning,
            "number_restricted",
            "Meta restricts what the number may send.",
            "Look at quality and limits of the number in WhatsApp Manager.",
        ),
        _ => (
            StepStatus::Warning,
            "number_status",
            "The number has a status that Parlance does not know.",
            "Look at the number in WhatsApp Manager.",
        ),
    };
    Some((verdict, Fault::new(problem, message, action, Remedy::OpenMeta)))
}

/// What works, but not as people expect.
fn oddity(field: &dyn Fn(&str) -> String) -> Option<Fault> {
    let (problem, message, action) = if !matches!(field("platform_type").as_str(), "" | "CLOUD_API") {
        (
            "not_cloud_api",
            "The number is not on the Cloud API.",
            "Register the number for the Cloud API in WhatsApp Manager.",
        )
    } else if field("account_mode") == "SANDBOX" {
        (
            "test_number",
            "This is one of Meta's test numbers: it writes to listed recipients only.",
            "Add recipients under WhatsApp → API Setup in Meta's console, or connect a number of your own.",
        )
    } else if field("name_status") == "DECLINED" {
        (
            "display_name",
            "Meta declined the display name of the number.",
            "Choose another display name in WhatsApp Manager.",
        )
    } else if matches!(field("code_verification_status").as_str(), "NOT_VERIFIED" | "EXPIRED") {
        (
            "not_verified",
            "The number is not verified, or its verification has ended.",
            "Verify the number in WhatsApp Manager. As long as it is connected, messages go on.",
        )
    } else {
        return None;
    };
    Some(Fault::new(problem, message, action, Remedy::OpenMeta))
}

/// Calls by telephone are another product: what ails them does not concern messages.
const CALLS: std::ops::RangeInclusive<i64> = 138_000..=138_999;

/// Check 12: `health_status`, as a whole and entity by entity.
fn ability(run: &Run<'_>, number: &Value) {
    let Some(health) = number.get("health_status") else {
        run.skip(Check::Ability, "Meta says nothing about whether the number may send.");
        return;
    };
    let word = |value: &Value| text_of(value, "can_send_message").and_then(|w| Ability::from_word(&w.to_lowercase()));
    let entities = health.get("entities").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let reasons: Vec<Value> = entities
        .iter()
        .filter(|e| word(e).is_some_and(|w| w != Ability::Available))
        .flat_map(|e| e.get("errors").and_then(Value::as_array).cloned().unwrap_or_default())
        .collect();
    let only_calls = !reasons.is_empty()
        && reasons.iter().all(|r| number_of(r, "error_code").is_some_and(|code| CALLS.contains(&code)));
    let ability = if only_calls { Some(Ability::Available) } else { word(health) };
    run.learn(|facts| facts.ability = ability);
    let reason = reasons.iter().find(|r| !number_of(r, "error_code").is_some_and(|code| CALLS.contains(&code)));
    let hinder = |step: TestStep| {
        let trouble = Trouble {
            reason: step.message.clone(),
            action: step.action.clone().unwrap_or_default(),
            remedy: step.remedy,
        };
        run.learn(|facts| facts.hindrance = Some(trouble));
        run.push(step);
    };
    match ability {
        Some(Ability::Available) => run.ok(Check::Ability, "The number may send messages."),
        Some(Ability::Limited) => {
            hinder(hindered(StepStatus::Warning, "Meta limits what the number may send.", reason));
        }
        Some(Ability::Blocked) => {
            hinder(hindered(StepStatus::Failed, "Meta blocks messages of this number.", reason));
        }
        None => run.skip(Check::Ability, "Meta does not say whether the number may send."),
    }
}

/// Why Meta limits or blocks, in its own words where there are some.
fn hindered(status: StepStatus, message: &str, reason: Option<&Value>) -> TestStep {
    let code = reason.and_then(|r| number_of(r, "error_code"));
    let words = |field: &str| reason.and_then(|r| text_of(r, field)).map(|t| t.chars().take(300).collect::<String>());
    let known = explain(code, None, Class::Account);
    let message = match words("error_description") {
        Some(description) => format!("{message} Meta says: {description}"),
        None => message.to_owned(),
    };
    let fault = Fault {
        problem: known.problem,
        message,
        action: words("possible_solution").unwrap_or_else(|| known.action.to_owned()),
        remedy: Some(Remedy::OpenMeta),
    };
    TestStep {
        meta: code.map(|code| ProviderError { code, trace_id: None }),
        ..crate::server::channel::whatsapp::connection::run::faulty(Check::Ability, status, fault)
    }
}
