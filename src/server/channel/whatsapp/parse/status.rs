//! One report on a message that we sent.

use serde_json::Value;

use super::value::{clean, item_id, shorten, timestamp};
use crate::server::channel::{
    item::{ItemKind, StatusReport},
    whatsapp::wire::{members, number_of, object_of, text_of},
};

pub(super) fn parse_status(raw: &Value) -> Result<ItemKind, String> {
    let id = item_id(raw)?;
    let status = text_of(raw, "status").ok_or("the report has no status")?;
    if text_of(raw, "type").as_deref() == Some("call") {
        return Ok(ItemKind::Unknown("status:call".to_owned()));
    }
    let errors = raw.get("errors").and_then(|errors| members(errors.clone()).ok()).unwrap_or_default();
    let error = errors.iter().find(|error| error.is_object());
    Ok(ItemKind::Status(StatusReport {
        id,
        status: shorten(&status),
        at: timestamp(raw),
        callback_data: text_of(raw, "biz_opaque_callback_data"),
        error_code: error.and_then(|e| number_of(e, "code")),
        error: error.and_then(error_text),
        error_title: error.and_then(|e| text_of(e, "title")).map(|t| shorten(&t)),
    }))
}

fn error_text(error: &Value) -> Option<String> {
    object_of(error, "error_data")
        .and_then(|d| text_of(d, "details"))
        .or_else(|| text_of(error, "details"))
        .or_else(|| text_of(error, "message"))
        .map(|t| clean(&t).chars().take(500).collect())
}
