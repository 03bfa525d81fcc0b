//! Small pages that explain something to visitors who ended up there. They are self-contained: no program, no files, no sign-in.

use std::sync::LazyLock;

use axum::{
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use crate::texts::{asked_for, current, in_language, retold};

const STYLE: &str = "\
    :root{color-scheme:light dark}\
    body{margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText;\
    font:16px/1.55 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",\"Noto Sans\",sans-serif}\
    main{box-sizing:border-box;max-width:36rem;padding:2rem;overflow-wrap:anywhere}\
    h1{margin:0 0 .75rem;font-size:1.4rem;line-height:1.25}\
    p{margin:.6rem 0}a{color:LinkText}";

/// The policy names the style by its hash; nothing else may be loaded or run.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).ok()
});

/// A page of a title and paragraphs, which are HTML: callers escape texts that people wrote. In English, as they are
/// said, they are told in the language of the request.
pub fn page(status: StatusCode, title: &'static str, paragraphs: &[impl AsRef<str>]) -> Response {
    let words: String = paragraphs.iter().map(|words| format!("<p>{}</p>", retold(words.as_ref()))).collect();
    let (title, language) = (retold(title), current().tag());
    let text = format!(
        "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{title} · Parlance</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style>{STYLE}</style></head>\
         <body><main><h1>{title}</h1>{words}</main></body></html>"
    );
    let mut response = (status, Html(text)).into_response();
    if let Some(policy) = POLICY.clone() {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The page in the language of the request, where no layer has looked for that.
pub fn page_for(
    request: &Request,
    status: StatusCode,
    title: &'static str,
    paragraphs: &[impl AsRef<str>],
) -> Response {
    in_language(asked_for(request.headers()), || page(status, title, paragraphs))
}

/// Whether a person looks at the answer: a browser that opens an address says that it takes HTML.
#[must_use]
pub fn is_for_people(request: &Request) -> bool {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    matches!(*request.method(), Method::GET | Method::HEAD) && accepted.contains("text/html")
}
