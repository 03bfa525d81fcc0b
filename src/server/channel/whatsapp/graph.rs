//! Calls to the Graph API (contract, section 5), and what their failures mean.

mod error;
mod lookup;
mod proof;

use std::time::Duration;

use reqwest::{Client, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;

pub use self::{
    error::{GraphError, Network},
    lookup::{AppAsker, Asker},
    proof::AppProof,
};
use super::{
    errors::Class,
    json::{self, Reading},
    outgoing::Outgoing,
    wire::{
        messages::{PRODUCT, Receipt, TypingIndicator},
        number_of, text_of,
    },
};
use crate::{
    domain::{Millis, contact::Recipient, content::Content, integration::Provider},
    server::base::config::Config,
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
pub struct SenderNumber<'a> {
    pub provider: Provider,
    pub phone_number_id: &'a str,
    pub token: &'a SecretString,
    /// With it each call carries `appsecret_proof`.
    pub proof: Option<&'a AppProof>,
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
            Provider::Own | Provider::Cloud | Provider::Newer => &self.cloud,
            Provider::Sandbox => &self.sandbox,
        };
        format!("{base}/{path}")
    }

    /// Sends a message; the wamid, when Meta took it.
    ///
    /// # Errors
    /// With the class that says what may be done about it.
    pub async fn send(
        &self,
        sender: SenderNumber<'_>,
        to: &Recipient,
        content: &Content,
        callback_data: &str,
    ) -> Result<String, GraphError> {
        let message = Outgoing::new(to, content, callback_data);
        let answer = self.post_messages(sender, &message).await?;
        let id = answer.get("messages").and_then(|m| m.get(0)).and_then(|m| text_of(m, "id"));
        // Taken, but by whom and as what? Only a status report can tell.
        id.ok_or_else(|| GraphError { class: Class::Ambiguous, ..GraphError::unreadable(StatusCode::OK) })
    }

    /// Marks a message and all before it as read, and shows that an answer is being written, where one is.
    ///
    /// # Errors
    /// As any call; it must never hold up the answer.
    pub async fn mark_read(&self, sender: SenderNumber<'_>, wamid: &str, typing: bool) -> Result<(), GraphError> {
        let message = Receipt {
            messaging_product: PRODUCT.into(),
            status: "read".into(),
            message_id: wamid.into(),
            typing_indicator: typing.then(|| TypingIndicator { kind: "text".into() }),
        };
        self.post_messages(sender, &message).await.map(drop)
    }

    async fn post_messages(&self, sender: SenderNumber<'_>, message: &impl Serialize) -> Result<Value, GraphError> {
        let url = self.url(sender.provider, &format!("{}/messages", sender.phone_number_id));
        let token = sender.token.expose_secret();
        let call = async |url: &str| {
            let sent = self.http.post(url).bearer_auth(token).json(message).send().await;
            Self::read(sent, &[token]).await
        };
        let mut proven = url.clone();
        let proof = sender.proof.filter(|proof| proof.add_to(&mut proven));
        let mut answer = call(&proven).await;
        if proof.is_some_and(|proof| proof.is_refused_by(&answer)) {
            answer = call(&url).await;
        }
        // An app that takes nothing without a right proof stops the channel, and what is queued waits.
        answer.map_err(|e| match e.is_bad_proof() {
            true => GraphError { class: Class::Credentials, ..e },
            false => e.on_number(sender.phone_number_id),
        })
    }

    /// Fetches an address of our own, as a stranger would: HTTP status and the beginning of the body.
    ///
    /// # Errors
    /// With what stood in the way.
    pub async fn fetch(&self, url: &str, patience: Duration, limit: usize) -> Result<(u16, Vec<u8>), Network> {
        let sent = self.http.get(url).timeout(patience).send().await;
        let mut response = sent.map_err(|e| GraphError::transport(&e).network.unwrap_or(Network::Cut))?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| Network::Cut)? {
            body.extend_from_slice(&chunk);
            if body.len() > limit {
                break;
            }
        }
        Ok((response.status().as_u16(), body))
    }

    /// Reads an answer; what Meta says goes on without these secrets.
    async fn read(sent: Result<Response, reqwest::Error>, secrets: &[&str]) -> Result<Value, GraphError> {
        let mut response = sent.map_err(|e| GraphError::transport(&e))?;
        let status = response.status();
        let wait = regain(&response);
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= ANSWER_MAX => body.extend_from_slice(&chunk),
                Ok(Some(_)) => return Err(GraphError::unreadable(status)),
                Ok(None) => break,
                // The status line of an error is as good as its body; of a success we know nothing.
                Err(error) => {
                    let network = if error.is_timeout() { Network::Timeout } else { Network::Cut };
                    return Err(GraphError { network: Some(network), ..GraphError::unreadable(status) });
                }
            }
        }
        // A name with half an emoji in it must not hide what else was said.
        let Reading { value: answer, broken } = json::read(&body);
        if broken.is_some() {
            return Err(GraphError { wait, ..GraphError::unreadable(status) });
        }
        if status.is_success() && answer.get("error").is_none() {
            Ok(answer)
        } else {
            Err(GraphError::refused(status, &answer, wait, secrets))
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
