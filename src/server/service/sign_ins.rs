//! By what somebody is in: their sign-ins, as they see them, and how they end.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Services, actor::Actor};
use crate::{
    domain::{
        Millis,
        event::AccessChange,
        ids::{SessionId, UserId},
        people::SignIn,
    },
    error::ApiError,
    server::{
        error::Result,
        store::{person, session},
    },
};

/// Where a session keeps its [`Origin`].
pub const ORIGIN_KEY: &str = "origin";

/// Where a session began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// “Firefox · Linux”; empty when the browser says nothing that is known.
    #[serde(default)]
    device: String,
    #[serde(default)]
    address: Option<String>,
    #[serde(default)]
    began_at: Option<Millis>,
}

impl Origin {
    #[must_use]
    pub fn new(headers: &HeaderMap, address: Option<IpAddr>, now: Millis) -> Self {
        let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Self { device: device(agent), address: address.map(|a| a.to_string()), began_at: Some(now) }
    }
}

/// Browser and system behind a `User-Agent`, so far as people know them by name. The more particular names come first: nearly all
/// browsers call themselves Safari, too.
fn device(agent: &str) -> String {
    let named = |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, n)| *n);
    let browser = named(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = named(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    }
}

/// How a session is called to its owner: half of what it is kept under, which is no way in.
fn name_of(id_hash: &[u8]) -> SessionId {
    id_hash.get(..16).and_then(|half| Uuid::from_slice(half).ok()).unwrap_or_default().into()
}

/// The caller's sign-ins, the one that was used last first. `current` is under what theirs is kept.
pub async fn list(state: &Services, actor: &Actor, current: &[u8]) -> Result<Vec<SignIn>> {
    let rows = session::list_of_user(&mut state.store.read().await?, actor.user_id, state.now()).await?;
    let view = |row: session::SessionRow| {
        let data: serde_json::Value = serde_json::from_str(&row.data).unwrap_or_default();
        let origin: Origin =
            data.get(ORIGIN_KEY).and_then(|o| serde_json::from_value(o.clone()).ok()).unwrap_or_default();
        SignIn {
            id: name_of(&row.id_hash),
            device: origin.device,
            address: origin.address,
            began_at: origin.began_at,
            seen_at: row.seen_at,
            current: row.id_hash == current,
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Ends one of the caller's sign-ins.
///
/// # Errors
/// `not_found` when it has ended, or is somebody else's.
pub async fn end(state: &Services, actor: &Actor, id: SessionId) -> Result<()> {
    let rows = session::list_of_user(&mut state.store.read().await?, actor.user_id, state.now()).await?;
    let Some(row) = rows.into_iter().find(|row| name_of(&row.id_hash) == id) else {
        return Err(ApiError::not_found("The sign-in").into());
    };
    let input = (actor.user_id, row.id_hash, state.now());
    state
        .transact(actor, actor.user_id, input, |conn, (user_id, key, now)| {
            Box::pin(async move {
                session::delete(conn, key).await?;
                person::tell(conn, *user_id, AccessChange::SignedOut, *now).await
            })
        })
        .await?;
    Ok(())
}

/// Ends all of the caller's sign-ins but the one that is kept under `current`.
pub async fn end_others(state: &Services, actor: &Actor, current: Vec<u8>) -> Result<()> {
    let input: (UserId, Vec<u8>, Millis) = (actor.user_id, current, state.now());
    state
        .transact(actor, actor.user_id, input, |conn, (user_id, key, now)| {
            Box::pin(async move {
                session::delete_others(conn, *user_id, key).await?;
                person::tell(conn, *user_id, AccessChange::SignedOutElsewhere, *now).await
            })
        })
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn devices_are_called_as_people_know_them() {
        for (agent, known) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
                "Edge · Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari · iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
                "Chrome · Android",
            ),
            ("curl/8.5.0", ""),
            ("", ""),
        ] {
            assert_eq!(device(agent), known, "{agent}");
        }
    }
}
