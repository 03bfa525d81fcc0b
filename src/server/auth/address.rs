//! The address that a request really comes from.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};
use ipnet::IpNet;

/// The client's address: the peer's, or, when the peer is a trusted proxy, the nearest address in `X-Forwarded-For`
/// that is not a trusted proxy itself.
#[must_use]
pub fn client_address(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())?;
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|part| part.trim().parse::<IpAddr>().ok())
        .map(|ip| ip.to_canonical())
        .collect::<Vec<_>>();
    Some(forwarded.into_iter().rev().find(|ip| !is_trusted(ip)).unwrap_or(peer))
}

/// The address as far as it names one customer of a provider: IPv6 by its /64.
#[must_use]
pub fn throttle_key(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::{
        extract::ConnectInfo,
        http::{Extensions, HeaderMap, HeaderValue},
    };

    use super::{client_address, throttle_key};

    fn address(peer: &str, forwarded: &str, trusted: &str) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_str(forwarded).unwrap());
        client_address(&extensions, &headers, &[trusted.parse().unwrap()]).unwrap().to_string()
    }

    #[test]
    fn believes_only_trusted_proxies() {
        assert_eq!(address("203.0.113.9:1", "198.51.100.1", "10.0.0.0/8"), "203.0.113.9");
        assert_eq!(address("10.0.0.1:1", "198.51.100.1", "10.0.0.0/8"), "198.51.100.1");
        // A client can write what it likes in front; only the last foreign address was seen by our proxy.
        assert_eq!(address("10.0.0.1:1", "1.1.1.1, 198.51.100.1, 10.0.0.7", "10.0.0.0/8"), "198.51.100.1");
        assert_eq!(address("10.0.0.1:1", "nonsense", "10.0.0.0/8"), "10.0.0.1");
    }

    #[test]
    fn takes_a_whole_ipv6_network_as_one() {
        assert_eq!(throttle_key("2001:db8:1:2:3:4:5:6".parse().unwrap()).to_string(), "2001:db8:1:2::");
    }
}
