//! Checks 6 to 8: the business account, its numbers, and the app's subscription to it.

use serde_json::Value;

use super::{
    entries::Entries,
    run::{Fault, Run, faulty},
    token::Token,
};
use crate::{
    domain::{
        contact::{mask_known, mask_phone},
        integration::{Check, NumberChoice, Remedy, StepStatus, TestStep},
    },
    server::channel::whatsapp::wire::{text, text_of},
};

const ENTRY_FIRST: &str = "The WhatsApp Business Account ID has to be entered right first.";
/// Numbers that are offered when the one entered is not among them.
const CHOICES_MAX: usize = 20;

/// Check 6: the account is there, and is one.
pub(super) async fn account(run: &Run<'_>, entries: &Entries, token: Token) {
    if !entries.account {
        return run.skip(Check::Account, ENTRY_FIRST);
    }
    let answer = run.graph.business_account(run.asker(token.proof), &run.subject.business_account_id).await;
    run.hear(&answer);
    let account = match answer {
        Ok(account) => account,
        Err(error) if error.is_unknown_field() => {
            let fault = Fault::new(
                "not_an_account",
                "This id belongs to something else, for instance a business portfolio.",
                "Copy the WhatsApp Business Account ID from WhatsApp → API Setup in Meta's console.",
                Remedy::FixIds,
            );
            let step = faulty(Check::Account, StepStatus::Failed, fault);
            return run.push(TestStep { meta: error.meta(), ..step });
        }
        Err(error) => return run.refused(Check::Account, &error),
    };
    let review = text_of(&account, "account_review_status").unwrap_or_default().to_uppercase();
    let fault = |problem, message: &str| {
        Fault::new(problem, message, "Look at the account in Meta's Business settings.", Remedy::OpenMeta)
    };
    match review.as_str() {
        "REJECTED" => {
            run.fail(Check::Account, fault("account_rejected", "Meta rejected the account in its review."));
        }
        "PENDING" => run.warn(Check::Account, fault("account_pending", "Meta has not reviewed the account yet.")),
        _ => {
            let name = text_of(&account, "name").map(|n| n.chars().take(100).collect::<String>());
            let shown = name.map_or_else(String::new, |name| format!(": {name}"));
            run.ok(Check::Account, format!("The business account is there{shown}."));
        }
    }
}

/// Check 7: the number is one of the account's.
pub(super) async fn belonging(run: &Run<'_>, entries: &Entries, token: Token) {
    if !entries.account || !entries.number {
        return run.skip(Check::Belonging, "Both ids have to be entered right first.");
    }
    let answer = run.graph.numbers_of(run.asker(token.proof), &run.subject.business_account_id).await;
    run.hear(&answer);
    let numbers = match answer {
        Ok(numbers) => numbers,
        Err(error) => {
            if !error.is_inconclusive() {
                run.learn(|facts| facts.belongs = Some(false));
            }
            return run.refused(Check::Belonging, &error);
        }
    };
    let id = run.subject.phone_number_id.as_str();
    if numbers.iter().any(|n| text_of(n, "id").as_deref() == Some(id)) {
        run.learn(|facts| facts.belongs = Some(true));
        return run.ok(Check::Belonging, "The number is one of the account's.");
    }
    run.learn(|facts| facts.belongs = Some(false));
    let action = if numbers.is_empty() {
        "Add the number to the account, or correct the ids."
    } else {
        "Choose one of the account's numbers, or correct the account id."
    };
    let fault =
        Fault::new("number_of_other_account", "The number is not one of this account's.", action, Remedy::FixIds);
    let choices = numbers.iter().filter_map(choice).take(CHOICES_MAX).collect();
    run.push(TestStep { choices, ..faulty(Check::Belonging, StepStatus::Failed, fault) });
}

fn choice(number: &Value) -> Option<NumberChoice> {
    let phone = text_of(number, "display_phone_number");
    Some(NumberChoice {
        phone_number_id: text_of(number, "id")?,
        verified_name: text_of(number, "verified_name").map(|name| mask_known(&name, phone.as_deref())),
        display_phone_number: phone.as_deref().map(mask_phone),
    })
}

/// Check 8: the app is subscribed to the account. Without it Meta sends nothing.
pub(super) async fn subscription(run: &Run<'_>, entries: &Entries, token: Token) {
    if !entries.account {
        return run.skip(Check::Subscription, ENTRY_FIRST);
    }
    let answer = run.graph.subscribed_apps(run.asker(token.proof), &run.subject.business_account_id).await;
    run.hear(&answer);
    let apps = match answer {
        Ok(apps) => apps,
        Err(error) => return run.refused(Check::Subscription, &error),
    };
    let data = |app: &Value| app.get("whatsapp_business_api_data").cloned().unwrap_or(Value::Null);
    let ids: Vec<String> = apps.iter().filter_map(|app| data(app).get("id").and_then(text)).collect();
    let names: Vec<String> = apps.iter().filter_map(|app| text_of(&data(app), "name")).take(5).collect();
    let subscribe = "Press “Subscribe”: it takes a second and changes nothing else.";
    match &run.subject.app_id {
        _ if apps.is_empty() => run.fail(
            Check::Subscription,
            Fault::new(
                "not_subscribed",
                "No app is subscribed to the account, so Meta sends no messages to anybody.",
                subscribe,
                Remedy::Subscribe,
            ),
        ),
        Some(own) if ids.contains(own) => run.ok(Check::Subscription, "The app is subscribed to the account."),
        Some(_) => run.fail(
            Check::Subscription,
            Fault::new(
                "other_app_subscribed",
                format!("Only another app is subscribed to the account: {}.", names.join(", ")),
                subscribe,
                Remedy::Subscribe,
            ),
        ),
        None => run.warn(
            Check::Subscription,
            Fault::new(
                "subscription_unsure",
                format!(
                    "Subscribed to the account: {}. Without the app id nobody can tell whether it is yours.",
                    names.join(", ")
                ),
                "Enter the app id, from App settings → Basic in Meta's console.",
                Remedy::FixIds,
            ),
        ),
    }
}
