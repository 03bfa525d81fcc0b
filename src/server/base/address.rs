//! The address that a request really comes from.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};
use ipnet::{IpNet, Ipv6Net};

/// The client's address: the peer's, or, when the peer is a trusted proxy, the nearest address in `X-Forwarded-For`
/// that is not a trusted proxy itself.
///
/// Entries are read from the right: the last one is our proxy's own. Some proxies add the port, too (`ip:port`). What
/// stands left of an entry that cannot be read is anybody's word, so the search ends there with the peer.
#[must_use]
pub fn client_address(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())?;
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
    let entries = lines.into_iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    let foreign = entries.map_while(read_entry).find(|ip| !is_trusted(ip));
    Some(foreign.unwrap_or(peer))
}

/// One entry of `X-Forwarded-For`: an address, with or without brackets, with or without a port.
fn read_entry(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim();
    let text = text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(text);
    let bare = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|ip| ip.to_canonical())
}

/// The address as far as it names one customer of a provider: IPv6 by its /64.
#[must_use]
pub fn throttle_key(address: IpAddr) -> IpAddr {
    network_of(address, 64)
}

/// The network of an IPv6 address, by the length of its prefix. An IPv4 address is one by itself.
#[must_use]
pub fn network_of(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Net::new(v6, prefix).map_or(address, |net| net.network().into()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::{
        extract::ConnectInfo,
        http::{Extensions, HeaderMap, HeaderValue},
    };

    use super::{client_address, network_of, throttle_key};

    fn address(peer: &str, forwarded: &str, trusted: &str) -> String {
        address_by(peer, &[forwarded.as_bytes()], trusted)
    }

    fn address_by(peer: &str, forwarded: &[&[u8]], trusted: &str) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(line).unwrap());
        }
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
    fn reads_what_proxies_write() {
        for (entry, read) in [
            ("198.51.100.1:4711", "198.51.100.1"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("2001:db8::7", "2001:db8::7"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
            ("[::ffff:198.51.100.1]:80", "198.51.100.1"),
            ("\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("\t198.51.100.1 ", "198.51.100.1"),
        ] {
            assert_eq!(address("10.0.0.1:1", &format!("1.1.1.1, {entry}"), "10.0.0.0/8"), read, "{entry}");
            assert_eq!(address("10.0.0.1:1", &format!("1.1.1.1, {entry},10.0.0.7:80"), "10.0.0.0/8"), read, "{entry}");
        }
    }

    /// A client's own entry stands left of what its proxy could not tell.
    #[test]
    fn nothing_left_of_what_cannot_be_read_counts() {
        for entry in ["unknown", "_hidden", "", " ", "198.51.100.1:99999", "198.51.100.1:", "fe80::1%eth0", "1.2.3"] {
            assert_eq!(address("10.0.0.1:1", &format!("1.1.1.1, {entry}"), "10.0.0.0/8"), "10.0.0.1", "{entry:?}");
            let further = format!("1.1.1.1, {entry}, 10.0.0.7");
            assert_eq!(address("10.0.0.1:1", &further, "10.0.0.0/8"), "10.0.0.1", "{entry:?}");
        }
        let lines: [&[u8]; 2] = [b"1.1.1.1", b"caf\xe9"];
        assert_eq!(address_by("10.0.0.1:1", &lines, "10.0.0.0/8"), "10.0.0.1");
        // Several lines are one list.
        let lines: [&[u8]; 3] = [b"1.1.1.1", b"1.1.1.2, 198.51.100.1:80", b"10.0.0.7:80"];
        assert_eq!(address_by("10.0.0.1:1", &lines, "10.0.0.0/8"), "198.51.100.1");
    }

    #[test]
    fn takes_a_whole_ipv6_network_as_one() {
        let address = "2001:db8:1:2345:3:4:5:6".parse().unwrap();
        assert_eq!(throttle_key(address).to_string(), "2001:db8:1:2345::");
        assert_eq!(network_of(address, 56).to_string(), "2001:db8:1:2300::");
        assert_eq!(network_of(address, 48).to_string(), "2001:db8:1::");
        let v4 = "198.51.100.1".parse().unwrap();
        assert_eq!(network_of(v4, 48), v4);
    }
}
