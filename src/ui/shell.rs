//! The document around the app, and the security policy that goes with it.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

use super::{
    App, chunks,
    components::Icons,
    prelude::provide_context,
    state::{clock::Beginning, zone::Zone},
};
use crate::{
    domain::Millis,
    texts::{self, Language, shell as words},
};

/// What works until the program does. It stands in the document itself: files come too late for it.
const EARLY: &str = include_str!("early.js");

/// What loads chunks; `cargo leptos` calls it so.
const SPLIT_LOADER: &str = "__wasm_split.______________________.js";

/// Where the browser finds the program.
#[derive(Clone, Copy)]
pub struct Program {
    /// The folder of all its files.
    pub folder: &'static str,
    /// The names of the files that hold a chunk.
    pub files_of: fn(chunk: &str) -> Vec<String>,
    /// Where the catalogue of a language is.
    pub catalogue: fn(Language) -> String,
    /// Whether all of them were made. Without, it cannot start.
    pub whole: fn() -> bool,
}

/// What time it is, as the server sees it when it begins a page.
#[derive(Clone, Copy)]
pub struct Now(pub Millis);

/// The whole page as the server sends it.
///
/// Nothing in it has inline handlers or styles; scripts carry the nonce of the response.
#[must_use]
pub fn shell(options: LeptosOptions, program: Program) -> impl IntoView {
    #[cfg(feature = "ssr")]
    server::set_policy();
    #[cfg(feature = "ssr")]
    let (theme, path, told) = (server::theme(), server::path(), server::told());
    #[cfg(not(feature = "ssr"))]
    let (theme, path, told) = (None::<&'static str>, String::new(), None::<String>);
    let language = texts::current();
    #[cfg(feature = "ssr")]
    let begun = server::beginning();
    #[cfg(not(feature = "ssr"))]
    let begun = Beginning::default();
    let (now, zone) = (begun.now.map(|now| now.to_string()), begun.zone.as_ref().map(Zone::write));
    // For the app below.
    provide_context(begun);
    let whole = (program.whole)();
    view! {
        <!DOCTYPE html>
        <html lang=language.tag() data-theme=theme data-told=told data-now=now data-zone=zone>
            <head>
                <meta charset="utf-8" />
                <script src="/keyboard.js" defer nonce=use_nonce()></script>
                <script src="/leaving.js" defer nonce=use_nonce()></script>
                <script nonce=use_nonce()>{without_comments(EARLY)}</script>
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
                <meta name="color-scheme" content="light dark" />
                <meta name="referrer" content="same-origin" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link rel="stylesheet" href=format!("{}/parlance.css", program.folder) />
                <AutoReload options />
                {whole.then(|| loader(program, &path, language))}
                <MetaTags />
            </head>
            <body>
                <App />
                {stuck_bar(whole)}
                <Icons />
            </body>
        </html>
    }
}

/// Comments are for those who read the source.
fn without_comments(script: &str) -> String {
    script.lines().map(str::trim).filter(|line| !line.starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Not part of the app: it shows when there is none. When the site was built without its chunks it says so at once, for
/// those who build it: its pages stay as the server rendered them.
fn stuck_bar(whole: bool) -> impl IntoView {
    let words = if whole {
        words::stuck()
    } else {
        "The site was built without --split, so the buttons of its pages do nothing. Build it with “make build” or \
         “scripts/leptos.sh build”, then start the server again."
    };
    view! {
        <div class="stuck-bar" id="stuck" role="alert" hidden=whole>
            <span>{words}</span>
            <a class="button" href="" rel="external">{words::reload()}</a>
        </div>
    }
}

/// Starts the program. All files that the page needs are named here, so that none waits for another.
fn loader(Program { folder, files_of, catalogue, .. }: Program, path: &str, language: Language) -> impl IntoView {
    let wasm = std::iter::once("parlance.wasm".to_owned())
        .chain(chunks::name_of(path).map(files_of).unwrap_or_default())
        .map(|file| {
            let href = format!("{folder}/{file}");
            view! { <link rel="preload" href=href r#as="fetch" r#type="application/wasm" crossorigin="anonymous" /> }
        })
        .collect_view();
    let texts = catalogue(language);
    let script = format!(
        "const texts = fetch('{texts}').then(r => r.ok ? r.text() : Promise.reject(r.status)); \
            import('{folder}/parlance.js')\
            .then(async p => {{ await p.default({{ module_or_path: '{folder}/parlance.wasm' }}); await p.hydrate(await texts) }})\
            .catch(e => {{ console.error(e); document.getElementById('stuck').hidden = false }})"
    );
    view! {
        <link rel="modulepreload" href=format!("{folder}/parlance.js") />
        <link rel="modulepreload" href=format!("{folder}/{SPLIT_LOADER}") />
        <link rel="preload" href=texts.clone() r#as="fetch" crossorigin="anonymous" />
        {wasm}
        <script type="module" nonce=use_nonce()>{script}</script>
    }
}

#[cfg(feature = "ssr")]
mod server {
    use axum::http::{HeaderValue, header, request::Parts};
    use leptos::{nonce::use_nonce, prelude::use_context};
    use leptos_axum::ResponseOptions;

    use super::{Beginning, Now, Zone};
    use crate::{domain::live::Told, ui::state::clock::ZONE_COOKIE};

    /// The theme that the person chose; `None` follows the system.
    pub(super) fn theme() -> Option<&'static str> {
        match cookie("theme")?.as_str() {
            "light" => Some("light"),
            "dark" => Some("dark"),
            _ => None,
        }
    }

    fn cookie(name: &str) -> Option<String> {
        let parts = use_context::<Parts>()?;
        let cookies = parts.headers.get_all(header::COOKIE);
        cookies
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .find_map(|cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='))
            .map(ToOwned::to_owned)
    }

    /// What time it is, and where the reader is.
    pub(super) fn beginning() -> Beginning {
        let zone = cookie(ZONE_COOKIE).and_then(|text| Zone::parse(&text));
        Beginning { now: use_context::<Now>().map(|Now(now)| now), zone }
    }

    /// The path of the page.
    pub(super) fn path() -> String {
        use_context::<Parts>().map(|parts| parts.uri.path().to_owned()).unwrap_or_default()
    }

    /// Up to where the page knows of events.
    pub(super) fn told() -> Option<String> {
        use_context::<Parts>().and_then(|parts| parts.extensions.get::<Told>().map(|told| told.0.clone()))
    }

    /// Allows what the app needs and nothing else.
    pub(super) fn set_policy() {
        let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else { return };
        // The reloader of `cargo leptos watch` speaks over a socket on another port.
        let reload = if std::env::var_os("LEPTOS_WATCH").is_some() { " ws://localhost:* ws://127.0.0.1:*" } else { "" };
        // `'self'` beside the nonce: for the modules that the loader imports.
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

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use leptos::prelude::RenderHtml;

    use super::stuck_bar;

    #[test]
    fn a_site_without_its_chunks_says_so_instead_of_being_dead() {
        let whole = stuck_bar(true).to_html();
        assert!(whole.contains("hidden") && !whole.contains("--split"), "{whole}");
        let half = stuck_bar(false).to_html();
        assert!(!half.contains("hidden") && half.contains("scripts/leptos.sh build"), "{half}");
    }
}
