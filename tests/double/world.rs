//! What the double knows: apps, tokens, business accounts and their numbers. Tests change it to make Meta say something else.

use std::collections::BTreeMap;

use parlance::server::channel::whatsapp::{
    signature,
    wire::messages::{Details, Fault, Refused},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{ACCOUNT, APP, Call};

/// An error of Meta's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    code: i64,
    subcode: Option<i64>,
    kind: &'static str,
    message: &'static str,
}

impl Refusal {
    pub(super) fn new(status: u16, code: i64, subcode: Option<i64>) -> Self {
        let message = match (code, subcode) {
            (100, Some(33)) => "Unsupported get request.",
            (101, _) => "Error validating application.",
            (190, None) => "Invalid OAuth access token - Cannot parse access token",
            (190, Some(463)) => "Session has expired",
            (131_000, _) => "(#131000) Something went wrong",
            _ => "(#1) Refused",
        };
        Self { status, code, subcode, kind: "OAuthException", message }
    }

    pub(super) fn unknown_path() -> Self {
        Self { message: "Unknown path components", ..Self::new(400, 2500, None) }
    }

    fn proof(message: &'static str) -> Self {
        Self { kind: "GraphMethodException", message, ..Self::new(400, 100, None) }
    }

    pub(super) fn body(self) -> Refused {
        let error = Fault {
            message: self.message.into(),
            kind: self.kind,
            code: self.code,
            error_subcode: self.subcode,
            // Of proofs Meta only says its message.
            error_data: (self.kind == "OAuthException").then(|| Details::new("as the test asked")),
            fbtrace_id: "AbcTrace".into(),
        };
        Refused { error }
    }
}

/// Everything Meta would know. Tokens that contain `bad` are refused; those that contain `app-ID` belong to that app, all
/// others to [`APP`]. Numbers that end in 99 do not exist.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct World {
    /// The only access tokens that are good, unless it is left to their words.
    pub(crate) tokens: Option<Vec<String>>,
    /// Secrets of apps. One that is not listed takes any secret.
    pub(crate) apps: BTreeMap<String, String>,
    /// Nothing is taken without the proof made with the app's secret.
    pub(crate) insists_on_proof: bool,
    /// Fields of `debug_token` that differ from those of a good, permanent token.
    pub(crate) token: Value,
    /// Fields of every number that differ from those of a healthy one.
    pub(crate) number: Value,
    /// Fields of single numbers that differ from those of a healthy one.
    pub(crate) named: BTreeMap<String, Value>,
    /// Business accounts with fields that differ from those of a good one.
    pub(crate) accounts: BTreeMap<String, Value>,
    /// The numbers of each account; one that is not listed has every number.
    pub(crate) numbers: BTreeMap<String, Vec<String>>,
    /// How many numbers a page of them has.
    pub(crate) page: usize,
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
            tokens: None,
            apps: BTreeMap::new(),
            insists_on_proof: false,
            token: json!({}),
            number: json!({}),
            named: BTreeMap::new(),
            accounts: BTreeMap::from([(ACCOUNT.to_owned(), json!({}))]),
            numbers: BTreeMap::new(),
            // So that everybody has to turn pages.
            page: 2,
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

/// Field by field.
fn merged(mut base: Value, changes: &Value) -> Value {
    if let (Some(base), Some(changes)) = (base.as_object_mut(), changes.as_object()) {
        base.extend(changes.clone());
    }
    base
}

fn param<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

