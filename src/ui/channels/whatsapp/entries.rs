//! What a person enters to connect a number: cleaned of what came along by pasting, judged field by field.

use crate::{
    domain::integration::{
        Integration, IntegrationFields, NewIntegration, PasteFault, check_app_id, check_meta_id, check_secret,
        clean_pasted,
    },
    texts::{integrations, words::paste_fault},
    ui::{prelude::*, state::work::Work},
};

/// The fields as the server names them.
pub(super) const FIELDS: &[&str] = &[
    "chatbot_id",
    "name",
    "phone_number_id",
    "business_account_id",
    "access_token",
    "app_id",
    "app_secret",
    "verify_token",
];

type Judge = fn(&str) -> Result<(), PasteFault>;

/// A value with the fault that was found on leaving its field.
#[derive(Clone, Copy)]
pub(super) struct Input {
    pub(super) value: RwSignal<String>,
    fault: RwSignal<Option<String>>,
    first: StoredValue<String>,
    judge: Judge,
}

impl Input {
    fn new(first: String, judge: Judge) -> Self {
        Self { value: RwSignal::new(first.clone()), fault: RwSignal::new(None), first: StoredValue::new(first), judge }
    }

    pub(super) fn get(self) -> String {
        self.value.with_untracked(|v| clean_pasted(v))
    }

    /// The value, when there is one.
    fn given(self) -> Option<String> {
        Some(self.get()).filter(|value| !value.is_empty())
    }

    /// The value, when it was changed.
    fn changed(self) -> Option<String> {
        Some(self.get()).filter(|value| self.first.with_value(|first| first != value))
    }

    /// Cleans and judges the value; true when it can be used.
    pub(super) fn check(self) -> bool {
        let value = self.get();
        let verdict = (self.judge)(&value);
        self.value.set(value);
        self.fault.set(verdict.err().map(|fault| paste_fault(fault).to_owned()));
        verdict.is_ok()
    }

    /// What is wrong with it: what was found here, else what the server says.
    pub(super) fn error(self, work: Work, field: &'static str) -> Signal<Option<String>> {
        let refused = work.field_error(field);
        Signal::derive(move || self.fault.get().or_else(|| refused.get()))
    }
}

/// All of them.
#[derive(Clone, Copy)]
pub(super) struct Entries {
    pub(super) chatbot: RwSignal<String>,
    pub(super) name: Input,
    pub(super) number_id: Input,
    pub(super) account_id: Input,
    pub(super) token: Input,
    pub(super) app_id: Input,
    pub(super) secret: Input,
    pub(super) verify: Input,
}

fn needed(value: &str) -> Result<(), PasteFault> {
    if value.is_empty() { Err(PasteFault::Empty) } else { Ok(()) }
}

fn or_nothing(value: &str, judge: Judge) -> Result<(), PasteFault> {
    if value.is_empty() { Ok(()) } else { judge(value) }
}

fn secret_or_nothing(value: &str) -> Result<(), PasteFault> {
    or_nothing(value, check_secret)
}

fn app_or_nothing(value: &str) -> Result<(), PasteFault> {
    or_nothing(value, check_app_id)
}

impl Entries {
    /// Nothing yet, for a new integration.
    pub(super) fn empty(chatbot: String) -> Self {
        let empty = |judge| Input::new(String::new(), judge);
        Self {
            chatbot: RwSignal::new(chatbot),
            name: empty(needed),
            number_id: empty(check_meta_id),
            account_id: empty(check_meta_id),
            token: empty(check_secret),
            app_id: empty(app_or_nothing),
            secret: empty(check_secret),
            verify: empty(secret_or_nothing),
        }
    }

    /// What is saved. Secrets never come back: an empty one stays as it is.
    pub(super) fn of(saved: &Integration) -> Self {
        Self {
            chatbot: RwSignal::new(saved.chatbot_id.to_string()),
            name: Input::new(saved.name.clone(), needed),
            number_id: Input::new(saved.phone_number_id.clone(), check_meta_id),
            account_id: Input::new(saved.business_account_id.clone(), check_meta_id),
            token: Input::new(String::new(), secret_or_nothing),
            app_id: Input::new(saved.app_id.clone().unwrap_or_default(), app_or_nothing),
            secret: Input::new(String::new(), secret_or_nothing),
            verify: Input::new(saved.verify_token.clone().unwrap_or_default(), secret_or_nothing),
        }
    }

    const fn all(self) -> [Input; 7] {
        let Self { name, number_id, account_id, token, app_id, secret, verify, .. } = self;
        [name, app_id, secret, number_id, account_id, token, verify]
    }

    /// Whether something would be lost if the form were closed.
    pub(super) fn is_dirty(self) -> bool {
        self.all().into_iter().any(|input| input.changed().is_some())
    }

    /// The account's id, which must not be the number's.
    pub(super) fn check_account(self) -> bool {
        let fine = self.account_id.check();
        let same = fine && self.account_id.get() == self.number_id.get();
        if same {
            self.account_id.fault.set(Some(integrations::same_account().to_owned()));
        }
        fine && !same
    }

    /// Judges every field; true when all can be used.
    pub(super) fn check(self) -> bool {
        let fine = self.all().map(Input::check);
        self.check_account() && !fine.contains(&false)
    }

    /// Whether something was changed that has to be tested.
    pub(super) fn touch_connection(self) -> bool {
        let Self { number_id, account_id, token, app_id, secret, .. } = self;
        [number_id, account_id, token, app_id, secret].into_iter().any(|input| input.changed().is_some())
    }

    /// What creates an integration; none while no chatbot is chosen.
    pub(super) fn to_new(self) -> Option<NewIntegration> {
        Some(NewIntegration {
            chatbot_id: self.chatbot.get_untracked().parse().ok()?,
            name: self.name.get(),
            phone_number_id: self.number_id.get(),
            business_account_id: self.account_id.get(),
            access_token: self.token.get(),
            app_id: self.app_id.given(),
            app_secret: self.secret.get(),
            verify_token: self.verify.given(),
        })
    }

    /// What a person changed; for a new integration all that was entered.
    pub(super) fn changes(self) -> IntegrationFields {
        IntegrationFields {
            chatbot_id: self.chatbot.get_untracked().parse().ok(),
            name: self.name.changed(),
            phone_number_id: self.number_id.changed(),
            business_account_id: self.account_id.changed(),
            access_token: self.token.changed(),
            app_id: self.app_id.changed(),
            app_secret: self.secret.changed(),
            verify_token: self.verify.changed(),
        }
    }
}
