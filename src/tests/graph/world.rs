//! What the double knows: apps, tokens, business accounts and their numbers. Tests change it to make Meta say something else.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Call;
use crate::server::channel::whatsapp::signature;

pub(crate) const ACCOUNT: &str = "102000000000001";
pub(crate) const APP: &str = "700000000000001";

/// Status, code, subcode.
type Refusal = (u16, i64, Option<i64>);

/// Everything Meta would know. Tokens that contain `bad` are refused; those that contain `app-ID` belong to that app, all
/// others to [`APP`]. Numbers that end in 99 do not exist.
pub(crate) struct World {
    /// Secrets of apps. One that is not listed takes any secret.
    pub(crate) apps: BTreeMap<String, String>,
    /// Nothing is taken without the proof made with the app's secret.
    pub(crate) insists_on_proof: bool,
    /// Fields of `debug_token` that differ from those of a good, permanent token.
    pub(crate) token: Value,
    /// Fields of every number that differ from those of a healthy one.
    pub(crate) number: Value,
    /// Business accounts with fields that differ from those of a good one.
    pub(crate) accounts: BTreeMap<String, Value>,
    /// The numbers of each account; one that is not listed has every number.
    pub(crate) numbers: BTreeMap<String, Vec<String>>,
    /// The apps that are subscribed to any account.
    pub(crate) subscribed: Vec<String>,
    /// The callback that the app has, and its fields.
    pub(crate) callback: Option<String>,
    pub(crate) fields: Vec<String>,
    /// Bodies of the subscriptions made.
    pub(crate) subscriptions: Vec<Value>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            apps: BTreeMap::new(),
            insists_on_proof: false,
            token: json!({}),
            number: json!({}),
            accounts: BTreeMap::from([(ACCOUNT.to_owned(), json!({}))]),
            numbers: BTreeMap::new(),
            subscribed: vec![APP.to_owned()],
            callback: None,
            fields: vec!["messages".to_owned()],
            subscriptions: Vec::new(),
        }
    }
}

fn app_of(token: &str) -> String {
    token
        .split("app-")
        .nth(1)
        .map_or_else(|| APP.to_owned(), |rest| rest.chars().take_while(char::is_ascii_digit).collect())
}

fn merged(mut base: Value, changes: &Value) -> Value {
    for (key, value) in changes.as_object().into_iter().flatten() {
        base[key] = value.clone();
    }
    base
}

fn param<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

impl World {
    pub(super) fn answer(
        &mut self,
        call: Call,
        id: &str,
        token: &str,
        query: &str,
        body: &Value,
    ) -> Result<Value, Refusal> {
        if matches!(call, Call::DebugToken | Call::Subscriptions) {
            return self.answer_app(call, id, token, query);
        }
        if token.contains("bad") {
            return Err((401, 190, None));
        }
        self.check_proof(token, query)?;
        match call {
            Call::Number => self.one_number(id),
            Call::Account => Ok(merged(
                json!({"id": id, "name": "Example Ltd", "account_review_status": "APPROVED"}),
                &self.accounts[id],
            )),
            Call::PhoneNumbers => self.page_of_numbers(id, query),
            Call::SubscribedApps => {
                let apps: Vec<Value> = self
                    .subscribed
                    .iter()
                    .map(|app| json!({"whatsapp_business_api_data": {"id": app, "name": format!("App {app}")}}))
                    .collect();
                Ok(json!({"data": apps}))
            }
            Call::Subscribe => {
                self.subscribed.push(app_of(token));
                if let Some(url) = body["override_callback_uri"].as_str() {
                    self.callback = Some(url.to_owned());
                }
                self.subscriptions.push(body.clone());
                Ok(json!({"success": true}))
            }
            Call::Unsubscribe => {
                self.subscribed.retain(|app| *app != app_of(token));
                Ok(json!({"success": true}))
            }
            Call::DebugToken | Call::Subscriptions => unreachable!("asked as an app"),
        }
    }

