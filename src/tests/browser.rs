//! A browser as far as the suite needs one: a cookie, plain forms and pages. It follows no redirects.

use axum::http::{HeaderMap, Method, StatusCode, header};
use reqwest::RequestBuilder;
use serde_json::Value;

use super::app::{PASSWORD, TestApp};
use crate::domain::text::percent;

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, body: response.text().await.unwrap() }
    }

    /// A header's value; empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }

    /// `name=value` of the cookie that it sets; empty when it sets none.
    pub(crate) fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
    }

    /// Checks that it is an error as the wire promises it, and gives its body.
    #[track_caller]
    pub(crate) fn is_error(&self, status: u16, code: &str) -> Value {
        assert_eq!((self.status.as_u16(), self.location()), (status, ""), "{code}: {}", self.body);
        assert_eq!(self.header("content-type"), "application/json");
        let error = self.json();
        assert_eq!(error["code"], code, "{error}");
        assert!(!error["message"].as_str().unwrap().is_empty(), "{error}");
        assert_eq!(error["request_id"], self.header("x-request-id"), "{error}");
        error
    }
}

/// Somebody does something in person: signs in, and asks. Status and body.
pub(crate) async fn in_person(app: &TestApp, email: &str, operation: &str, input: Value) -> (StatusCode, Value) {
    let answer = Browser::signed_in(app, email).await.api(operation, &input).await;
    (answer.status, answer.json())
}

/// What one person has open.
pub(crate) struct Browser<'a> {
    app: &'a TestApp,
    /// `name=value`; empty without a session.
    pub(crate) cookie: String,
    /// What it asks for with `Accept-Language`.
    pub(crate) language: Option<&'static str>,
}

impl<'a> Browser<'a> {
    pub(crate) fn stranger(app: &'a TestApp) -> Self {
        Self { app, cookie: String::new(), language: None }
    }

    pub(crate) async fn signed_in(app: &'a TestApp, email: &str) -> Self {
        let mut browser = Self::stranger(app);
        let answer = browser.sign_in(email, PASSWORD, "").await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/inbox"), "{}", answer.body);
        browser
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.app.http.request(method, format!("{}{path}", self.app.url));
        if let Some(language) = self.language {
            request = request.header(header::ACCEPT_LANGUAGE, language);
        }
        if self.cookie.is_empty() { request } else { request.header(header::COOKIE, &self.cookie) }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path).header(header::ACCEPT, "text/html")).await
    }

    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
        self.request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html")
            .body(body.join("&"))
    }

    pub(crate) async fn api(&self, operation: &str, input: &Value) -> Answer {
        Answer::to(self.request(Method::POST, &format!("/api/v1/{operation}")).json(input)).await
    }

    /// Fills the sign-in form in, and keeps the cookie when that works.
    pub(crate) async fn sign_in(&mut self, email: &str, password: &str, next: &str) -> Answer {
        let fields = [("email", email), ("password", password), ("next", next)];
        let answer = Answer::to(self.form("/sign-in", &fields)).await;
        if !answer.cookie().is_empty() {
            self.cookie = answer.cookie();
        }
        answer
    }

    /// Whether the server knows who this is.
    pub(crate) async fn is_signed_in(&self) -> bool {
        let answer = self.api("session/current", &serde_json::json!({})).await;
        match answer.status {
            StatusCode::OK => true,
            StatusCode::UNAUTHORIZED => false,
            other => panic!("{other}: {}", answer.body),
        }
    }
}
