//! The site's files, inside the binary in release builds, from disk in debug builds.

use std::{borrow::Cow, collections::HashMap, sync::OnceLock};

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Site;

/// Where the program is: wasm, its loader, the style sheet.
const PACKAGE: &str = "pkg";

/// Which files hold which chunk, as `cargo leptos --split` writes it.
const MANIFEST: &str = "__wasm_split_manifest.json";
/// What stands in the place of the chunks until the program is split (`wasm_split_helpers`).
const PLACEHOLDER: &str = "__wasm_split_placeholder__";

/// Compressed forms that `cargo leptos build --precompress` lays beside a file, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// The folder of the program. Its name changes with its content: so files in it may be kept for ever, and a page that was
/// loaded before an update finds nothing, instead of parts that do not fit its own.
///
/// Debug builds read from disk, where the content changes while the server runs: there it has no such name.
pub fn folder() -> &'static str {
    static FOLDER: OnceLock<String> = OnceLock::new();
    FOLDER
        .get_or_init(|| if cfg!(debug_assertions) { format!("/{PACKAGE}") } else { format!("/{PACKAGE}/{}", digest()) })
}

/// A short name for all that is in the package.
fn digest() -> String {
    let mut names: Vec<_> = Site::iter().filter(|name| name.starts_with(PACKAGE)).collect();
    names.sort_unstable();
    let mut all = Sha256::new();
    for name in names {
        all.update(name.as_bytes());
        all.update(Site::get(&name).map(|file| file.metadata.sha256_hash()).unwrap_or_default());
    }
    all.finalize().first_chunk::<8>().map(hex::encode).unwrap_or_default()
}

/// How complete the site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    Whole,
    /// There is none: the server was built without it.
    Missing,
    /// It was built without `--split`: the program asks for files that nobody made, so no page comes alive.
    Unsplit,
}

/// How complete the site is. In a debug build it may change while the server runs.
pub fn build() -> Build {
    static KNOWN: OnceLock<Build> = OnceLock::new();
    if cfg!(debug_assertions) { look() } else { *KNOWN.get_or_init(look) }
}

fn look() -> Build {
    let file = |name: &str| Site::get(&format!("{PACKAGE}/{name}")).map(|file| file.data);
    judge(file("parlance.js").as_deref(), file(MANIFEST).as_deref())
}

/// Judges by what the program imports, and by the list of chunks. The list alone may be left from an earlier build.
fn judge(program: Option<&[u8]>, manifest: Option<&[u8]>) -> Build {
    let Some(program) = program else { return Build::Missing };
    let asks = program.windows(PLACEHOLDER.len()).any(|part| part == PLACEHOLDER.as_bytes());
    let chunks: HashMap<String, Vec<String>> =
        manifest.and_then(|m| serde_json::from_slice(m).ok()).unwrap_or_default();
    if asks || chunks.is_empty() { Build::Unsplit } else { Build::Whole }
}

/// The wasm files that hold the chunk of that name and what it shares with others.
#[must_use]
pub fn chunk_files(chunk: &str) -> Vec<String> {
    let manifest = Site::get(&format!("{PACKAGE}/{MANIFEST}"));
    let mut files: HashMap<String, Vec<String>> =
        manifest.and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default();
    files.remove(chunk).unwrap_or_default().into_iter().map(|file| format!("{file}.wasm")).collect()
}

/// The name of the file that a path means, and whether what is there will always be the same.
fn resolve<'a>(path: &'a str, folder: &str) -> (Cow<'a, str>, bool) {
    let named = folder.trim_start_matches('/');
    match path.strip_prefix(named).and_then(|rest| rest.strip_prefix('/')) {
        Some(file) if named != PACKAGE => (Cow::Owned(format!("{PACKAGE}/{file}")), true),
        _ => (Cow::Borrowed(path), false),
    }
}

/// Marks answers that are files of the site: everybody's, and with their own rules for how long browsers keep them.
#[derive(Clone, Copy)]
pub struct SiteFile;

