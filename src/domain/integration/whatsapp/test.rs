//! The connection test as it is answered: steps with a verdict, a sentence and one next action each.

use serde::{Deserialize, Serialize};

use super::ProviderError;
use crate::domain::{integration::Remedy, words::words};

words! {
    /// What a connection test looks at, in the order in which a report lists it.
    pub enum Check {
        /// What was entered, before anybody is asked.
        Format = "format",
        /// Whether Meta can be reached at all: DNS, TLS, proxy, time-outs.
        Network = "network",
        /// The app and its secret, which signs every webhook.
        AppSecret = "app_secret",
        Token = "token",
        Number = "number",
        /// The WhatsApp Business Account.
        Account = "account",
        /// The number is one of the account's.
        Belonging = "belonging",
        /// The app is subscribed to the account: without it no message arrives.
        Subscription = "subscription",
        /// Where Meta sends the webhooks, and whether `messages` is among them.
        Callback = "callback",
        /// Our own public address, asked as Meta would.
        Reachability = "reachability",
        /// The last webhook, and rejected ones since.
        Webhook = "webhook",
        /// Whether Meta lets the number send.
        Ability = "ability",
    }
}

words! {
    pub enum StepStatus {
        Ok = "ok",
        Warning = "warning",
        Failed = "failed",
        /// Could not be looked at; the message says why. It takes nothing away from the verdict.
        Skipped = "skipped",
    }
}

/// One check of a connection test. It never holds a secret or a whole phone number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestStep {
    pub key: Check,
    pub status: StepStatus,
    pub message: String,
    /// The next step for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// What this app can do about it: the button beside the action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
    /// The stable name of what is wrong, such as `token_expired`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<ProviderError>,
    /// The numbers that the account has, when the one entered is not among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<NumberChoice>,
}

/// A number that could have been meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberChoice {
    pub phone_number_id: String,
    pub verified_name: Option<String>,
    /// Masked.
    pub display_phone_number: Option<String>,
}

/// The outcome of a connection test: the worst of its steps, skipped ones apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestReport {
    pub status: StepStatus,
    pub steps: Vec<TestStep>,
}

impl TestReport {
    /// Sorts the steps and draws the verdict.
    #[must_use]
    pub fn of(mut steps: Vec<TestStep>) -> Self {
        steps.sort_by_key(|step| Check::ALL.iter().position(|check| *check == step.key));
        let has = |status| steps.iter().any(|step| step.status == status);
        let status = [StepStatus::Failed, StepStatus::Warning, StepStatus::Ok]
            .into_iter()
            .find(|status| has(*status))
            .unwrap_or(StepStatus::Skipped);
        Self { status, steps }
    }

    /// The step of that key.
    #[must_use]
    pub fn step(&self, key: Check) -> Option<&TestStep> {
        self.steps.iter().find(|step| step.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::{Check, StepStatus, TestReport, TestStep};

    fn step(key: Check, status: StepStatus) -> TestStep {
        TestStep {
            key,
            status,
            message: String::new(),
            action: None,
            remedy: None,
            problem: None,
            meta: None,
            choices: vec![],
        }
    }

    #[test]
    fn the_worst_step_decides_and_order_is_fixed() {
        use StepStatus::{Failed, Ok, Skipped, Warning};
        for (statuses, verdict) in [
            (vec![Ok, Ok], Ok),
            (vec![Ok, Skipped], Ok),
            (vec![Skipped], Skipped),
            (vec![Warning, Ok], Warning),
            (vec![Warning, Failed], Failed),
        ] {
            let steps = statuses.iter().map(|status| step(Check::Token, *status)).collect();
            assert_eq!(TestReport::of(steps).status, verdict, "{statuses:?}");
        }
        let report = TestReport::of(vec![step(Check::Ability, Ok), step(Check::Format, Ok), step(Check::Token, Ok)]);
        let keys: Vec<_> = report.steps.iter().map(|step| step.key.as_str()).collect();
        assert_eq!(keys, ["format", "token", "ability"]);
    }
}
