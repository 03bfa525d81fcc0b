//! The document around the app, and the security policy that goes with it.

use leptos::prelude::*;
use leptos_meta::MetaTags;

use super::App;

/// The whole page as the server sends it.
///
/// Nothing in it has inline handlers or styles; scripts carry the nonce of the response.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    #[cfg(feature = "ssr")]
    server::set_policy();
    #[cfg(feature = "ssr")]
    let theme = server::theme();
    #[cfg(not(feature = "ssr"))]
    let theme = None::<&'static str>;
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
                <meta name="color-scheme" content="light dark" />
                <meta name="referrer" content="same-origin" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link rel="stylesheet" href="/pkg/parlance.css" />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

#[cfg(feature = "ssr")]
mod server {
    use axum::http::{HeaderValue, header, request::Parts};
    use leptos::{nonce::use_nonce, prelude::use_context};
    use leptos_axum::ResponseOptions;

    /// The theme that the person chose; `None` follows the system.
    pub(super) fn theme() -> Option<&'static str> {
        let parts = use_context::<Parts>()?;
        let cookies = parts.headers.get_all(header::COOKIE);
        cookies
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .find_map(|cookie| cookie.trim().strip_prefix("theme="))
            .and_then(|theme| match theme {
                "light" => Some("light"),
                "dark" => Some("dark"),
                _ => None,
            })
    }

    /// Allows what the app needs and nothing else.
    pub(super) fn set_policy() {
        let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else { return };
        // The reloader of `cargo leptos watch` speaks over a socket on another port.
        let reload = if std::env::var_os("LEPTOS_WATCH").is_some() { " ws://localhost:* ws://127.0.0.1:*" } else { "" };
        // `'self'` beside the nonce: Leptos 0.8.23 writes the module's preload link without one.
        let policy = format!(
            "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
             font-src 'self'; connect-src 'self'{reload}; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'"
        );
        // A nonce is base64: this is always a valid header.
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}