/// Serves a file of the site; `None` when the path is not for a file. What is missing in the package is so for good.
#[must_use]
pub fn serve(request: &Request) -> Option<Response> {
    let asked = request.uri().path().trim_start_matches('/');
    if asked.is_empty() || asked.contains("..") {
        return None;
    }
    let (path, lasting) = resolve(asked, folder());
    let Some(plain) = Site::get(&path) else {
        return path.starts_with(&format!("{PACKAGE}/")).then(|| marked(StatusCode::NOT_FOUND.into_response()));
    };
    let (encoding, file) = choose(&path, request.headers()).map_or((None, plain), |(e, f)| (Some(e), f));
    let etag = HeaderValue::from_str(&format!("\"{}\"", hex::encode(file.metadata.sha256_hash()))).ok()?;
    let fresh = request.headers().get(header::IF_NONE_MATCH).is_some_and(|seen| *seen == etag);
    let mut response = if fresh { StatusCode::NOT_MODIFIED.into_response() } else { Response::new(body_of(file.data)) };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&path)));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    // Where the name says nothing of the content browsers ask, and mostly get a 304.
    let keep = if lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(marked(response))
}

/// A body without a copy of its own: of those who read slowly there may be thousands.
fn body_of(data: Cow<'static, [u8]>) -> Body {
    Body::from(match data {
        Cow::Borrowed(embedded) => Bytes::from_static(embedded),
        // In a debug build, read from the disk.
        Cow::Owned(read) => Bytes::from(read),
    })
}

fn marked(mut response: Response) -> Response {
    response.extensions_mut().insert(SiteFile);
    response
}

fn choose(path: &str, headers: &HeaderMap) -> Option<(&'static str, EmbeddedFile)> {
    let accepted = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let offered = |wanted: &str| accepted.split(',').any(|e| e.split(';').next().is_some_and(|e| e.trim() == wanted));
    ENCODINGS
        .iter()
        .filter(|(name, _)| offered(name))
        .find_map(|(name, suffix)| Some((*name, Site::get(&format!("{path}{suffix}"))?)))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("json" | "webmanifest") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_embedded_file_is_not_copied_for_each_request() {
        static FILE: [u8; 4] = *b"wasm";
        let bytes = axum::body::to_bytes(body_of(Cow::Borrowed(&FILE)), 10).await.unwrap();
        assert_eq!(bytes.as_ptr(), FILE.as_ptr());
    }

    #[test]
    fn a_program_that_was_not_split_is_noticed() {
        let split = b"import * as chunks from './__wasm_split.______________________.js';".as_slice();
        let unsplit = b"import * as chunks from '__wasm_split_placeholder__';".as_slice();
        let chunks = br#"{"manage": ["chunk_1"]}"#.as_slice();
        for (program, manifest, build) in [
            (None, None, Build::Missing),
            (Some(split), Some(chunks), Build::Whole),
            (Some(split), None, Build::Unsplit),
            (Some(split), Some(b"{}".as_slice()), Build::Unsplit),
            (Some(split), Some(b"".as_slice()), Build::Unsplit),
            // Left from the build before.
            (Some(unsplit), Some(chunks), Build::Unsplit),
        ] {
            assert_eq!(judge(program, manifest), build, "{program:?} {manifest:?}");
        }
    }

    #[test]
    fn only_the_folder_of_this_version_holds_files_that_never_change() {
        let now = "/pkg/5f21c0de";
        let cases = [
            ("pkg/5f21c0de/parlance.wasm", "pkg/parlance.wasm", true),
            ("pkg/0ldc0de0/parlance.wasm", "pkg/0ldc0de0/parlance.wasm", false),
            ("pkg/5f21c0de", "pkg/5f21c0de", false),
            ("pkg/5f21c0def/parlance.wasm", "pkg/5f21c0def/parlance.wasm", false),
            ("pkg/parlance.css", "pkg/parlance.css", false),
            ("favicon.svg", "favicon.svg", false),
        ];
        for (path, file, lasting) in cases {
            assert_eq!(resolve(path, now), (Cow::Borrowed(file), lasting), "{path}");
        }
        assert_eq!(resolve("pkg/parlance.wasm", "/pkg"), (Cow::Borrowed("pkg/parlance.wasm"), false));
    }
}
