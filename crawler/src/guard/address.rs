//! Which addresses of the Internet are public, and which lead into somebody's house.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The word for an address that is not public; none for a public one.
///
/// An IPv6 address that carries an IPv4 address inside (mapped, NAT64, 6to4, Teredo, ISATAP) is judged by both.
pub(crate) fn not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => not_public_v4(v4),
        IpAddr::V6(v6) => not_public_v6(v6),
    }
}

fn not_public_v4(ip: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, d] = ip.octets();
    // A public address by its number, and the host's own services from every machine of Azure.
    if (a, b, c, d) == (168, 63, 129, 16) {
        return Some("cloud metadata");
    }
    Some(match (a, b, c) {
        (0, ..) => "unspecified",
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => "private",
        (100, 64..=127, _) => "carrier-grade NAT",
        (127, ..) => "loopback",
        (169, 254, _) => "link-local",
        (192, 0, 0) => "reserved",
        (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => "documentation",
        (192, 88, 99) => "reserved",
        (198, 18..=19, _) => "benchmarking",
        (224..=239, ..) => "multicast",
        (240..=255, ..) => "reserved",
        _ => return None,
    })
}

fn not_public_v6(ip: Ipv6Addr) -> Option<&'static str> {
    let s = ip.segments();
    if ip.is_unspecified() {
        return Some("unspecified");
    }
    if ip.is_loopback() {
        return Some("loopback");
    }
    if let Some(inner) = embedded(ip) {
        return not_public_v4(inner).or((!is_translated(s)).then_some("IPv4 inside IPv6"));
    }
    match s[0] {
        first if first & 0xfe00 == 0xfc00 => Some("private"),
        first if first & 0xffc0 == 0xfe80 => Some("link-local"),
        first if first & 0xffc0 == 0xfec0 => Some("site-local"),
        first if first & 0xff00 == 0xff00 => Some("multicast"),
        0x2001 if s[1] == 0x0db8 => Some("documentation"),
        0x3fff if s[1] & 0xf000 == 0 => Some("documentation"),
        0x2001 if s[1] < 0x0200 => Some("reserved"),
        // Only 2000::/3 has been given out as global unicast.
        first if first & 0xe000 != 0x2000 => Some("reserved"),
        _ => None,
    }
}

/// The IPv4 address that a gateway, or the machine itself, would take out of this address.
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = ip.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low] => Some(v4(high, low)),
        [0, 0, 0, 0, 0xffff, 0, high, low] => Some(v4(high, low)),
        [0, 0, 0, 0, 0, 0, high, low] => Some(v4(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(v4(high, low)),
        // The local-use NAT64 prefix: wherever the IPv4 part stands, the gateway is somebody's own.
        [0x64, 0xff9b, 1, ..] => Some(Ipv4Addr::UNSPECIFIED),
        [0x2002, high, low, ..] => Some(v4(high, low)),
        // Teredo: the client's address stands inverted at the end.
        [0x2001, 0, _, _, _, _, high, low] => Some(v4(!high, !low)),
        // ISATAP: a tunnel takes the IPv4 address out of the interface's half, whatever stands before it.
        [.., 0 | 0x200, 0x5efe, high, low] => Some(v4(high, low)),
        _ => None,
    }
}

/// Whether the embedded IPv4 address is really the one that is spoken to: NAT64 and 6to4 reach it, the other forms are tricks.
fn is_translated(s: [u16; 8]) -> bool {
    matches!(s, [0x64, 0xff9b, 0, 0, 0, 0, ..] | [0x2002, ..] | [0, 0, 0, 0, 0, 0xffff, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(text: &str) -> Option<&'static str> {
        not_public(text.parse().expect("an address"))
    }

    #[test]
    fn public_addresses_are_public() {
        for public in
            ["1.1.1.1", "8.8.8.8", "100.128.0.1", "172.32.0.1", "223.5.5.5", "2400:3200::1", "2606:4700::1111"]
        {
            assert_eq!(class(public), None, "{public}");
        }
    }

    #[test]
    fn addresses_of_somebodys_house_are_not_public() {
        for (address, word) in [
            ("10.0.0.1", "private"),
            ("172.16.0.1", "private"),
            ("172.31.255.255", "private"),
            ("192.168.1.1", "private"),
            ("127.0.0.1", "loopback"),
            ("127.255.255.254", "loopback"),
            ("169.254.169.254", "link-local"),
            ("100.64.0.1", "carrier-grade NAT"),
            ("100.127.255.255", "carrier-grade NAT"),
            ("0.0.0.0", "unspecified"),
            ("0.1.2.3", "unspecified"),
            ("192.0.2.7", "documentation"),
            ("198.51.100.7", "documentation"),
            ("203.0.113.7", "documentation"),
            ("198.18.0.1", "benchmarking"),
            ("224.0.0.1", "multicast"),
            ("255.255.255.255", "reserved"),
            ("::", "unspecified"),
            ("::1", "loopback"),
            ("fc00::1", "private"),
            ("fd12:3456::1", "private"),
            ("fe80::1", "link-local"),
            ("fec0::1", "site-local"),
            ("ff02::1", "multicast"),
            ("2001:db8::1", "documentation"),
            ("3fff::1", "documentation"),
            ("2001:20::1", "reserved"),
            ("4000::1", "reserved"),
        ] {
            assert_eq!(class(address), Some(word), "{address}");
        }
    }

    #[test]
    fn an_ipv4_address_inside_an_ipv6_address_is_judged_too() {
        for (address, word) in [
            ("::ffff:127.0.0.1", "loopback"),
            ("::ffff:10.0.0.1", "private"),
            ("::ffff:169.254.169.254", "link-local"),
            ("::ffff:0:10.0.0.1", "private"),
            ("::10.0.0.1", "private"),
            ("::8.8.8.8", "IPv4 inside IPv6"),
            ("64:ff9b::10.0.0.1", "private"),
            ("64:ff9b::7f00:1", "loopback"),
            ("64:ff9b:1::1", "unspecified"),
            ("2002:a00:1::", "private"),
            ("2002:7f00:1::1", "loopback"),
            ("2002:c0a8:101::1", "private"),
            ("2600::5efe:a00:1", "private"),
            ("2600::200:5efe:8.8.8.8", "IPv4 inside IPv6"),
            // Teredo, 10.0.0.1 inverted.
            ("2001:0:1:2:3:4:f5ff:fffe", "private"),
        ] {
            assert_eq!(class(address), Some(word), "{address}");
        }
        for public in ["::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"] {
            assert_eq!(class(public), None, "{public}");
        }
    }
}
