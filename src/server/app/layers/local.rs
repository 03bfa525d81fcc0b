//! While the public URL is loopback, only who names this machine is answered.
//!
//! A local server trusts every client that reaches it: the first account needs no code, `/metrics` no token. Being reached on
//! loopback proves little: a page of another site may point its own name here (DNS rebinding), and a proxy or tunnel brings
//! anybody. Both show in what they send: a foreign `Host`, headers that proxies add, HTTP/1.0 (nginx, as it comes).

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, StatusCode, Version, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use ipnet::IpNet;
use tower_http::request_id::RequestId;

use crate::{
    domain::text::html,
    error::{ApiError, ErrorCode},
    server::{
        app::state::AppState,
        base::{address::client_address, config::is_loopback, strangers::Deed},
        error::ApiErrorResponse,
        http::notice,
    },
};

/// Health checks tell nothing that would be worth anything.
const FOR_EVERYBODY: [&str; 2] = ["/healthz", "/readyz"];

/// What proxies, tunnels and content networks add, besides everything that begins with `x-forwarded`.
const OF_PROXIES: [&str; 22] = [
    "forwarded",
    "forwarded-for",
    "via",
    "x-real-ip",
    "x-real-port",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-for",
    "x-original-forwarded-for",
    "x-original-host",
    "x-original-proto",
    "x-original-url",
    "x-proxyuser-ip",
    "x-envoy-external-address",
    "x-azure-clientip",
    "true-client-ip",
    "cf-connecting-ip",
    "cf-ray",
    "cdn-loop",
    "fastly-client-ip",
    "fly-client-ip",
    "x-appengine-user-ip",
];

/// Why a request does not come from this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Foreign {
    /// It asks for another name than this machine's.
    Name,
    /// Somebody passes it on.
    Proxy,
}

/// Refuses what does not come from this machine, with the words how to set the address.
pub async fn keep_local(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if FOR_EVERYBODY.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    match judge(&request, &state.config.trusted_proxies) {
        None => next.run(request).await,
        Some(foreign) => {
            log(&state, foreign, &request);
            refuse(&state, foreign, &request)
        }
    }
}

fn judge(request: &Request, trusted: &[IpNet]) -> Option<Foreign> {
    // HTTP/2 and absolute targets name the host in the target; HTTP/1.1 in a header. If a request names several, each must be
    // ours.
    let target = request.uri().authority();
    let mut named = request.headers().get_all(header::HOST).iter().peekable();
    if target.is_none() && named.peek().is_none()
        || target.is_some_and(|host| !is_ours(host))
        || named.any(|host| !Authority::try_from(host.as_bytes()).is_ok_and(|host| is_ours(&host)))
    {
        return Some(Foreign::Name);
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    if peer.is_some_and(|peer| trusted.iter().any(|net| net.contains(&peer))) {
        return None;
    }
    let passed_on = request.version() < Version::HTTP_11 || request.headers().keys().any(is_of_proxy);
    (passed_on || is_renamed(request.headers())).then_some(Foreign::Proxy)
}

fn is_ours(host: &Authority) -> bool {
    !host.as_str().contains('@') && is_loopback(host.host())
}

fn is_of_proxy(name: &HeaderName) -> bool {
    name.as_str().starts_with("x-forwarded") || OF_PROXIES.contains(&name.as_str())
}

/// The browser says that the page is of the very site that it asks, and that site is not us: a proxy changed `Host`.
fn is_renamed(headers: &HeaderMap) -> bool {
    let of = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let foreign = |origin: &str| {
        let host = origin.split_once("://").and_then(|(_, host)| host.parse::<Authority>().ok());
        host.is_some_and(|host| !is_ours(&host))
    };
    of(HeaderName::from_static("sec-fetch-site")) == Some("same-origin") && of(header::ORIGIN).is_some_and(foreign)
}

fn log(state: &AppState, foreign: Foreign, request: &Request) {
    state.strangers.note_with(
        Deed::ForeignHost,
        client_address(request.extensions(), request.headers(), &state.config.trusted_proxies),
        || {
            let host = request.headers().get(header::HOST).map(|host| String::from_utf8_lossy(host.as_bytes()));
            let host: String = host.unwrap_or_default().chars().take(100).collect();
            format!("{foreign:?} {host:?}: to be reached from outside, set PARLANCE_PUBLIC_URL")
        },
    );
}

fn refuse(state: &AppState, foreign: Foreign, request: &Request) -> Response {
    let message = match foreign {
        Foreign::Name => "This Parlance answers on its own machine only, and was asked for by another name.",
        Foreign::Proxy => "This Parlance answers on its own machine only, and this came by a proxy or tunnel.",
    };
    let action = "Set the address that people use, such as PARLANCE_PUBLIC_URL=https://chat.example.com, and behind a proxy \
                  also PARLANCE_TRUSTED_PROXIES. Then start Parlance again.";
    if notice::is_for_people(request) {
        let here = html(&state.config.public_url);
        let words =
            [html(message), html(action), format!("On the machine itself, open <a href=\"{here}/\">{here}</a>.")];
        return notice::page(StatusCode::FORBIDDEN, "Not reachable from here yet", &words);
    }
    let mut error = ApiError::new(ErrorCode::Forbidden, message).action(action);
    error.request_id =
        request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok().map(str::to_owned));
    ApiErrorResponse(error).into_response()
}

