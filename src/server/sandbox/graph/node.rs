//! The objects that can be read: the number and its business account (contract, section 8, steps 5 to 9).

use serde_json::{Map, Value, json};

use super::{
    super::{ids, number::NumberRow},
    error::GraphError,
};

const NUMBER_DEFAULTS: &str = "verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,throughput,\
                               webhook_configuration";

/// A number, as much of it as was asked for.
pub(super) fn phone_number(number: &NumberRow, fields: Option<&str>) -> Result<Value, GraphError> {
    let mut callback = Map::new();
    if let Some(url) = &number.callback_url {
        callback.insert("application".to_owned(), url.as_str().into());
    }
    let all = json!({
        "id": number.phone_number_id,
        "display_phone_number": ids::display_phone(&number.phone),
        "verified_name": number.verified_name,
        "quality_rating": "GREEN",
        "status": "CONNECTED",
        "name_status": "APPROVED",
        "code_verification_status": "VERIFIED",
        "platform_type": "CLOUD_API",
        "account_mode": "LIVE",
        "throughput": { "level": "STANDARD" },
        "messaging_limit_tier": "TIER_250",
        "whatsapp_business_manager_messaging_limit": "TIER_250",
        "is_official_business_account": false,
        "is_on_biz_app": false,
        "is_pin_enabled": true,
        "certificate": "",
        "health_status": health(number, true),
        "webhook_configuration": callback,
    });
    select(&all, fields.unwrap_or(NUMBER_DEFAULTS), "WhatsAppBusinessPhoneNumber")
}

/// A business account, as much of it as was asked for.
pub(super) fn business_account(number: &NumberRow, fields: Option<&str>) -> Result<Value, GraphError> {
    let all = json!({
        "id": number.business_account_id,
        "name": number.verified_name,
        "timezone_id": "1",
        "currency": "USD",
        "country": "US",
        "message_template_namespace": "sandbox",
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "ownership_type": "SELF",
        "status": "ACTIVE",
        "health_status": health(number, false),
    });
    select(&all, fields.unwrap_or("name,timezone_id,message_template_namespace"), "WhatsAppBusinessAccount")
}

/// The app, as `subscribed_apps` lists it. A simulated account is subscribed to its app from the start.
pub(super) fn subscribed_app(number: &NumberRow) -> Value {
    let app =
        json!({ "id": number.app_id, "name": "Parlance sandbox", "link": "https://www.facebook.com/games/?app_id=0" });
    json!({ "whatsapp_business_api_data": app })
}

/// `POST subscribed_apps`. There is nothing to do; overrides of the callback are refused rather than forgotten.
pub(super) fn subscribe(body: &[u8]) -> Result<Value, GraphError> {
    let wish: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    if wish.get("override_callback_uri").is_some() {
        return Err(GraphError::parameter("The sandbox has one callback per app and no overrides."));
    }
    Ok(json!({ "success": true }))
}

/// A list with one entry on its only page.
pub(super) fn page(entry: &Value) -> Value {
    json!({ "data": [entry], "paging": { "cursors": { "before": "MAZDZD", "after": "MAZDZD" } } })
}

fn health(number: &NumberRow, with_number: bool) -> Value {
    let entity = |kind: &str, id: &str| json!({ "entity_type": kind, "id": id, "can_send_message": "AVAILABLE" });
    let mut entities = vec![entity("WABA", &number.business_account_id), entity("APP", &number.app_id)];
    if with_number {
        entities.insert(0, entity("PHONE_NUMBER", &number.phone_number_id));
    }
    json!({ "can_send_message": "AVAILABLE", "entities": entities })
}

/// Keeps the fields of a list like `id,throughput{level}`; the id comes always. Sub-fields are given whole.
fn select(all: &Value, fields: &str, kind: &str) -> Result<Value, GraphError> {
    let mut kept = Map::new();
    for name in names(fields).chain(std::iter::once("id")) {
        let value = all.get(name).ok_or_else(|| GraphError::nonexisting_field(name, kind))?;
        kept.insert(name.to_owned(), value.clone());
    }
    Ok(Value::Object(kept))
}

/// The names on the outermost level.
fn names(fields: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    fields
        .split(move |character| {
            match character {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            character == ',' && depth == 0
        })
        .map(|field| field.split(['{', '.']).next().unwrap_or_default().trim())
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn reads_nested_fields() {
        let read: Vec<_> = names("id, throughput{level,x{y,z}},health_status.limit(1),,status").collect();
        assert_eq!(read, ["id", "throughput", "health_status", "status"]);
    }
}
