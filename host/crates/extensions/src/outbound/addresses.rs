//! Public and other addresses, by the special-purpose registries of the IANA (RFC 6890 and later registrations).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, prefix_bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), prefix_bits)
}

const fn v6(a: u16, b: u16, c: u16, prefix_bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix_bits)
}

/// Blocks whose addresses belong to no single machine.
const NOWHERE_V4: [Ipv4Net; 3] = [
    v4(0, 0, 0, 8),   // "this network"; Linux takes 0.0.0.0 for this machine
    v4(224, 0, 0, 4), // multicast
    Ipv4Net::new_assert(Ipv4Addr::new(255, 255, 255, 255), 32), // broadcast
];

/// Blocks whose addresses belong to no single machine.
const NOWHERE_V6: [Ipv6Net; 2] = [
    v6(0, 0, 0, 128),    // unspecified; Linux takes it for this machine
    v6(0xff00, 0, 0, 8), // multicast
];

/// Blocks of private networks, and reserved ones.
const INSIDE_V4: [Ipv4Net; 13] = [
    v4(10, 0, 0, 8),      // private
    v4(100, 64, 0, 10),   // shared by a carrier's customers
    v4(127, 0, 0, 8),     // loopback
    v4(169, 254, 0, 16),  // link-local; 169.254.169.254 is a cloud's metadata
    v4(172, 16, 0, 12),   // private
    v4(192, 0, 0, 24),    // protocol assignments
    v4(192, 0, 2, 24),    // documentation
    v4(192, 88, 99, 24),  // 6to4 relays, deprecated
    v4(192, 168, 0, 16),  // private
    v4(198, 18, 0, 15),   // benchmarks
    v4(198, 51, 100, 24), // documentation
    v4(203, 0, 113, 24),  // documentation
    v4(240, 0, 0, 4),     // reserved
];

/// Blocks within [`GLOBAL_V6`] that are not public. Nothing outside of it is public (loopback, unique local, link-local …).
const INSIDE_V6: [Ipv6Net; 3] = [
    v6(0x2001, 0, 0, 23),     // protocol assignments: Teredo, benchmarks, ORCHID …
    v6(0x2001, 0xdb8, 0, 32), // documentation
    v6(0x3fff, 0, 0, 20),     // documentation
];

/// The block from which the IANA assigns global unicast addresses.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

/// IPv6 blocks whose addresses embed an IPv4 address, and the number of bits that follow the embedded address.
const EMBEDDING: [(Ipv6Net, u32); 3] = [
    (Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96), 0), // mapped: the system turns it into IPv4
    (v6(0x64, 0xff9b, 0, 96), 0),                                             // NAT64
    (v6(0x2002, 0, 0, 16), 80),                                               // 6to4
];

/// Whether this is an address of the public internet.
#[must_use]
pub(super) fn is_public(address: IpAddr) -> bool {
    match unembedded(address) {
        IpAddr::V4(v4) => !any_v4(&NOWHERE_V4, v4) && !any_v4(&INSIDE_V4, v4),
        IpAddr::V6(v6) => GLOBAL_V6.contains(&v6) && !any_v6(&INSIDE_V6, v6),
    }
}

/// Whether this address can belong to one machine: it is neither unspecified nor multicast nor broadcast.
#[must_use]
pub(super) fn is_somewhere(address: IpAddr) -> bool {
    match unembedded(address) {
        IpAddr::V4(v4) => !any_v4(&NOWHERE_V4, v4),
        IpAddr::V6(v6) => !any_v6(&NOWHERE_V6, v6),
    }
}

/// The IPv4 address that an IPv6 address embeds, or else the address itself.
fn unembedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    match EMBEDDING.iter().find(|(block, _)| block.contains(&v6)) {
        // The lower 32 bits are the IPv4 address.
        Some((_, after)) => IpAddr::V4(Ipv4Addr::from((u128::from(v6) >> after) as u32)),
        None => address,
    }
}

fn any_v4(blocks: &[Ipv4Net], address: Ipv4Addr) -> bool {
    blocks.iter().any(|block| block.contains(&address))
}

fn any_v6(blocks: &[Ipv6Net], address: Ipv6Addr) -> bool {
    blocks.iter().any(|block| block.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First and last address of each block. Their neighbours outside are in `PUBLIC`.
    const INSIDE: &str = "
        10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.0 127.0.0.1 127.255.255.255 169.254.0.0
        169.254.169.254 169.254.255.255 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.255 192.0.2.0 192.0.2.255 192.88.99.0
        192.88.99.255 192.168.0.0 192.168.255.255 198.18.0.0 198.19.255.255 198.51.100.0 198.51.100.255 203.0.113.0
        203.0.113.255 240.0.0.0 255.255.255.254
        ::1 ::2 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1
        64:ff9b::10.0.0.1 64:ff9b::7f00:1 64:ff9b:1:: 64:ff9b:1:ffff:ffff:ffff:ffff:ffff 100:: 100::ffff:ffff:ffff:ffff
        2001:: 2001:0:4136:e378::1 2001:1ff:ffff:: 2001:db8:: 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff
        2002:7f00:1:: 2002:a00:1::1 2002:a9fe:a9fe:: 3fff:: 3fff:fff:: 5f00:: 1fff:: 4000::
        fc00:: fd00:ec2::254 fdff::1 fe80:: fe80::1 febf::1 fec0:: feff::1";
    const NOWHERE: &str = "
        0.0.0.0 0.255.255.255 224.0.0.0 239.255.255.255 255.255.255.255 :: ff00:: ff02::1 ffff::1 ::ffff:0.0.0.0
        ::ffff:255.255.255.255 64:ff9b::224.0.0.1 2002:: 2002:e000:1::";
    const PUBLIC: &str = "
        1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0
        172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0
        198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255 8.8.8.8
        ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2000:: 2001:200:: 2001:db7:: 2001:db9:: 2001:4860:4860::8888 2002:808:808::
        2606:4700::1111 3ffe:: 3fff:1000::";

    fn addresses(table: &str) -> impl Iterator<Item = IpAddr> {
        table.split_whitespace().map(|text| text.parse().expect(text))
    }

    #[test]
    fn addresses_of_private_networks_are_not_public() {
        for address in addresses(INSIDE) {
            assert!(!is_public(address), "{address}");
            assert!(is_somewhere(address), "{address}");
        }
    }

    #[test]
    fn addresses_of_no_single_machine_are_refused_in_any_case() {
        for address in addresses(NOWHERE) {
            assert!(!is_public(address), "{address}");
            assert!(!is_somewhere(address), "{address}");
        }
    }

    #[test]
    fn addresses_beside_a_block_are_public() {
        for address in addresses(PUBLIC) {
            assert!(is_public(address), "{address}");
            assert!(is_somewhere(address), "{address}");
        }
    }
}
