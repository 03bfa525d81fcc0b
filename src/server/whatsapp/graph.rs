//! Calls to the Graph API (contract, section 5), and what their failures mean.

use reqwest::{Client, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{
    errors::{Class, classify, explain},
    wire::{number_of, text_of},
};
use crate::{
    domain::{Millis, integration::Provider, meta::MetaError, text::percent},
    server::config::Config,
};

/// An answer longer than this is not one of Meta's.
const ANSWER_MAX: usize = 1 << 20;

/// Where calls go: the base address follows from the provider alone.
pub struct Graph {
    http: Client,
    cloud: String,
    sandbox: String,
    listener: String,
}

/// A number to call for, with the token to call with.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    pub provider: Provider,
    pub phone_number_id: &'a str,
    pub token: &'a SecretString,
}

/// Whom a message goes to. With both, the phone number wins at Meta.
#[derive(Clone, Debug, Default)]
pub struct Recipient {
    pub wa_id: Option<String>,
    pub user_id: Option<String>,
}

/// What is known of a business number.
#[derive(Clone, Debug, Default)]
pub struct NumberInfo {
    pub display_phone_number: Option<String>,
    pub verified_name: Option<String>,
}

/// A call that did not do what it should.
#[derive(Clone, Debug)]
pub struct GraphError {
    pub class: Class,
    pub http_status: Option<u16>,
    pub code: Option<i64>,
    pub subcode: Option<i64>,
    /// Meta's own words on it; none when it never answered.
    pub details: Option<String>,
    pub trace_id: Option<String>,
    /// How long Meta asks to wait.
    pub wait: Option<Millis>,
}

impl GraphError {
    fn transport(error: &reqwest::Error) -> Self {
        // Only a connection that never came about is certain to have carried nothing.
        let class = if error.is_connect() || error.is_builder() { Class::Unreachable } else { Class::Ambiguous };
        tracing::debug!(error = ?error.without_url_text(), "A Graph call broke off");
        Self { class, http_status: None, code: None, subcode: None, details: None, trace_id: None, wait: None }
    }

    /// Words for people: what happened, with Meta's details.
    #[must_use]
    pub fn message(&self) -> String {
        let explained = explain(self.code, self.subcode, self.class).message;
        match &self.details {
            Some(details) => format!("{explained} Meta says: {details}"),
            None => explained.to_owned(),
        }
    }

    /// The next step for people.
    #[must_use]
    pub fn action(&self) -> &'static str {
        explain(self.code, self.subcode, self.class).action
    }

    /// Meta's code and trace id, when it answered.
    #[must_use]
    pub fn meta(&self) -> Option<MetaError> {
        self.code.map(|code| MetaError { code, trace_id: self.trace_id.clone() })
    }
}

trait WithoutUrl {
    fn without_url_text(&self) -> String;
}

impl WithoutUrl for reqwest::Error {
    /// An address may carry ids; the log gets the kind of the failure only.
    fn without_url_text(&self) -> String {
        format!(
            "timeout={} connect={} body={} decode={}",
            self.is_timeout(),
            self.is_connect(),
            self.is_body(),
            self.is_decode()
        )
    }
}

impl Graph {
    #[must_use]
    pub fn new(http: Client, config: &Config) -> Self {
        let version = &config.graph_version;
        let mut listener = config.listen;
        if listener.ip().is_unspecified() {
            listener.set_ip(match listener.ip() {
                std::net::IpAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
                std::net::IpAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
            });
        }
        Self {
            http,
            cloud: format!("{}/{version}", config.graph_url),
            sandbox: format!("http://{listener}/sandbox/graph/{version}"),
            listener: format!("http://{listener}"),
        }
    }

    /// Our own address as the simulator reaches it, whatever stands in front of us.
    #[must_use]
    pub fn listener(&self) -> &str {
        &self.listener
    }

    fn url(&self, provider: Provider, path: &str) -> String {
        let base = match provider {
            Provider::Cloud => &self.cloud,
            Provider::Sandbox => &self.sandbox,
        };
        format!("{base}/{path}")
    }

