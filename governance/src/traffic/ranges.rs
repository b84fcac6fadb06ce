//! Ranges of addresses, and whether one of them holds an address.

// `core`: the type of an address does no I/O.
use core::net::IpAddr;

/// Ranges that the operator gave, one a line: `203.0.113.0/24`, `2001:db8::/32`, or a single address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges {
    /// First and last of each, sorted and not overlapping. IPv4 is mapped into IPv6.
    spans: Vec<(u128, u128)>,
}

/// Why a line is no range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: `{text}` is no range of addresses: write one like 203.0.113.0/24 or 2001:db8::/32")]
pub struct RangesError {
    pub line: usize,
    pub text: String,
}

impl Ranges {
    /// Those of a list; what stands behind `#` is a comment.
    pub fn read(list: &str) -> Result<Self, RangesError> {
        let mut spans = Vec::new();
        for (index, line) in list.lines().enumerate() {
            let text = line.split('#').next().unwrap_or_default().trim();
            if !text.is_empty() {
                spans.push(span(text).ok_or_else(|| RangesError { line: index + 1, text: text.to_owned() })?);
            }
        }
        spans.sort_unstable();
        spans.dedup_by(|next, kept| {
            let joined = next.0 <= kept.1.saturating_add(1);
            kept.1 = if joined { kept.1.max(next.1) } else { kept.1 };
            joined
        });
        Ok(Self { spans })
    }

    /// Whether one of them holds it: by halving.
    pub fn hold(&self, address: IpAddr) -> bool {
        let address = number(address);
        let behind = self.spans.partition_point(|(first, _)| *first <= address);
        behind > 0 && address <= self.spans[behind - 1].1
    }

    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }
}

/// First and last of a range.
fn span(text: &str) -> Option<(u128, u128)> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: IpAddr = address.trim().parse().ok()?;
    let width = if address.is_ipv4() { 32 } else { 128 };
    let bits: u32 = match bits {
        // `+24` and `024` are read by others as something else, or not at all.
        Some(bits) if bits.bytes().all(|b| b.is_ascii_digit()) && (bits == "0" || !bits.starts_with('0')) => {
            bits.parse().ok()?
        }
        Some(_) => return None,
        None => width,
    };
    let free = width.checked_sub(bits)?;
    let mask = if free == 128 { u128::MAX } else { (1_u128 << free) - 1 };
    let number = number(address);
    Some((number & !mask, number | mask))
}

/// An address as a number; IPv4 as it is mapped into IPv6, so that both are one line.
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_a_range_or_it_is_not() {
        let list = "# ours\n203.0.113.0/24\n198.51.100.7 # one\n2001:db8::/32\n10.0.0.0/9\n10.128.0.0/9\n10.1.0.0/16\n";
        let ranges = Ranges::read(list).expect("it is a list");
        for inside in [
            "203.0.113.0",
            "203.0.113.255",
            "198.51.100.7",
            "2001:db8:ffff::1",
            "10.255.0.1",
            "10.0.0.0",
            "::ffff:10.2.3.4",
        ] {
            assert!(ranges.hold(inside.parse().expect("an address")), "{inside}");
        }
        for outside in
            ["203.0.112.255", "203.0.114.0", "198.51.100.8", "2001:db9::", "11.0.0.0", "9.255.255.255", "::", "::a00:1"]
        {
            assert!(!ranges.hold(outside.parse().expect("an address")), "{outside}");
        }
        let all = Ranges::read("0.0.0.0/0").expect("it is a list");
        assert!(all.hold("1.2.3.4".parse().expect("an address")) && !all.hold("2001::1".parse().expect("an address")));
        assert!(Ranges::read("::/0").expect("it is a list").hold("ffff::1".parse().expect("an address")));
        assert!(!Ranges::default().hold("1.2.3.4".parse().expect("an address")));
    }

    #[test]
    fn what_is_no_range_is_named_by_its_line() {
        for wrong in ["1.2.3.4/33", "1.2.3/24", "::/129", "1.2.3.4/", "1.2.3.4/-1", "1.2.3.4/+8", "1.2.3.4/024", "host"]
        {
            let error = Ranges::read(&format!("\n{wrong}")).expect_err(wrong);
            assert_eq!((error.line, error.text.as_str()), (2, wrong));
        }
    }
}
