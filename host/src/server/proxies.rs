//! The proxies before this server, and the address of a client behind them. Pure.

use std::net::{IpAddr, SocketAddr};

use hyper::HeaderMap;
use hyper::header::HeaderName;
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies whose forwarded headers count. Without proxies no such header counts.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// The proxies in these networks.
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Whether a proxy has this address.
    #[must_use]
    pub fn has(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The address of the client of a request that came from `peer`. Each proxy adds the address that it has seen at the end of
    /// `X-Forwarded-For`. So the client is the last address that is not a proxy's own: anything before it may be invented.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let lines = headers.get_all(FORWARDED_FOR).iter().map(|value| value.to_str().unwrap_or_default());
        let hops: Vec<_> = lines.flat_map(|line| line.split(',')).collect();
        let mut client = peer.to_canonical();
        for hop in hops.iter().rev() {
            if !self.has(client) {
                break;
            }
            // After an address that cannot be read, no address can be trusted.
            let Some(address) = address(hop.trim()) else { break };
            client = address.to_canonical();
        }
        client
    }
}

/// An address, with a port or without.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    #[test]
    fn a_forwarded_address_counts_only_as_far_as_proxies_tell_it() {
        let proxies = Proxies::new(["127.0.0.1/32", "10.0.0.0/8", "::1/128"].map(|net| net.parse().unwrap()).to_vec());
        let one = ["203.0.113.7"];
        for (peer, lines, client) in [
            ("127.0.0.1", &one[..], "203.0.113.7"),
            ("::ffff:127.0.0.1", &one, "203.0.113.7"),
            ("::1", &one, "203.0.113.7"),
            // The control: a client that is no proxy invents the header.
            ("198.51.100.1", &one, "198.51.100.1"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &[""], "127.0.0.1"),
            // A client that invents addresses before the proxy adds the true one.
            ("127.0.0.1", &["1.2.3.4, 203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1", &["1.2.3.4", "203.0.113.7"], "203.0.113.7"),
            // Two proxies in a row.
            ("127.0.0.1", &["1.2.3.4, 203.0.113.7, 10.1.2.3"], "203.0.113.7"),
            ("127.0.0.1", &["10.1.2.3"], "10.1.2.3"),
            ("127.0.0.1", &["203.0.113.7:4711"], "203.0.113.7"),
            ("127.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("127.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
            ("127.0.0.1", &["2001:db8::1"], "2001:db8::1"),
            ("127.0.0.1", &["unknown"], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.7, unknown"], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.7,"], "127.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED_FOR, HeaderValue::from_str(line).unwrap());
            }
            assert_eq!(proxies.client(peer.parse().unwrap(), &headers), client.parse::<IpAddr>().unwrap(), "{lines:?}");
            assert_eq!(
                Proxies::default().client(peer.parse().unwrap(), &headers).to_canonical(),
                peer.parse::<IpAddr>().unwrap().to_canonical()
            );
        }
    }
}
