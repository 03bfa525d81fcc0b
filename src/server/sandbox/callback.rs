//! The simulator as Meta's HTTP client: the handshake when a callback is saved, and deliveries. It decides nothing about retries.

use std::time::Duration;

use reqwest::{
    Client, StatusCode, Url,
    header::{CONTENT_TYPE, HeaderValue},
    redirect::Policy,
};

use super::{
    Sandbox,
    error::{CallbackError, SandboxError, SandboxResult},
    ids, number,
    outbox::{self, DueWebhook},
};
use crate::server::channel::whatsapp::signature;

/// Meta publishes no time-out; this one is in the middle of what people report.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How much of an answer to a challenge is looked at.
const ANSWER_LIMIT: usize = 1024;

/// The client for all callbacks. No proxy: they are on the product's own listener.
pub(super) fn client() -> SandboxResult<Client> {
    Client::builder()
        .timeout(TIMEOUT)
        .redirect(Policy::none())
        .no_proxy()
        .user_agent(concat!("parlance-sandbox/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(SandboxError::Client)
}

impl Sandbox {
    /// Saves the callback of a number's app, after the handshake that Meta does then (contract, section 1.1): a GET with a
    /// challenge and the verify token, which must come back as the whole answer. Webhooks that waited go out at once.
    ///
    /// # Errors
    /// When the number is unknown or the challenge does not come back; the old callback then stays.
    pub async fn set_callback(
        &self,
        phone_number_id: &str,
        callback_url: &str,
        verify_token: &str,
    ) -> Result<(), SandboxError> {
        if number::find(&mut *self.connection().await?, phone_number_id).await?.is_none() {
            return Err(SandboxError::UnknownNumber);
        }
        self.challenge(callback_url, verify_token).await?;
        let mut tx = self.begin().await?;
        if !number::set_callback(&mut tx, phone_number_id, callback_url).await? {
            return Err(SandboxError::UnknownNumber);
        }
        outbox::hurry_number(&mut tx, phone_number_id, self.now()).await?;
        tx.commit().await?;
        self.changed();
        Ok(())
    }

    async fn challenge(&self, callback_url: &str, verify_token: &str) -> SandboxResult<()> {
        let challenge = ids::challenge()?;
        let mut url = Url::parse(callback_url).map_err(|_| CallbackError::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(CallbackError::NotAUrl.into());
        }
        url.query_pairs_mut()
            .append_pair("hub.mode", "subscribe")
            .append_pair("hub.challenge", &challenge)
            .append_pair("hub.verify_token", verify_token);
        // The URL holds the verify token, and errors are logged: it stays out of them.
        let unreachable = |error: reqwest::Error| CallbackError::Unreachable(error.without_url());
        let mut answer = self.inner.http.get(url).send().await.map_err(unreachable)?;
        if answer.status() != StatusCode::OK {
            return Err(CallbackError::Refused(answer.status()).into());
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_LIMIT {
                break;
            }
        }
        if body == challenge.as_bytes() { Ok(()) } else { Err(CallbackError::WrongChallenge.into()) }
    }

    /// Posts a webhook, signed. Whether it was taken: nothing but a 200 counts (contract, section 1.3).
    pub(super) async fn post(&self, webhook: &DueWebhook) -> bool {
        let signed = signature::sign(webhook.app_secret.as_bytes(), webhook.body.as_bytes());
        let request = self
            .inner
            .http
            .post(&webhook.callback_url)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(signature::HEADER, signed)
            .body(webhook.body.clone());
        match request.send().await {
            Ok(answer) if answer.status() == StatusCode::OK => true,
            Ok(answer) => {
                tracing::warn!(status = %answer.status(), webhook.attempts, "the callback refused a sandbox webhook");
                false
            }
            Err(error) => {
                tracing::warn!(error = ?error.without_url(), webhook.attempts, "a sandbox webhook did not arrive");
                false
            }
        }
    }
}
