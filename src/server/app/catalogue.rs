//! The catalogues of texts, as files that browsers load beside the program.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    server::base::assets::SiteFile,
    texts::{Language, catalogue},
};

/// Where they are.
pub(super) const ROUTE: &str = "/texts/{file}";

/// The path of the catalogue of a language. The name changes with the content: so it may be kept for ever.
pub(super) fn path(language: Language) -> String {
    format!("/texts/{}.{}.txt", language.tag(), catalogue(language).digest)
}

/// Serves it under its name of now only: an older program finds nothing, instead of texts that are not its own.
pub(super) async fn serve(Path(file): Path<String>) -> Response {
    let language = file.split('.').next().and_then(Language::of);
    let mut response = match language.filter(|language| path(*language) == format!("/texts/{file}")) {
        Some(language) => {
            let headers = [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, catalogue(language).file.as_str()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    };
    response.extensions_mut().insert(SiteFile);
    response
}
