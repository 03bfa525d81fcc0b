//! Who calls: the access token decides the app and its number (contract, sections 5, 7.2 and 8). It opens nothing else.

use std::collections::HashMap;

use axum::http::{HeaderMap, header::AUTHORIZATION};

use super::error::GraphError;
use crate::server::{
    channel::whatsapp::signature,
    sandbox::{
        Sandbox,
        number::{self, NumberRow},
    },
};

/// A caller with a good token.
pub(super) struct Caller {
    pub(super) number: NumberRow,
}

impl Caller {
    pub(super) async fn find(
        sandbox: &Sandbox,
        headers: &HeaderMap,
        params: &HashMap<String, String>,
    ) -> Result<Self, GraphError> {
        let token = token(headers, params)?;
        let Some(number) = number::find_by_token(&mut *sandbox.connection().await?, token).await? else {
            return Err(GraphError::bad_token());
        };
        if let Some(proof) = params.get("appsecret_proof")
            && signature::digits(number.app_secret.as_bytes(), token.as_bytes()) != *proof
        {
            return Err(GraphError::bad_proof());
        }
        Ok(Self { number })
    }
}

/// The app whose token (`{app_id}|{app_secret}`) this is.
pub(super) async fn find_app(sandbox: &Sandbox, token: &str) -> Result<Option<NumberRow>, GraphError> {
    let Some((app_id, secret)) = token.split_once('|') else { return Ok(None) };
    match number::find_by_app(&mut *sandbox.connection().await?, app_id).await? {
        None => Err(GraphError::unknown_app()),
        Some(row) if row.app_secret == secret => Ok(Some(row)),
        Some(_) => Err(GraphError::bad_app_token()),
    }
}

/// The token as it was sent: Graph takes it from the header and from the query.
pub(super) fn token<'a>(headers: &'a HeaderMap, params: &'a HashMap<String, String>) -> Result<&'a str, GraphError> {
    let header = match headers.get(AUTHORIZATION) {
        None => None,
        Some(value) => {
            let text = value.to_str().map_err(|_| GraphError::bad_token())?;
            let (scheme, token) = text.split_once(' ').ok_or_else(GraphError::bad_token)?;
            Some(token.trim()).filter(|_| scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth"))
        }
    };
    header
        .or_else(|| params.get("access_token").map(String::as_str))
        .filter(|token| !token.is_empty())
        .ok_or_else(GraphError::no_token)
}
