//! Questions to the Graph API that change nothing (contract, section 8), and the one call that does: subscribing.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{AppProof, Graph, GraphError, Network, text_of};
use crate::domain::{integration::Provider, text::percent};

/// Pages of a list that are looked through: nobody has that many numbers.
const PAGES_MAX: usize = 20;

/// Fields of a number that a test looks at. One that this version of the API does not know costs the whole answer, so
/// there are shorter lists to fall back to.
const NUMBER_FIELDS: [&str; 3] = [
    "id,display_phone_number,verified_name,quality_rating,status,code_verification_status,name_status,platform_type,\
     account_mode,throughput,whatsapp_business_manager_messaging_limit,health_status,webhook_configuration",
    "id,display_phone_number,verified_name,quality_rating,status,code_verification_status,name_status,platform_type,\
     account_mode,throughput,health_status,webhook_configuration",
    "id,display_phone_number,verified_name,quality_rating",
];

/// Who asks: an integration's token, with the proof that goes with it.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    pub provider: Provider,
    pub token: &'a SecretString,
    /// With it each call carries `appsecret_proof`.
    pub proof: Option<&'a AppProof>,
    /// How long one call may take.
    pub patience: Duration,
}

/// An app, which asks with its id and secret.
#[derive(Clone, Copy)]
pub struct AppAsker<'a> {
    pub provider: Provider,
    pub app_id: &'a str,
    pub app_secret: &'a SecretString,
    pub patience: Duration,
}

impl Graph {
    /// What Meta knows of a number.
    ///
    /// # Errors
    /// As any call.
    pub async fn number(&self, who: Asker<'_>, phone_number_id: &str) -> Result<Value, GraphError> {
        let [all, rest @ ..] = NUMBER_FIELDS;
        let mut answer = self.object(who, phone_number_id, all).await;
        for fields in rest {
            match answer {
                Err(error) if error.is_unknown_field() => answer = self.object(who, phone_number_id, fields).await,
                known => return known,
            }
        }
        answer
    }

    /// What Meta knows of a business account.
    ///
    /// # Errors
    /// As any call.
    pub async fn business_account(&self, who: Asker<'_>, id: &str) -> Result<Value, GraphError> {
        self.object(who, id, "id,name,account_review_status,health_status").await
    }

    async fn object(&self, who: Asker<'_>, id: &str, fields: &str) -> Result<Value, GraphError> {
        let answer = self.ask(who, Method::GET, &format!("{id}?fields={fields}"), None).await?;
        // A proxy that answers everything with some JSON is not Meta; another object is not the one.
        match text_of(&answer, "id") {
            Some(found) if found == id => Ok(answer),
            Some(_) => Err(GraphError::no_such_object()),
            None => Err(GraphError {
                network: Some(Network::NotMeta),
                ..GraphError::new(crate::server::channel::whatsapp::graph::Class::Ambiguous)
            }),
        }
    }

    /// All numbers of a business account, page by page.
    ///
    /// # Errors
    /// As any call.
    pub async fn numbers_of(&self, who: Asker<'_>, id: &str) -> Result<Vec<Value>, GraphError> {
        self.list(who, &format!("{id}/phone_numbers?fields=id,display_phone_number,verified_name&limit=100")).await
    }

    /// The apps that are subscribed to a business account.
    ///
    /// # Errors
    /// As any call.
    pub async fn subscribed_apps(&self, who: Asker<'_>, id: &str) -> Result<Vec<Value>, GraphError> {
        self.list(who, &format!("{id}/subscribed_apps")).await
    }

    /// Subscribes the token's app to a business account, with the callback and verify token if they are to be its own.
    ///
    /// # Errors
    /// As any call.
    pub async fn subscribe(
        &self,
        who: Asker<'_>,
        id: &str,
        callback: Option<(&str, &SecretString)>,
    ) -> Result<(), GraphError> {
        let body = callback.map_or_else(
            || json!({}),
            |(url, token)| json!({"override_callback_uri": url, "verify_token": token.expose_secret()}),
        );
        self.ask(who, Method::POST, &format!("{id}/subscribed_apps"), Some(&body)).await.map(drop)
    }

    /// Ends the subscription of the token's app to a business account.
    ///
    /// # Errors
    /// As any call.
    pub async fn unsubscribe(&self, who: Asker<'_>, id: &str) -> Result<(), GraphError> {
        self.ask(who, Method::DELETE, &format!("{id}/subscribed_apps"), None).await.map(drop)
    }

