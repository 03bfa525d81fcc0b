//! What an app may ask about itself: `debug_token` and its subscriptions (contract, section 8, steps 3, 4 and 9).

use std::collections::HashMap;

use axum::{
    Json,
    http::{HeaderMap, Method},
};
use serde_json::{Value, json};

use super::{
    super::{
        Sandbox,
        number::{self, NumberRow},
    },
    Answer,
    access::{self, Caller, find_app},
    error::GraphError,
};
use crate::domain::integration::GRAPH_VERSION;

/// `GET /debug_token?input_token=…`, asked with an app's token or with the token itself.
pub(super) async fn debug(sandbox: &Sandbox, headers: &HeaderMap, params: &HashMap<String, String>) -> Answer {
    let asking = match find_app(sandbox, access::token(headers, params)?).await? {
        Some(app) => app,
        None => Caller::find(sandbox, headers, params).await?.number,
    };
    let Some(input) = params.get("input_token") else {
        return Err(GraphError::required("input_token"));
    };
    let found = number::find_by_token(&mut *sandbox.connection().await?, input).await?;
    let data = match found {
        Some(number) if number.app_id == asking.app_id => valid(&number),
        Some(_) => invalid(100, "(#100) The App_id in the input_token did not match the Viewing App"),
        None => invalid(190, "Invalid OAuth access token - Cannot parse access token"),
    };
    Ok(Json(json!({ "data": data })))
}

/// `GET /{app_id}/subscriptions`, asked with the app's token.
pub(super) async fn subscriptions(
    sandbox: &Sandbox,
    headers: &HeaderMap,
    params: &HashMap<String, String>,
    id: &str,
) -> Answer {
    let app = match find_app(sandbox, access::token(headers, params)?).await? {
        Some(app) if app.app_id == id => app,
        Some(_) => return Err(GraphError::no_object(&Method::GET, id)),
        None => {
            let caller = Caller::find(sandbox, headers, params).await?;
            if caller.number.app_id != id {
                return Err(GraphError::no_object(&Method::GET, id));
            }
            return Err(GraphError::parameter("This method must be called with an app access token."));
        }
    };
    let data: Vec<Value> = app
        .callback_url
        .iter()
        .map(|url| {
            json!({
                "object": "whatsapp_business_account",
                "callback_url": url,
                "active": true,
                "fields": [{ "name": "messages", "version": GRAPH_VERSION }],
            })
        })
        .collect();
    Ok(Json(json!({ "data": data })))
}

/// A token that never ends (0), like that of a system user.
fn valid(number: &NumberRow) -> Value {
    let scope = |name: &str| json!({ "scope": name, "target_ids": [number.business_account_id] });
    json!({
        "app_id": number.app_id,
        "type": "SYSTEM_USER",
        "application": "Parlance sandbox",
        "expires_at": 0,
        "data_access_expires_at": 0,
        "is_valid": true,
        "scopes": ["whatsapp_business_management", "whatsapp_business_messaging"],
        "granular_scopes": [scope("whatsapp_business_management"), scope("whatsapp_business_messaging")],
        "user_id": number.app_id,
    })
}

fn invalid(code: i64, message: &str) -> Value {
    json!({ "error": { "code": code, "message": message }, "is_valid": false, "scopes": [] })
}
