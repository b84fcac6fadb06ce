//! What one visit opened, and what was refused to it.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;

/// How many different hosts one visit's journal names; a page that asks for more is no longer of interest.
const MOST: usize = 1_000;

/// What became of the connections of one visit, by host and port as asked for.
#[derive(Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<Entries>>);

#[derive(Default)]
struct Entries {
    opened: BTreeMap<(String, u16), SocketAddr>,
    trouble: BTreeMap<(String, u16), Trouble>,
}

/// Why a connection was not made.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Trouble {
    /// The guard's rules forbid it.
    Refused {
        address: IpAddr,
        class: &'static str,
    },
    NameNotResolved(String),
    /// Whoever answers for names says that there is none like it: trying again will not help.
    NoSuchName(String),
    Failed(String),
}

impl Journal {
    pub(crate) fn opened(&self, host: &str, port: u16, at: SocketAddr) {
        let mut entries = self.entries();
        if entries.opened.len() < MOST {
            entries.opened.insert((plain(host), port), at);
        }
    }

    pub(crate) fn trouble(&self, host: &str, port: u16, trouble: Trouble) {
        let mut entries = self.entries();
        if entries.trouble.len() < MOST {
            entries.trouble.insert((plain(host), port), trouble);
        }
    }

    /// The address that answers for this URL: Chromium behind a proxy only knows the proxy's.
    pub(crate) fn remote(&self, url: &str) -> Option<String> {
        self.entries().opened.get(&host_and_port(url)?).map(SocketAddr::to_string)
    }

    /// Why there was no connection for this URL.
    pub(crate) fn why_not(&self, url: &str) -> Option<Trouble> {
        self.entries().trouble.get(&host_and_port(url)?).cloned()
    }

    /// Everything that the rules forbade: host, port, address and its class.
    pub(crate) fn refused(&self) -> Vec<(String, u16, IpAddr, &'static str)> {
        let entries = self.entries();
        let refused = entries.trouble.iter().filter_map(|((host, port), trouble)| match trouble {
            Trouble::Refused { address, class } => Some((host.clone(), *port, *address, *class)),
            _ => None,
        });
        refused.collect()
    }

    /// Everything that was opened, for the record of the chain.
    pub(crate) fn all_opened(&self) -> Vec<(String, u16, SocketAddr)> {
        self.entries().opened.iter().map(|((host, port), at)| (host.clone(), *port, *at)).collect()
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused { address, class } => write!(f, "the guard refused {address} ({class})"),
            Self::NameNotResolved(why) => write!(f, "the name was not resolved: {why}"),
            Self::NoSuchName(why) => write!(f, "there is no such name: {why}"),
            Self::Failed(why) => write!(f, "the connection failed: {why}"),
        }
    }
}

fn host_and_port(url: &str) -> Option<(String, u16)> {
    let url = Url::parse(url).ok()?;
    Some((plain(url.host_str()?), url.port_or_known_default()?))
}

/// One way of writing for each host: URLs and SOCKS write the same address differently (`::ffff:7f00:1`).
fn plain(host: &str) -> String {
    let host = host.trim_start_matches('[').trim_end_matches([']', '.']);
    host.parse().map_or_else(|_| host.to_ascii_lowercase(), |address: IpAddr| address.to_string())
}
