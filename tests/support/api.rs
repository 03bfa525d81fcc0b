//! The product's API, as a program with a token uses it.

use std::{net::SocketAddr, time::Duration};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use super::Result;

/// Longer than any operation should take, also while there is a flood.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that has a token.
pub(crate) struct Api {
    http: Client,
    base: String,
    token: String,
}

impl Api {
    pub(crate) fn new(address: SocketAddr, token: &str) -> Result<Self> {
        let http = Client::builder().timeout(PATIENCE).build()?;
        Ok(Self { http, base: format!("http://{address}"), token: token.to_owned() })
    }

    /// A request to any path, as that program.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    /// Calls an operation that must succeed.
    pub(crate) async fn call(&self, operation: &str, input: Value) -> Result<Value> {
        let response = self.request(Method::POST, &format!("/api/v1/{operation}")).json(&input).send().await?;
        let (status, text) = (response.status(), response.text().await?);
        if !status.is_success() {
            return Err(format!("{operation} answered {status}: {text}").into());
        }
        Ok(serde_json::from_str(&text)?)
    }

    /// Calls an operation that makes something; its id.
    pub(crate) async fn make(&self, operation: &str, input: Value) -> Result<String> {
        let made = self.call(operation, input).await?;
        Ok(made.get("id").and_then(Value::as_str).ok_or("the answer has no id")?.to_owned())
    }
}
