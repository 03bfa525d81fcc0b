//! What the cards of a page open: which dialog, and about which integration.
//!
//! Dialogs live beside the cards, not inside of them: a card changes whenever something arrives.

use crate::{
    domain::{
        chatbot::Chatbot,
        ids::{ChatbotId, IntegrationId},
        integration::{Check, Integration, Remedy},
    },
    ui::prelude::*,
};

/// What a person wants to do with an integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    Edit,
    Test,
    /// Activate or deactivate it.
    Switch,
    /// Look up what has to be entered at Meta's.
    Callback,
    Delete,
    /// What mends its trouble, and the check that found it.
    Mend(Remedy, Option<Check>),
}

/// The dialogs of a page, and what they are about.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    /// The integration, as it was when the dialog was opened.
    pub(super) subject: RwSignal<Option<Integration>>,
    /// The chatbot that is to be connected.
    pub(super) chatbot: RwSignal<Option<ChatbotId>>,
    /// The field of the form to begin with.
    pub(super) begin: RwSignal<Option<&'static str>>,
    /// Another number of the account, to be saved instead.
    pub(super) number: RwSignal<Option<String>>,
    /// The test begins by subscribing the app.
    pub(super) subscribe: RwSignal<bool>,
    pub(crate) chatbots: RwSignal<Vec<Chatbot>>,
    pub(super) form: RwSignal<bool>,
    pub(super) sandbox: RwSignal<bool>,
    pub(super) test: RwSignal<bool>,
    pub(super) switch: RwSignal<bool>,
    pub(super) callback: RwSignal<bool>,
    pub(super) delete: RwSignal<bool>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let closed = || RwSignal::new(false);
        Self {
            subject: RwSignal::new(None),
            chatbot: RwSignal::new(None),
            begin: RwSignal::new(None),
            number: RwSignal::new(None),
            subscribe: closed(),
            chatbots: RwSignal::new(Vec::new()),
            form: closed(),
            sandbox: closed(),
            test: closed(),
            switch: closed(),
            callback: closed(),
            delete: closed(),
        }
    }

    /// Opens the empty form, for that chatbot or for one to be chosen.
    pub(crate) fn connect(self, chatbot: Option<ChatbotId>) {
        self.subject.set(None);
        self.chatbot.set(chatbot);
        self.begin.set(None);
        self.number.set(None);
        self.form.set(true);
    }

    /// Opens what makes a number of the simulator.
    pub(crate) fn simulate(self, chatbot: Option<ChatbotId>) {
        self.chatbot.set(chatbot);
        self.sandbox.set(true);
    }

    /// Opens what the errand needs.
    pub(crate) fn manage(self, errand: Errand, integration: Integration) {
        self.begin.set(None);
        self.number.set(None);
        self.subscribe.set(matches!(errand, Errand::Mend(Remedy::Subscribe, _)));
        self.subject.set(Some(integration));
        let open = match errand {
            Errand::Edit => self.form,
            Errand::Test => self.test,
            Errand::Switch => self.switch,
            Errand::Callback => self.callback,
            Errand::Delete => self.delete,
            Errand::Mend(remedy, check) => match remedy {
                Remedy::ReplaceToken | Remedy::ReplaceSecret | Remedy::FixIds => {
                    self.begin.set(field_of(remedy, check));
                    self.form
                }
                Remedy::SetCallback => self.callback,
                Remedy::Subscribe | Remedy::OpenMeta | Remedy::CheckNetwork | Remedy::Wait => self.test,
            },
        };
        open.set(true);
    }

    /// Opens the form with another number of the account in it.
    pub(super) fn choose_number(self, number: String) {
        self.begin.set(Some("phone-number-id"));
        self.number.set(Some(number));
        self.form.set(true);
    }

    /// Closes the dialog that stands open, then opens what the errand needs.
    pub(super) fn turn_to(self, errand: Errand, integration: Integration) {
        for open in [self.form, self.test, self.callback] {
            open.set(false);
        }
        // The form is rebuilt only if it was really gone.
        request_animation_frame(move || self.manage(errand, integration));
    }

    pub(super) fn id(self) -> Option<IntegrationId> {
        self.subject.with_untracked(|s| s.as_ref().map(|s| s.id))
    }

    pub(super) fn name(self) -> String {
        self.subject.with(|s| s.as_ref().map(|s| s.name.clone()).unwrap_or_default())
    }
}

/// The field of the form that a remedy is about; the check that asked for it tells the ids apart.
pub(super) const fn field_of(remedy: Remedy, check: Option<Check>) -> Option<&'static str> {
    match (remedy, check) {
        (Remedy::ReplaceToken, _) => Some("access-token"),
        (Remedy::ReplaceSecret, _) => Some("app-secret"),
        (Remedy::FixIds, Some(Check::Account | Check::Belonging)) => Some("business-account-id"),
        (Remedy::FixIds, Some(Check::AppSecret | Check::Subscription)) => Some("app-id"),
        (Remedy::FixIds, _) => Some("phone-number-id"),
        _ => None,
    }
}