    fn answer_app(&self, call: Call, id: &str, token: &str, query: &str) -> Result<Value, Refusal> {
        let Some((app, secret)) = token.split_once('|') else { return Err((400, 190, None)) };
        if app.ends_with("99") {
            return Err((400, 101, None));
        }
        if self.apps.get(app).is_some_and(|known| known != secret) {
            return Err((400, 190, None));
        }
        if call == Call::Subscriptions {
            let fields: Vec<Value> = self.fields.iter().map(|f| json!({"name": f, "version": "v26.0"})).collect();
            let data: Vec<Value> = self
                .callback
                .iter()
                .map(|url| json!({"object": "whatsapp_business_account", "callback_url": url, "active": true, "fields": fields}))
                .collect();
            assert_eq!(id, app);
            return Ok(json!({"data": data}));
        }
        let input = param(query, "input_token").unwrap_or_default();
        if input.contains("bad") {
            let error = json!({"code": 190, "message": "Invalid OAuth access token"});
            return Ok(json!({"data": {"is_valid": false, "error": error, "scopes": []}}));
        }
        let own = app_of(input);
        let scopes = ["whatsapp_business_management", "whatsapp_business_messaging"];
        let good = json!({"is_valid": true, "app_id": own, "type": "SYSTEM_USER", "expires_at": 0, "scopes": scopes});
        Ok(json!({"data": merged(good, &self.token)}))
    }

    /// The proof is only looked at when the app's secret is known.
    pub(super) fn check_proof(&self, token: &str, query: &str) -> Result<(), Refusal> {
        let Some(secret) = self.apps.get(&app_of(token)) else { return Ok(()) };
        match param(query, "appsecret_proof") {
            Some(given) if given == signature::digits(secret.as_bytes(), token.as_bytes()) => Ok(()),
            Some(_) => Err((400, BAD_PROOF, None)),
            None if self.insists_on_proof => Err((400, NO_PROOF, None)),
            None => Ok(()),
        }
    }

    fn one_number(&self, id: &str) -> Result<Value, Refusal> {
        if id.ends_with("99") {
            return Err((400, 100, Some(33)));
        }
        let healthy = json!({
            "id": id, "display_phone_number": "+1 555-010-0001", "verified_name": "Example Shop",
            "quality_rating": "GREEN", "status": "CONNECTED", "platform_type": "CLOUD_API", "account_mode": "LIVE",
            "code_verification_status": "VERIFIED", "name_status": "APPROVED",
            "whatsapp_business_manager_messaging_limit": "TIER_2K",
            "health_status": {"can_send_message": "AVAILABLE", "entities": []},
        });
        let mut number = merged(healthy, &self.number);
        if let Some(url) = &self.callback {
            number["webhook_configuration"] = json!({"application": url});
        }
        Ok(number)
    }

    /// Two numbers a page, so that everybody has to turn pages.
    fn page_of_numbers(&self, id: &str, query: &str) -> Result<Value, Refusal> {
        if !self.accounts.contains_key(id) {
            return Err((400, 100, Some(33)));
        }
        let all = self.numbers.get(id).cloned().unwrap_or_else(|| {
            (1..=9).map(|n| format!("31600000000000{n}")).chain((1..=9).map(|n| format!("31700000000000{n}"))).collect()
        });
        let start: usize = param(query, "after").map_or(0, |cursor| cursor.parse().unwrap());
        let page: Vec<Value> = all
            .iter()
            .skip(start)
            .take(2)
            .map(|id| json!({"id": id, "display_phone_number": "+1 555-010-0001", "verified_name": "Example Shop"}))
            .collect();
        let end = start + page.len();
        let mut paging = json!({"cursors": {"before": start.to_string(), "after": end.to_string()}});
        if end < all.len() {
            // Followed, it would lead astray.
            paging["next"] = json!("http://127.0.0.1:1/stolen");
        }
        Ok(json!({"data": page, "paging": paging}))
    }
}

/// Stands for Meta's 100 with the words about `appsecret_proof`.
pub(super) const BAD_PROOF: i64 = -1;
pub(super) const NO_PROOF: i64 = -2;
