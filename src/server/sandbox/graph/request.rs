//! What a call of `messages` asks for: read and checked as Meta does it (contract, section 5). It changes nothing.

use serde_json::{Map, Value};

use super::{super::contents, error::GraphError};
use crate::domain::content::Content;

/// Characters of `biz_opaque_callback_data`.
const OPAQUE_LIMIT: usize = 512;

#[derive(Debug)]
pub(super) enum Call {
    Send(Message),
    Read(Receipt),
}

#[derive(Debug)]
pub(super) struct Message {
    pub(super) to: Target,
    /// The address as it came, for the answer.
    pub(super) input: String,
    pub(super) content: Content,
    pub(super) opaque: Option<String>,
}

#[derive(Debug)]
pub(super) enum Target {
    /// Digits only. Without its country code when it came without `+`, perhaps.
    Phone { digits: String, international: bool },
    /// A BSUID.
    UserId(String),
}

#[derive(Debug)]
pub(super) struct Receipt {
    pub(super) message_id: String,
    pub(super) typing: bool,
}

pub(super) fn parse_call(body: &[u8]) -> Result<Call, GraphError> {
    let Ok(Value::Object(call)) = serde_json::from_slice(body) else { return Err(GraphError::not_json()) };
    if text(&call, "messaging_product")? != Some("whatsapp") {
        return Err(GraphError::required("messaging_product"));
    }
    match text(&call, "status")? {
        None => message(&call).map(Call::Send),
        Some("read") => receipt(&call).map(Call::Read),
        Some(_) => Err(GraphError::parameter("Param status must be one of {READ}.")),
    }
}

fn receipt(call: &Map<String, Value>) -> Result<Receipt, GraphError> {
    let message_id = text(call, "message_id")?.ok_or_else(|| GraphError::required("message_id"))?.to_owned();
    let typing = match call.get("typing_indicator") {
        None | Some(Value::Null) => false,
        Some(indicator) if indicator.get("type").and_then(Value::as_str) == Some("text") => true,
        Some(_) => return Err(GraphError::parameter("Param typing_indicator['type'] must be one of {TEXT}.")),
    };
    Ok(Receipt { message_id, typing })
}

fn message(call: &Map<String, Value>) -> Result<Message, GraphError> {
    // Meta takes a missing type for text.
    let kind = text(call, "type")?.unwrap_or("text").to_ascii_lowercase();
    if !matches!(text(call, "recipient_type")?, None | Some("individual")) {
        return Err(GraphError::invalid_value("The sandbox knows recipients of type individual only"));
    }
    let (to, input) = target(call)?;
    let content = contents::of_call(call, &kind)?;
    let opaque = text(call, "biz_opaque_callback_data")?;
    if opaque.is_some_and(|data| data.chars().count() > OPAQUE_LIMIT) {
        let message = format!("Param biz_opaque_callback_data must be at most {OPAQUE_LIMIT} characters long.");
        return Err(GraphError::parameter(&message));
    }
    Ok(Message { to, input, content, opaque: opaque.map(str::to_owned) })
}

/// `to` is a phone number, `recipient` a BSUID; when both are there `to` counts.
fn target(call: &Map<String, Value>) -> Result<(Target, String), GraphError> {
    if let Some(to) = text(call, "to")?.filter(|to| !to.is_empty()) {
        let digits: String = to.chars().filter(char::is_ascii_digit).collect();
        let spelt = to.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
        if !spelt || !(7..=15).contains(&digits.len()) {
            return Err(GraphError::invalid_value("to is not a phone number; a user id goes into recipient"));
        }
        let international = to.trim_start().starts_with('+');
        return Ok((Target::Phone { digits, international }, to.to_owned()));
    }
    let Some(id) = text(call, "recipient")?.filter(|id| !id.is_empty()) else { return Err(GraphError::required("to")) };
    // Two letters for the country, `ENT.` in ids of a whole portfolio, then up to 128 letters or digits.
    let rest = id.split_once('.').filter(|(country, _)| country.len() == 2).map(|(_, rest)| rest);
    let rest = rest.map(|rest| rest.strip_prefix("ENT.").unwrap_or(rest)).unwrap_or_default();
    if !(1..=128).contains(&rest.len()) || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(GraphError::invalid_value("recipient is not a business-scoped user id"));
    }
    Ok((Target::UserId(id.to_owned()), id.to_owned()))
}

/// A parameter that must be text when it is there.
fn text<'a>(call: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, GraphError> {
    match call.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(GraphError::parameter(&format!("Param {name} must be a string."))),
    }
}