#[cfg(test)]
mod tests {
    use axum::{
        body::Body,
        extract::{ConnectInfo, Request},
        http::Version,
    };

    use super::{Foreign, SocketAddr, judge};

    fn judged(target: &str, version: Version, headers: &[(&str, &str)], trusted: &str) -> Option<Foreign> {
        let mut request = Request::builder().uri(target).version(version);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo("127.0.0.1:4711".parse::<SocketAddr>().unwrap()));
        let trusted: Vec<_> = trusted.split(',').filter(|t| !t.is_empty()).map(|t| t.parse().unwrap()).collect();
        judge(&request, &trusted)
    }

    fn with_host(host: &str) -> Option<Foreign> {
        judged("/", Version::HTTP_11, &[("host", host)], "")
    }

    #[test]
    fn only_this_machine_is_ours() {
        for ours in [
            "localhost",
            "localhost:3000",
            "LocalHost:3000",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.1.2.3:3000",
            "[::1]",
            "[::1]:3000",
            "[::ffff:127.0.0.1]:3000",
        ] {
            assert_eq!(with_host(ours), None, "{ours}");
        }
        for foreign in [
            "evil.example",
            "evil.example:3000",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "notlocalhost",
            "",
            ":3000",
            "127.0.0.1@evil.example",
            "evil.example@127.0.0.1",
            "127.0.0.1,evil.example",
            "192.168.0.1:3000",
            "[2001:db8::1]:3000",
            "0.0.0.0:3000",
            "localhost.",
            "a.localhost",
            "localhost evil.example",
        ] {
            assert_eq!(with_host(foreign), Some(Foreign::Name), "{foreign}");
        }
        assert_eq!(judged("/", Version::HTTP_11, &[], ""), Some(Foreign::Name));
        let two = [("host", "127.0.0.1"), ("host", "evil.example")];
        assert_eq!(judged("/", Version::HTTP_11, &two, ""), Some(Foreign::Name));
    }

    #[test]
    fn the_target_counts_as_the_header_does() {
        let target = "http://evil.example/set-up";
        assert_eq!(judged(target, Version::HTTP_2, &[], ""), Some(Foreign::Name));
        assert_eq!(judged(target, Version::HTTP_11, &[("host", "127.0.0.1")], ""), Some(Foreign::Name));
        let ours = "http://127.0.0.1:3000/set-up";
        assert_eq!(judged(ours, Version::HTTP_2, &[], ""), None);
        assert_eq!(judged(ours, Version::HTTP_11, &[("host", "evil.example")], ""), Some(Foreign::Name));
    }

    #[test]
    fn what_is_passed_on_shows() {
        for name in ["X-Forwarded-For", "x-forwarded-host", "X-Forwarded", "Forwarded", "X-Real-IP", "Via", "CF-Ray"] {
            let headers = [("host", "127.0.0.1:3000"), (name, "x")];
            assert_eq!(judged("/", Version::HTTP_11, &headers, ""), Some(Foreign::Proxy), "{name}");
            // An empty one was added by somebody, too.
            let headers = [("host", "127.0.0.1:3000"), (name, "")];
            assert_eq!(judged("/", Version::HTTP_11, &headers, "10.0.0.0/8"), Some(Foreign::Proxy), "{name}");
            assert_eq!(judged("/", Version::HTTP_11, &headers, "127.0.0.0/8"), None, "{name}");
        }
        let host = ("host", "127.0.0.1:3000");
        assert_eq!(judged("/", Version::HTTP_10, &[host], ""), Some(Foreign::Proxy));
        let site = ("sec-fetch-site", "same-origin");
        assert_eq!(
            judged("/", Version::HTTP_11, &[host, site, ("origin", "https://chat.example.com")], ""),
            Some(Foreign::Proxy)
        );
        assert_eq!(judged("/", Version::HTTP_11, &[host, site, ("origin", "http://localhost:3000")], ""), None);
    }
}
