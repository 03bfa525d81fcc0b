//! The one outgoing HTTP client. Never follows redirects: a bearer token must not travel to another host.

use std::time::Duration;

/// How long a call to the Graph API may take. Leases on messages last longer than this.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// Makes the client.
///
/// # Errors
/// When the TLS library cannot start.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .user_agent(concat!("Parlance/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(5))
        .timeout(CALL_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(64)
        .tcp_nodelay(true)
        .build()
}
