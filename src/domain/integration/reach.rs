//! Whether a provider can reach this server by its public address: webhooks come from the internet, by https only.

use core::net::IpAddr;

use crate::domain::words::words;

words! {
    /// Why a provider cannot reach an address.
    pub enum CannotReach {
        /// It is the very machine that the server runs on.
        Local = "local",
        /// It is known in a network of its own only.
        Private = "private",
        /// It has no https.
        NoHttps = "no_https",
    }
}

/// Ends of names that the DNS of the internet does not know.
const PRIVATE: [&str; 12] = [
    ".local",
    ".localdomain",
    ".internal",
    ".intranet",
    ".private",
    ".corp",
    ".home",
    ".lan",
    ".home.arpa",
    ".test",
    ".invalid",
    ".onion",
];

impl CannotReach {
    /// Judges an origin such as `https://chat.example.com`; none when a provider can reach it, as far as one can tell from here.
    #[must_use]
    pub fn judge(origin: &str) -> Option<Self> {
        let (scheme, rest) = origin.split_once("://").unwrap_or(("", origin));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let host = match host.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((address, _)) => address,
            None => host.split(':').next().unwrap_or_default(),
        };
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        let of_host = match name.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
            Ok(ip) => judge_address(ip),
            Err(_) => judge_name(&name),
        };
        of_host.or_else(|| (!scheme.eq_ignore_ascii_case("https")).then_some(Self::NoHttps))
    }
}

fn judge_name(name: &str) -> Option<CannotReach> {
    if name == "localhost" || name.ends_with(".localhost") {
        return Some(CannotReach::Local);
    }
    let is_private = !name.contains('.') || PRIVATE.iter().any(|end| name.ends_with(end));
    is_private.then_some(CannotReach::Private)
}

fn judge_address(ip: IpAddr) -> Option<CannotReach> {
    if ip.is_loopback() || ip.is_unspecified() {
        return Some(CannotReach::Local);
    }
    let is_private = match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            // Beside the private ranges: what providers share among their customers.
            ip.is_private() || ip.is_link_local() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    };
    is_private.then_some(CannotReach::Private)
}

#[cfg(test)]
mod tests {
    use super::CannotReach::{self, Local, NoHttps, Private};

    #[test]
    fn tells_whom_meta_can_reach() {
        let cases: &[(&str, Option<CannotReach>)] = &[
            ("https://chat.example.com", None),
            ("https://chat.example.com:8443", None),
            ("https://203.0.113.7", None),
            ("https://[2001:db8::1]:443", None),
            ("https://local.shop.com", None),
            ("https://100.128.0.1", None),
            ("http://127.0.0.1:3000", Some(Local)),
            ("https://localhost", Some(Local)),
            ("http://Localhost.:3000", Some(Local)),
            ("http://parlance.localhost", Some(Local)),
            ("http://0.0.0.0:3000", Some(Local)),
            ("http://[::1]:3000", Some(Local)),
            ("http://[::ffff:127.0.0.1]", Some(Local)),
            ("http://192.168.1.7:3000", Some(Private)),
            ("https://10.0.0.1", Some(Private)),
            ("https://172.20.3.4", Some(Private)),
            ("https://100.100.1.1", Some(Private)),
            ("https://169.254.9.9", Some(Private)),
            ("https://[fd00::5]", Some(Private)),
            ("https://[fe80::5]", Some(Private)),
            ("https://server", Some(Private)),
            ("https://parlance.LOCAL", Some(Private)),
            ("https://chat.corp.internal", Some(Private)),
            ("http://nas.home.arpa", Some(Private)),
            ("http://chat.example.com", Some(NoHttps)),
            ("http://203.0.113.7:3000", Some(NoHttps)),
        ];
        for (origin, verdict) in cases {
            assert_eq!(CannotReach::judge(origin), *verdict, "{origin}");
        }
    }
}
