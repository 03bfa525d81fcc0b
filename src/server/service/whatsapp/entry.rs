//! What people enter: cleaned of what came along by pasting, judged, and compared with what is saved.

use secrecy::{ExposeSecret, SecretString};

use super::settings;
use crate::{
    domain::{
        chatbot::NAME_MAX,
        ids::ChatbotId,
        integration::{
            IntegrationFields, NewIntegration, PasteFault, Provider, check_app_id, check_meta_id, check_secret,
            clean_pasted,
        },
    },
    error::ApiError,
    server::{
        service::{credentials::Credentials, validate},
        store::integration::IntegrationRow,
    },
    texts::words,
};

/// The values that a connection needs, clean.
#[derive(Clone)]
pub(super) struct Entered {
    pub(super) provider: Provider,
    pub(super) phone_number_id: String,
    pub(super) business_account_id: String,
    pub(super) access_token: SecretString,
    pub(super) app_id: Option<String>,
    pub(super) app_secret: SecretString,
}

impl Entered {
    /// The values of a new integration.
    pub(super) fn of_new(new: &NewIntegration, provider: Provider) -> Self {
        Self {
            provider,
            phone_number_id: new.phone_number_id.clone(),
            business_account_id: new.business_account_id.clone(),
            access_token: new.access_token.clone().into(),
            app_id: new.app_id.clone(),
            app_secret: new.app_secret.clone().into(),
        }
    }

    /// The saved values.
    pub(super) fn of_saved(row: &IntegrationRow, opened: &Credentials) -> Self {
        Self {
            provider: row.provider,
            phone_number_id: row.external_key.clone(),
            business_account_id: row.account_key.clone(),
            access_token: opened.keys.access_token.clone().unwrap_or_default(),
            app_id: settings(row).app_id,
            app_secret: opened.keys.app_secret.clone().unwrap_or_default(),
        }
    }

    /// Nothing at all, as a form begins.
    pub(super) fn nothing() -> Self {
        Self {
            provider: Provider::Cloud,
            phone_number_id: String::new(),
            business_account_id: String::new(),
            access_token: SecretString::default(),
            app_id: None,
            app_secret: SecretString::default(),
        }
    }

    /// Puts the values given in place of these.
    pub(super) fn with(mut self, fields: &Fields) -> Self {
        let put = |value: &Option<String>, place: &mut String| {
            if let Some(value) = value {
                place.clone_from(value);
            }
        };
        put(&fields.phone_number_id, &mut self.phone_number_id);
        put(&fields.business_account_id, &mut self.business_account_id);
        if let Some(token) = &fields.access_token {
            self.access_token = token.clone();
        }
        if let Some(secret) = &fields.app_secret {
            self.app_secret = secret.clone();
        }
        if let Some(app_id) = &fields.app_id {
            self.app_id.clone_from(app_id);
        }
        self
    }
}

/// Fields given, clean. What is missing, or the same as what is saved, is `None`.
#[derive(Clone, Default)]
pub(super) struct Fields {
    pub(super) chatbot_id: Option<ChatbotId>,
    pub(super) name: Option<String>,
    pub(super) phone_number_id: Option<String>,
    pub(super) business_account_id: Option<String>,
    pub(super) access_token: Option<SecretString>,
    /// `Some(None)` removes it.
    pub(super) app_id: Option<Option<String>>,
    pub(super) app_secret: Option<SecretString>,
    pub(super) verify_token: Option<SecretString>,
}

impl Fields {
    /// Cleans what was given, without judging it: a test says itself what is wrong.
    pub(super) fn clean(given: &IntegrationFields) -> Self {
        let clean = |value: &Option<String>| value.as_deref().map(clean_pasted);
        let secret = |value: &Option<String>| clean(value).filter(|v| !v.is_empty()).map(SecretString::from);
        Self {
            chatbot_id: given.chatbot_id,
            name: given.name.clone(),
            phone_number_id: clean(&given.phone_number_id),
            business_account_id: clean(&given.business_account_id),
            access_token: secret(&given.access_token),
            app_id: clean(&given.app_id).map(|id| Some(id).filter(|id| !id.is_empty())),
            app_secret: secret(&given.app_secret),
            verify_token: secret(&given.verify_token),
        }
    }

