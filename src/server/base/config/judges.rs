//! What can be wrong with a single setting, in words that say what it must be.

use axum::http::Uri;

use super::GRAPH_URL;
use crate::domain::integration::GRAPH_VERSION;

/// Tokens travel to this address: it has to be said whether by https.
pub(super) fn judge_graph_url(url: &str, problems: &mut Vec<String>) {
    let parsed = url.parse::<Uri>().ok();
    let whole = parsed.as_ref().is_some_and(|u| {
        matches!(u.scheme_str(), Some("http" | "https"))
            && u.host().is_some_and(|host| !host.is_empty())
            && u.query().is_none()
    });
    if !whole {
        problems.push(format!("PARLANCE_GRAPH_URL {url:?} must look like {GRAPH_URL}, with http:// or https://"));
    }
}

pub(super) fn judge_graph_version(version: &str, problems: &mut Vec<String>) {
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let parts = version.strip_prefix('v').and_then(|rest| rest.split_once('.'));
    if !parts.is_some_and(|(major, minor)| digits(major) && digits(minor)) {
        problems.push(format!("PARLANCE_GRAPH_VERSION {version:?} must look like {GRAPH_VERSION}, with the v"));
    }
}

pub(super) fn judge_database(url: &str, has_key: bool, problems: &mut Vec<String>) {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        if !has_key {
            problems.push(
                "with PostgreSQL the key must be given: set PARLANCE_SECRET_KEY or PARLANCE_SECRET_KEY_FILE, the same on every node (make one with `openssl rand -hex 32`)".to_owned(),
            );
        }
    } else if !url.starts_with("sqlite:") {
        problems.push("PARLANCE_DATABASE_URL must begin with sqlite:// or postgres://".to_owned());
    }
}
