//! The address of Meta's webhook as people write it, and what a person sees who opens it.

use axum::{
    extract::Request,
    http::{StatusCode, Uri, uri::PathAndQuery},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::server::http::notice;

/// Where all callbacks are.
pub const ROOT: &str = "/api/whatsapp/webhook";

/// The path that is meant, when it is one below [`ROOT`] but for slashes at its end or doubled ones: Meta calls whatever was
/// pasted into its console.
#[must_use]
pub fn meant_path(path: &str) -> Option<String> {
    let meant = path.split('/').filter(|part| !part.is_empty()).fold(String::new(), |path, part| path + "/" + part);
    let below = meant.strip_prefix(ROOT)?;
    (below.is_empty() || below.starts_with('/')).then_some(meant)
}

/// The same address with that path.
#[must_use]
pub fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{path}{query}")).ok()?);
    Uri::from_parts(parts).ok()
}

/// Explains itself to a person who opens the address in a browser, whether or not it is one in use: that is nobody's
/// business. Meta's own question comes with `hub.` in its query.
pub async fn explain(request: Request, next: Next) -> Response {
    if !notice::is_for_people(&request) || request.uri().query().is_some_and(|query| query.contains("hub.")) {
        return next.run(request).await;
    }
    let words = [
        "Meta's servers bring WhatsApp messages here, so there is nothing to see.",
        "Paste this address as the callback URL in Meta's console, together with the verify token of the integration. Both \
         stand on its card, under Integrations.",
        "Whether Meta reaches it, the connection test on the same card tells.",
    ];
    notice::page_for(&request, StatusCode::OK, "This address is for WhatsApp", &words)
}

/// Further below there is no callback.
pub async fn nothing_here(request: Request) -> Response {
    if !notice::is_for_people(&request) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let words = [
        "Callbacks of WhatsApp are above this address, but it is none itself.",
        "Copy the callback URL from the card of the integration, under Integrations, and paste it as it is.",
    ];
    notice::page_for(&request, StatusCode::NOT_FOUND, "There is no such callback", &words)
}

#[cfg(test)]
mod tests {
    use super::{meant_path, with_path};

    #[test]
    fn slashes_more_or_less_mean_the_same() {
        for written in [
            "/api/whatsapp/webhook/1",
            "/api/whatsapp/webhook/1/",
            "/api/whatsapp/webhook/1///",
            "/api/whatsapp/webhook//1",
            "//api/whatsapp/webhook/1",
            "/api//whatsapp///webhook/1/",
        ] {
            assert_eq!(meant_path(written).as_deref(), Some("/api/whatsapp/webhook/1"), "{written}");
        }
        assert_eq!(meant_path("//api/whatsapp//webhook/").as_deref(), Some("/api/whatsapp/webhook"));
        for other in
            ["/", "/api/whatsapp", "/api/whatsapp/webhooks/1", "/api/whatsapp/web/hook", "/x/api/whatsapp/webhook"]
        {
            assert_eq!(meant_path(other), None, "{other}");
        }
    }

    #[test]
    fn the_query_stays() {
        let uri = "//api/whatsapp/webhook/1/?hub.mode=subscribe&x=%2F%2F".parse().unwrap();
        let meant = with_path(&uri, "/api/whatsapp/webhook/1").unwrap();
        assert_eq!(meant.to_string(), "/api/whatsapp/webhook/1?hub.mode=subscribe&x=%2F%2F");
        let absolute = "http://127.0.0.1:3000/api/whatsapp//webhook/1".parse().unwrap();
        let meant = with_path(&absolute, "/api/whatsapp/webhook/1").unwrap();
        assert_eq!(meant.to_string(), "http://127.0.0.1:3000/api/whatsapp/webhook/1");
    }
}
