//! The one outgoing HTTP client. Never follows redirects: a bearer token must not travel to another host.

use std::time::Duration;

/// Makes the client. `call_timeout` is for a whole call; leases on messages last longer than that.
///
/// # Errors
/// When the TLS library cannot start.
pub fn client(call_timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .user_agent(concat!("Parlance/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(5))
        .timeout(call_timeout)
        .redirect(reqwest::redirect::Policy::none())
        // As many as there are sends at once: a connection that is not kept is recreated for the next call.
        .pool_max_idle_per_host(1024)
        .tcp_nodelay(true)
        .build()
}
