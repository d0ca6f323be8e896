//! The address of a client, as failed logins are counted by it.

use std::net::{IpAddr, Ipv6Addr};

/// The address that a client's failures are counted at: an IPv4 address, or the /64 block of an IPv6 address, because a
/// provider gives each customer a whole block. Empty if the program that embeds the API gives no address.
pub(crate) fn block(peer: Option<&IpAddr>) -> String {
    match peer.map(IpAddr::to_canonical) {
        None => String::new(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let block = Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64));
            format!("{block}/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_customer_are_counted_together() {
        for (address, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::", "2001:db8:1:3::/64"),
            ("::1", "::/64"),
        ] {
            assert_eq!(block(Some(&address.parse().unwrap())), expected);
        }
        assert_eq!(block(None), "");
    }
}