    /// What there is among them, by name.
    pub(super) fn names(&self) -> Vec<&'static str> {
        // All of them by name: the compiler asks about one that is added later.
        let Self {
            chatbot_id,
            name,
            phone_number_id,
            business_account_id,
            access_token,
            app_id,
            app_secret,
            verify_token,
        } = self;
        let fields = [
            ("chatbot_id", chatbot_id.is_some()),
            ("name", name.is_some()),
            ("phone_number_id", phone_number_id.is_some()),
            ("business_account_id", business_account_id.is_some()),
            ("access_token", access_token.is_some()),
            ("app_id", app_id.is_some()),
            ("app_secret", app_secret.is_some()),
            ("verify_token", verify_token.is_some()),
        ];
        fields.into_iter().filter_map(|(name, is_given)| is_given.then_some(name)).collect()
    }

    /// Only what differs from the saved values.
    pub(super) fn changes(mut self, row: &IntegrationRow, opened: &Credentials) -> Self {
        let same = |new: &SecretString, old: &Option<SecretString>| {
            old.as_ref().is_some_and(|old| old.expose_secret() == new.expose_secret())
        };
        self.chatbot_id = self.chatbot_id.filter(|id| *id != row.chatbot_id);
        self.name = self.name.filter(|name| *name != row.name);
        self.phone_number_id = self.phone_number_id.filter(|id| *id != row.external_key);
        self.business_account_id = self.business_account_id.filter(|id| *id != row.account_key);
        self.access_token = self.access_token.filter(|token| !same(token, &opened.keys.access_token));
        self.app_id = self.app_id.filter(|id| *id != settings(row).app_id);
        self.app_secret = self.app_secret.filter(|secret| !same(secret, &opened.keys.app_secret));
        self.verify_token = self.verify_token.filter(|token| !same(token, &opened.verify_token));
        self
    }

    /// Whether the connection itself changes, so that it has to be tested.
    pub(super) const fn touch_connection(&self) -> bool {
        self.phone_number_id.is_some()
            || self.business_account_id.is_some()
            || self.access_token.is_some()
            || self.app_id.is_some()
            || self.app_secret.is_some()
    }

    /// Judges each value; `row` has those that stay.
    pub(super) fn judge(mut self, row: &IntegrationRow) -> Result<Self, ApiError> {
        if let Some(name) = &self.name {
            self.name = Some(validate::required("name", name, NAME_MAX)?);
        }
        let judged = |field: &str, value: Option<&str>, judge: fn(&str) -> Result<(), PasteFault>| match value {
            Some(value) => judge(value).map_err(|fault| ApiError::invalid(field, words::paste_fault(fault))),
            None => Ok(()),
        };
        judged("phone_number_id", self.phone_number_id.as_deref(), check_meta_id)?;
        judged("business_account_id", self.business_account_id.as_deref(), check_meta_id)?;
        judged("app_id", self.app_id.as_ref().and_then(Option::as_deref), check_app_id)?;
        for (field, secret) in [("access_token", &self.access_token), ("app_secret", &self.app_secret)] {
            judged(field, secret.as_ref().map(ExposeSecret::expose_secret), check_secret)?;
        }
        let number = self.phone_number_id.as_deref().unwrap_or(&row.external_key);
        different_ids(number, self.business_account_id.as_deref().unwrap_or(&row.account_key))?;
        Ok(self)
    }
}

fn different_ids(phone_number_id: &str, business_account_id: &str) -> Result<(), ApiError> {
    if phone_number_id == business_account_id {
        return Err(ApiError::invalid("business_account_id", "This is the same as the phone number id.")
            .action("The WhatsApp Business Account ID is another number, right beside it in Meta's console."));
    }
    Ok(())
}

/// Judges what was entered for a new integration and takes away what came along by pasting.
pub(super) fn check_new(new: NewIntegration) -> Result<NewIntegration, ApiError> {
    let clean = |field: &str, value: &str, judge: fn(&str) -> Result<(), PasteFault>| {
        let value = clean_pasted(value);
        judge(&value).map_err(|fault| ApiError::invalid(field, words::paste_fault(fault)))?;
        Ok::<_, ApiError>(value)
    };
    let given = |value: Option<String>| value.map(|v| clean_pasted(&v)).filter(|v| !v.is_empty());
    let checked = NewIntegration {
        chatbot_id: new.chatbot_id,
        name: validate::required("name", &new.name, NAME_MAX)?,
        phone_number_id: clean("phone_number_id", &new.phone_number_id, check_meta_id)?,
        business_account_id: clean("business_account_id", &new.business_account_id, check_meta_id)?,
        access_token: clean("access_token", &new.access_token, check_secret)?,
        app_id: given(new.app_id).map(|id| clean("app_id", &id, check_app_id)).transpose()?,
        app_secret: clean("app_secret", &new.app_secret, check_secret)?,
        verify_token: given(new.verify_token),
    };
    different_ids(&checked.phone_number_id, &checked.business_account_id)?;
    Ok(checked)
}

/// The last characters of a token, for telling it from others.
pub(super) fn last4(token: &SecretString) -> String {
    let mut last: Vec<char> = token.expose_secret().chars().rev().take(4).collect();
    last.reverse();
    last.into_iter().collect()
}