impl World {
    /// The same with some fields changed.
    pub(crate) fn with(&self, changes: &Value) -> serde_json::Result<Self> {
        serde_json::from_value(merged(serde_json::to_value(self)?, changes))
    }

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
            return Err(Refusal::new(401, 190, None));
        }
        self.may_send(token, query)?;
        match call {
            Call::Number => self.one_number(id),
            Call::Account => Ok(merged(
                json!({"id": id, "name": "Example Ltd", "account_review_status": "APPROVED"}),
                self.accounts.get(id).unwrap_or(&Value::Null),
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
            Call::DebugToken | Call::Subscriptions | Call::Messages | Call::Receipts => Err(Refusal::unknown_path()),
        }
    }

    fn answer_app(&self, call: Call, id: &str, token: &str, query: &str) -> Result<Value, Refusal> {
        let Some((app, secret)) = token.split_once('|') else { return Err(Refusal::new(400, 190, None)) };
        if app.ends_with("99") {
            return Err(Refusal::new(400, 101, None));
        }
        if self.apps.get(app).is_some_and(|known| known != secret) {
            return Err(Refusal { message: "Invalid OAuth access token signature.", ..Refusal::new(400, 190, None) });
        }
        if call == Call::Subscriptions {
            let fields: Vec<Value> = self.fields.iter().map(|f| json!({"name": f, "version": "v26.0"})).collect();
            let data: Vec<Value> = self
                .callback
                .iter()
                .map(|url| json!({"object": "whatsapp_business_account", "callback_url": url, "active": true, "fields": fields}))
                .collect();
            return if id == app { Ok(json!({"data": data})) } else { Err(Refusal::new(400, 100, Some(33))) };
        }
        let input = param(query, "input_token").unwrap_or_default();
        if input.contains("bad") || !self.knows(input) {
            let error = json!({"code": 190, "message": "Invalid OAuth access token"});
            return Ok(json!({"data": {"is_valid": false, "error": error, "scopes": []}}));
        }
        let own = app_of(input);
        let scopes = ["whatsapp_business_management", "whatsapp_business_messaging"];
        let good = json!({"is_valid": true, "app_id": own, "type": "SYSTEM_USER", "expires_at": 0, "scopes": scopes});
        Ok(json!({"data": merged(good, &self.token)}))
    }

    fn knows(&self, token: &str) -> bool {
        self.tokens.as_ref().is_none_or(|known| known.iter().any(|good| good == token))
    }

    /// Whether a call with this token is taken. The proof is only looked at when the app's secret is known.
    pub(super) fn may_send(&self, token: &str, query: &str) -> Result<(), Refusal> {
        if !self.knows(token) {
            return Err(Refusal::new(401, 190, None));
        }
        let Some(secret) = self.apps.get(&app_of(token)) else { return Ok(()) };
        match param(query, "appsecret_proof") {
            Some(given) if given == signature::digits(secret.as_bytes(), token.as_bytes()) => Ok(()),
            Some(_) => Err(Refusal::proof("Invalid appsecret_proof provided in the API argument")),
            None if self.insists_on_proof => {
                Err(Refusal::proof("API calls from the server require an appsecret_proof argument"))
            }
            None => Ok(()),
        }
    }

    fn one_number(&self, id: &str) -> Result<Value, Refusal> {
        if id.ends_with("99") {
            return Err(Refusal::new(400, 100, Some(33)));
        }
        let healthy = json!({
            "id": id, "display_phone_number": "+1 555-010-0001", "verified_name": "Example Shop",
            "quality_rating": "GREEN", "status": "CONNECTED", "platform_type": "CLOUD_API", "account_mode": "LIVE",
            "code_verification_status": "VERIFIED", "name_status": "APPROVED",
            "whatsapp_business_manager_messaging_limit": "TIER_2K",
            "health_status": {"can_send_message": "AVAILABLE", "entities": []},
        });
        let named = self.named.get(id).unwrap_or(&Value::Null);
        let mut number = merged(merged(healthy, named), &self.number);
        if let Some(url) = &self.callback {
            number = merged(number, &json!({"webhook_configuration": {"application": url}}));
        }
        Ok(number)
    }

    fn page_of_numbers(&self, id: &str, query: &str) -> Result<Value, Refusal> {
        if !self.accounts.contains_key(id) {
            return Err(Refusal::new(400, 100, Some(33)));
        }
        let all = self.numbers.get(id).cloned().unwrap_or_else(|| {
            (1..=9).map(|n| format!("31600000000000{n}")).chain((1..=9).map(|n| format!("31700000000000{n}"))).collect()
        });
        let start: usize = param(query, "after").and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
        let page: Vec<Value> = all
            .iter()
            .skip(start)
            .take(self.page)
            .map(|id| {
                let good =
                    json!({"id": id, "display_phone_number": "+1 555-010-0001", "verified_name": "Example Shop"});
                merged(good, self.named.get(id).unwrap_or(&Value::Null))
            })
            .collect();
        let end = start + page.len();
        let cursors = json!({"cursors": {"before": start.to_string(), "after": end.to_string()}});
        // Followed, it would lead astray.
        let next = json!({"next": "http://127.0.0.1:1/stolen"});
        let paging = if end < all.len() { merged(cursors, &next) } else { cursors };
        Ok(json!({"data": page, "paging": paging}))
    }
}