    /// What Meta knows of a token, asked by an app.
    ///
    /// # Errors
    /// As any call; codes 101 and 190 are about the app itself.
    pub async fn inspect_token(&self, app: AppAsker<'_>, token: &SecretString) -> Result<Value, GraphError> {
        let path = format!("debug_token?input_token={}", percent(token.expose_secret()));
        let answer = self.ask_as_app(app, &path, &[token.expose_secret()]).await?;
        match answer.get("data") {
            Some(data) if data.is_object() => Ok(data.clone()),
            _ => Err(GraphError {
                network: Some(Network::NotMeta),
                ..GraphError::new(crate::server::channel::whatsapp::graph::Class::Ambiguous)
            }),
        }
    }

    /// What an app has subscribed to, by object.
    ///
    /// # Errors
    /// As any call.
    pub async fn subscriptions_of_app(&self, app: AppAsker<'_>) -> Result<Vec<Value>, GraphError> {
        let answer = self.ask_as_app(app, &format!("{}/subscriptions", app.app_id), &[]).await?;
        Ok(entries(&answer))
    }

    /// Goes through the pages by their cursors. The address of the next page that Meta offers is not followed: it would
    /// carry our token to wherever it leads.
    async fn list(&self, who: Asker<'_>, path: &str) -> Result<Vec<Value>, GraphError> {
        let mut all = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let page = match &after {
                None => path.to_owned(),
                Some(cursor) => {
                    let joint = if path.contains('?') { '&' } else { '?' };
                    format!("{path}{joint}after={}", percent(cursor))
                }
            };
            let answer = self.ask(who, Method::GET, &page, None).await?;
            all.extend(entries(&answer));
            let paging = answer.get("paging");
            let cursor = paging.and_then(|p| p.get("cursors")).and_then(|c| text_of(c, "after"));
            let more = paging.is_some_and(|p| p.get("next").is_some());
            if !more || cursor.is_none() || cursor == after {
                break;
            }
            after = cursor;
        }
        Ok(all)
    }

    async fn ask(&self, who: Asker<'_>, method: Method, path: &str, body: Option<&Value>) -> Result<Value, GraphError> {
        let url = self.url(who.provider, path);
        let mut proven = url.clone();
        let proof = who.proof.filter(|proof| proof.add_to(&mut proven));
        let answer = self.ask_at(who, &method, &proven, body).await;
        if proof.is_some_and(|proof| proof.is_refused_by(&answer)) {
            return self.ask_at(who, &method, &url, body).await;
        }
        answer
    }

    async fn ask_at(
        &self,
        who: Asker<'_>,
        method: &Method,
        url: &str,
        body: Option<&Value>,
    ) -> Result<Value, GraphError> {
        let token = who.token.expose_secret();
        let request = || {
            let request = self.http.request(method.clone(), url).bearer_auth(token).timeout(who.patience);
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        };
        // Asking again is harmless; changing something twice need not be.
        if *method == Method::GET {
            Self::twice(request, &[token]).await
        } else {
            Self::once(request(), &[token]).await
        }
    }

    async fn ask_as_app(&self, app: AppAsker<'_>, path: &str, secrets: &[&str]) -> Result<Value, GraphError> {
        let url = self.url(app.provider, path);
        let secret = app.app_secret.expose_secret();
        let token = format!("{}|{secret}", app.app_id);
        let request = || self.http.get(&url).bearer_auth(&token).timeout(app.patience);
        Self::twice(request, &[secrets, &[token.as_str(), secret]].concat()).await
    }

    async fn once(request: RequestBuilder, secrets: &[&str]) -> Result<Value, GraphError> {
        Self::read(request.send().await, secrets).await
    }

    /// One more try when a connection did not come about or broke off: kept ones die quietly.
    async fn twice(request: impl Fn() -> RequestBuilder, secrets: &[&str]) -> Result<Value, GraphError> {
        match Self::once(request(), secrets).await {
            Err(error) if matches!(error.network, Some(Network::Refused | Network::Cut)) => {
                Self::once(request(), secrets).await
            }
            outcome => outcome,
        }
    }
}

fn entries(answer: &Value) -> Vec<Value> {
    answer.get("data").and_then(Value::as_array).cloned().unwrap_or_default()
}
