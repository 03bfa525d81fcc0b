//! One app of Meta's for the whole deployment, and workspaces that have numbers of it.

use axum::http::StatusCode;
use serde_json::json;

use super::app::{Number, TestApp};
use crate::{domain::role::Role, server::channel::whatsapp::signature::sign};

/// What the server is told of the app.
pub(crate) const FLAGS: [&str; 4] = [
    "--quiet-time=0",
    "--whatsapp-app-id=777777",
    "--whatsapp-app-secret=deploy-secret",
    "--whatsapp-verify-token=deploy",
];

/// A workspace: the token of its owner, and its number, whose token is of the app.
pub(crate) struct Tenant {
    pub(crate) token: String,
    pub(crate) number: Number,
}

/// The first workspace, and one next door. They may have the same number.
pub(crate) async fn tenants(app: &TestApp, phones: [&str; 2]) -> [Tenant; 2] {
    let theirs = app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    [tenant(app, app.token.clone(), phones[0]).await, tenant(app, theirs, phones[1]).await]
}

async fn tenant(app: &TestApp, token: String, phone: &str) -> Tenant {
    let bot = app.api_as(&token, "chatbots/create", json!({"name": "Bot"})).await.1["id"].clone();
    let input = json!({"chatbot_id": bot, "name": phone, "phone_number_id": phone, "business_account_id": "102000000000001",
        "access_token": "EAAG-app-777777-x", "app_id": "777777", "app_secret": "own-secret"});
    let (status, made) = app.api_as(&token, "integrations/whatsapp/create", input).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    let number = Number {
        integration_id: made["id"].as_str().unwrap().to_owned(),
        phone_number_id: phone.to_owned(),
        chatbot_id: bot.as_str().unwrap().to_owned(),
    };
    Tenant { token, number }
}

/// Delivers on the path of the deployment, and works it off.
pub(crate) async fn deliver(app: &TestApp, body: String) {
    let post = app.http.post(format!("{}/api/whatsapp/webhook", app.url));
    let post = post.header("x-hub-signature-256", sign(b"deploy-secret", body.as_bytes())).body(body);
    assert_eq!(post.send().await.unwrap().status(), StatusCode::OK);
    app.settle().await;
}
