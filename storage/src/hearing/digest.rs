//! What tells a row that comes again from another one under its id.

use std::net::IpAddr;

use model::complaint::Complaint;
use model::evidence::EvidenceId;
use model::touchpoint::Touchpoint;
use serde::Serialize;

/// Of what was sent: 32 hex digits.
pub(crate) fn of(row: &impl Serialize) -> String {
    let text = serde_json::to_vec(row).expect("internal error: it is plain data");
    let mut hex = EvidenceId::of(&text).hex();
    hex.truncate(32);
    hex
}

/// Of a complaint without its words: short ones could be tried out where they are forgotten. No whole complaint has the same.
pub(crate) fn bare(row: &Complaint) -> String {
    of(&("forgotten", Complaint { text: String::new(), ..row.clone() }))
}

/// With its address cut: a digest of the whole one would tell what is cut later, since it could be tried out.
pub(crate) fn of_touchpoint(row: &Touchpoint) -> String {
    of(&Touchpoint { ip: row.ip.map(cut), ..row.clone() })
}

/// The network of an address: the first 24 bits of IPv4, the first 48 of IPv6.
pub(crate) fn cut(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(four) => {
            let [a, b, c, _] = four.octets();
            IpAddr::from([a, b, c, 0])
        }
        IpAddr::V6(six) => {
            let [a, b, c, ..] = six.segments();
            IpAddr::from([a, b, c, 0, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_cut_to_its_network() {
        let cut = |text: &str| cut(text.parse().expect("an address")).to_string();
        assert_eq!(cut("203.0.113.77"), "203.0.113.0");
        assert_eq!(cut("2001:db8:1:2:3:4:5:6"), "2001:db8:1::");
        assert_eq!(cut("::ffff:203.0.113.77"), "203.0.113.0", "what is written as IPv6 is cut as what it is");
    }
}
