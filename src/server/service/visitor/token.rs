//! What proves who a visitor is: ids and an end, signed. `workspace.integration.visitor.end.signature`, the ids as 32 hex
//! digits, the end in Unix milliseconds, the signature an HMAC-SHA-256 under the server's key.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use super::Visitor;
use crate::{
    domain::Millis,
    error::{ApiError, ErrorCode},
    server::service::Services,
};

/// How long a token holds. It is renewed while it is used: a visitor who stays away longer starts over.
pub const LIFE: Millis = 30 * 24 * 60 * 60 * 1000;

/// Somebody with a token that holds.
#[derive(Clone, Debug)]
pub struct Known {
    pub visitor: Visitor,
    /// A fresh token in place of the one that was shown: half of its time is over, or its key is an old one.
    pub fresh: Option<String>,
}

/// The signatures that a payload may have: the first is that of the newest key.
fn signatures(state: &Services, payload: &str) -> Vec<String> {
    state.sealer.digests("visitor tokens", "v3").iter().map(|key| sign(key, payload)).collect()
}

fn sign(key: &[u8], payload: &str) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key)
        .unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default()));
    mac.update(payload.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// A token for a visitor, from now on.
pub(super) fn issue(state: &Services, visitor: &Visitor) -> String {
    let ids: [Uuid; 3] = [visitor.workspace_id.into(), visitor.integration_id.into(), visitor.visitor_id.into()];
    let ids = ids.map(|id| id.simple().to_string()).join(".");
    let payload = format!("{ids}.{}", state.now() + LIFE);
    let signature = signatures(state, &payload).into_iter().next().unwrap_or_default();
    format!("{payload}.{signature}")
}

/// Who a token proves.
///
/// # Errors
/// `unauthenticated` when it was not made here, or has ended.
pub fn authenticate(state: &Services, token: &str) -> Result<Known, ApiError> {
    let refused = |message| ApiError::new(ErrorCode::Unauthenticated, message).action("Begin a new chat.");
    let unknown = || refused("This visitor is not known.");
    let (payload, given) = token.rsplit_once('.').ok_or_else(unknown)?;
    let fits = |expected: &String| bool::from(subtle::ConstantTimeEq::ct_eq(expected.as_bytes(), given.as_bytes()));
    let key = signatures(state, payload).iter().position(fits).ok_or_else(unknown)?;
    let (ids, ends_at) = payload.rsplit_once('.').ok_or_else(unknown)?;
    let ids: Vec<Uuid> = ids.split('.').filter_map(|id| id.parse().ok()).collect();
    let [workspace_id, integration_id, visitor_id] = *ids.as_slice() else { return Err(unknown()) };
    let left = ends_at.parse::<Millis>().map_err(|_| unknown())? - state.now();
    if left <= 0 {
        return Err(refused("This chat has ended, because it was not used for a long time."));
    }
    let visitor = Visitor {
        workspace_id: workspace_id.into(),
        integration_id: integration_id.into(),
        visitor_id: visitor_id.into(),
    };
    let fresh = (left < LIFE / 2 || key > 0).then(|| issue(state, &visitor));
    Ok(Known { visitor, fresh })
}
