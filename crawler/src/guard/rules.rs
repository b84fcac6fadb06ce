//! Which addresses may be opened, and which names are answered here instead of by DNS.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::guard::address;
use crate::guard::names::Names;

/// The guard's rules, as configured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Ranges (`127.0.0.0/8`) that may be opened although they are not public.
    pub allow: Vec<String>,
    /// Names answered here: `"*.test"` or a whole name to `"address:port"`; the port replaces the URL's.
    pub resolve: BTreeMap<String, String>,
    /// The public address from which visits come, as the operator publishes it; empty when not stated.
    pub egress: String,
}

/// A rule that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    #[error("guard.allow: `{0}` is no range; write it like `127.0.0.0/8` or `fd00::/8`")]
    Range(String),
    #[error("guard.resolve: `{name}` leads to `{to}`, which is no `address:port`; write it like `127.0.0.1:8080`")]
    Address { name: String, to: String },
    #[error("guard.resolve: `{0}` is no name; write a whole name, or `*.` and the end of one")]
    Name(String),
}

/// The rules, understood.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    allow: Vec<Range>,
    exact: BTreeMap<String, SocketAddr>,
    /// Endings with their dot (`.test`).
    endings: BTreeMap<String, SocketAddr>,
    names: Names,
}

#[derive(Clone, Copy, Debug)]
struct Range {
    network: IpAddr,
    bits: u8,
}

impl Guard {
    pub(crate) fn new(rules: &Rules) -> Result<Self, RuleError> {
        let allow = rules.allow.iter().map(|text| Range::parse(text)).collect::<Result<_, _>>()?;
        let (mut exact, mut endings) = (BTreeMap::new(), BTreeMap::new());
        for (name, to) in &rules.resolve {
            let at = to.parse().map_err(|_| RuleError::Address { name: name.clone(), to: to.clone() })?;
            let lower = name.to_ascii_lowercase();
            let plain = lower.strip_prefix("*.").unwrap_or(&lower);
            if plain.is_empty() || plain.contains(['*', '/', ':', ' ']) {
                return Err(RuleError::Name(name.clone()));
            }
            match lower.strip_prefix('*') {
                Some(ending) => endings.insert(ending.to_owned(), at),
                None => exact.insert(lower, at),
            };
        }
        Ok(Self { allow, exact, endings, names: Names::of_the_system() })
    }

    /// The configured answer for a name: a whole name before an ending, a longer ending before a shorter one.
    pub(crate) fn resolve(&self, host: &str) -> Option<SocketAddr> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.exact.get(&host).copied().or_else(|| {
            let endings = self.endings.iter().filter(|(ending, _)| host.ends_with(ending.as_str()));
            endings.max_by_key(|(ending, _)| ending.len()).map(|(_, at)| *at)
        })
    }

    /// Who answers for all other names.
    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    /// The same guard with another resolver.
    #[cfg(test)]
    pub(super) fn asking(self, names: Names) -> Self {
        Self { names, ..self }
    }

    /// Whether an address is among those that may be opened although they are not public.
    pub(crate) fn allows(&self, address: IpAddr) -> bool {
        let plain = address.to_canonical();
        self.allow.iter().any(|range| range.contains(plain))
    }

    /// Why an address may not be opened; none when it may.
    pub(crate) fn refuses(&self, address: IpAddr) -> Option<&'static str> {
        let class = address::not_public(address)?;
        (!self.allows(address)).then_some(class)
    }
}

impl Range {
    fn parse(text: &str) -> Result<Self, RuleError> {
        let wrong = || RuleError::Range(text.to_owned());
        let (network, bits) = text.split_once('/').map_or((text, None), |(network, bits)| (network, Some(bits)));
        let network: IpAddr = network.trim().parse().map_err(|_| wrong())?;
        let most = if network.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.trim().parse()).map_err(|_| wrong())?;
        if bits > most { Err(wrong()) } else { Ok(Self { network, bits }) }
    }

    fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                (network.to_bits() ^ address.to_bits()).checked_shr(32 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (network.to_bits() ^ address.to_bits()).checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(allow: &[&str], resolve: &[(&str, &str)]) -> Result<Guard, RuleError> {
        let allow = allow.iter().map(|&text| text.to_owned()).collect();
        let resolve = resolve.iter().map(|&(name, to)| (name.to_owned(), to.to_owned())).collect();
        Guard::new(&Rules { allow, resolve, ..Rules::default() })
    }

    #[test]
    fn only_what_is_allowed_may_be_opened_beside_the_public() {
        let guard = guard(&["127.0.0.0/8", "10.1.2.3"], &[]).expect("rules");
        for (address, refused) in [
            ("127.0.0.1", None),
            ("127.9.9.9", None),
            ("10.1.2.3", None),
            ("10.1.2.4", Some("private")),
            ("::1", Some("loopback")),
            ("::ffff:127.0.0.1", None),
            ("8.8.8.8", None),
            ("169.254.169.254", Some("link-local")),
        ] {
            assert_eq!(guard.refuses(address.parse().expect("an address")), refused, "{address}");
        }
    }

    #[test]
    fn everything_may_be_allowed() {
        let guard = guard(&["0.0.0.0/0", "::/0"], &[]).expect("rules");
        assert_eq!(guard.refuses("10.0.0.1".parse().expect("an address")), None);
        assert_eq!(guard.refuses("fe80::1".parse().expect("an address")), None);
    }

    #[test]
    fn the_nearest_name_answers() {
        let rules = [("*.test", "127.0.0.1:1"), ("*.deep.test", "127.0.0.1:2"), ("one.test", "127.0.0.1:3")];
        let guard = guard(&[], &rules).expect("rules");
        let port = |host: &str| guard.resolve(host).map(|at| at.port());
        assert_eq!(port("a.test"), Some(1));
        assert_eq!(port("A.TEST."), Some(1));
        assert_eq!(port("a.deep.test"), Some(2));
        assert_eq!(port("one.test"), Some(3));
        assert_eq!(port("test"), None);
        assert_eq!(port("contest"), None);
        assert_eq!(port("a.test.example"), None);
    }

    #[test]
    fn a_rule_that_cannot_be_read_is_named() {
        for (allow, resolve) in [
            (vec!["loopback"], vec![]),
            (vec!["10.0.0.0/33"], vec![]),
            (vec![], vec![("*.test", "localhost:80")]),
            (vec![], vec![("*.test", "127.0.0.1")]),
            (vec![], vec![("a.*.test", "127.0.0.1:1")]),
            (vec![], vec![("*.", "127.0.0.1:1")]),
        ] {
            let error = guard(&allow, &resolve).expect_err("a bad rule").to_string();
            let named = allow.first().copied().or(resolve.first().map(|rule| rule.0)).expect("one rule");
            assert!(error.contains(named), "{error}");
        }
    }
}