    /// Sends a text; the wamid, when Meta took it.
    ///
    /// # Errors
    /// With the class that says what may be done about it.
    pub async fn send_text(
        &self,
        account: Account<'_>,
        to: &Recipient,
        body: &str,
        callback_data: &str,
    ) -> Result<String, GraphError> {
        let (name, address) = match (&to.wa_id, &to.user_id) {
            (Some(wa_id), _) => ("to", format!("+{wa_id}")),
            (None, Some(user_id)) => ("recipient", user_id.clone()),
            (None, None) => ("to", String::new()),
        };
        let message = json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "type": "text",
            "text": {"body": body, "preview_url": false},
            "biz_opaque_callback_data": callback_data,
            name: address,
        });
        let answer = self.post_messages(account, &message).await?;
        let id = answer.get("messages").and_then(|m| m.get(0)).and_then(|m| text_of(m, "id"));
        // Taken, but by whom and as what? Only a status report can tell.
        id.ok_or_else(|| GraphError { class: Class::Ambiguous, ..Self::unreadable(StatusCode::OK) })
    }

    /// Marks a message and all before it as read, and shows that an answer is being written.
    ///
    /// # Errors
    /// As any call; it must never hold up the answer.
    pub async fn mark_read(&self, account: Account<'_>, wamid: &str) -> Result<(), GraphError> {
        let message = json!({
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": wamid,
            "typing_indicator": {"type": "text"},
        });
        self.post_messages(account, &message).await.map(drop)
    }

    async fn post_messages(&self, account: Account<'_>, message: &Value) -> Result<Value, GraphError> {
        let url = self.url(account.provider, &format!("{}/messages", account.phone_number_id));
        let sent = self.http.post(url).bearer_auth(account.token.expose_secret()).json(message).send().await;
        Self::read(sent).await
    }

    /// What Meta knows of the number.
    ///
    /// # Errors
    /// As any call.
    pub async fn number(&self, account: Account<'_>) -> Result<NumberInfo, GraphError> {
        let path = format!("{}?fields=id,display_phone_number,verified_name", account.phone_number_id);
        let url = self.url(account.provider, &path);
        let answer = Self::read(self.http.get(url).bearer_auth(account.token.expose_secret()).send().await).await?;
        if text_of(&answer, "id").as_deref() != Some(account.phone_number_id) {
            return Err(GraphError {
                code: Some(100),
                subcode: Some(33),
                class: Class::Request,
                ..Self::unreadable(StatusCode::OK)
            });
        }
        Ok(NumberInfo {
            display_phone_number: text_of(&answer, "display_phone_number"),
            verified_name: text_of(&answer, "verified_name"),
        })
    }

    /// Whether a token is valid and was made for that app.
    ///
    /// # Errors
    /// As any call.
    pub async fn token_belongs_to_app(
        &self,
        token: &SecretString,
        app_id: &str,
        app_secret: &SecretString,
    ) -> Result<bool, GraphError> {
        let url = self.url(Provider::Cloud, &format!("debug_token?input_token={}", percent(token.expose_secret())));
        let app_token = format!("{app_id}|{}", app_secret.expose_secret());
        let request = self.http.get(url).bearer_auth(app_token);
        let answer = Self::read(request.send().await).await?;
        let data = answer.get("data").unwrap_or(&Value::Null);
        Ok(data.get("is_valid").and_then(Value::as_bool) == Some(true)
            && text_of(data, "app_id").as_deref() == Some(app_id))
    }

    async fn read(sent: Result<Response, reqwest::Error>) -> Result<Value, GraphError> {
        let mut response = sent.map_err(|e| GraphError::transport(&e))?;
        let status = response.status();
        let wait = regain(&response);
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= ANSWER_MAX => body.extend_from_slice(&chunk),
                Ok(Some(_)) => return Err(Self::unreadable(status)),
                Ok(None) => break,
                // The status line of an error is as good as its body; of a success we know nothing.
                Err(_) => return Err(Self::unreadable(status)),
            }
        }
        match serde_json::from_slice::<Value>(&body) {
            Ok(answer) if status.is_success() && answer.get("error").is_none() => Ok(answer),
            Ok(answer) => Err(Self::refused(status, &answer, wait)),
            Err(_) => Err(GraphError { wait, ..Self::unreadable(status) }),
        }
    }

    /// An answer that is not Meta's: a proxy's page, or half of one.
    fn unreadable(status: StatusCode) -> GraphError {
        let class = if status.is_success() { Class::Ambiguous } else { classify(None, status.as_u16(), false) };
        GraphError {
            class,
            http_status: Some(status.as_u16()),
            code: None,
            subcode: None,
            details: None,
            trace_id: None,
            wait: None,
        }
    }

    fn refused(status: StatusCode, answer: &Value, wait: Option<Millis>) -> GraphError {
        let error = answer.get("error").unwrap_or(answer);
        let code = number_of(error, "code");
        let transient = error.get("is_transient").and_then(Value::as_bool).unwrap_or(false);
        let details = error.get("error_data").and_then(|d| text_of(d, "details")).or_else(|| text_of(error, "message"));
        GraphError {
            class: classify(code, status.as_u16(), transient),
            http_status: Some(status.as_u16()),
            code,
            subcode: number_of(error, "error_subcode"),
            details: details.map(|d| d.replace('\0', "").chars().take(500).collect()),
            trace_id: text_of(error, "fbtrace_id").map(|t| t.chars().take(100).collect()),
            wait,
        }
    }
}

/// How long Meta asks to wait: `X-Business-Use-Case-Usage` names minutes (contract, section 6).
fn regain(response: &Response) -> Option<Millis> {
    let header = response.headers().get("x-business-use-case-usage")?.to_str().ok()?;
    let usage: Value = serde_json::from_str(header).ok()?;
    let minutes = usage
        .as_object()?
        .values()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|u| number_of(u, "estimated_time_to_regain_access"))
        .max()?;
    (minutes > 0).then(|| minutes.min(24 * 60) * 60_000)
}
