//! Who is asked for the addresses of a name.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::lookup_host;
use tokio::time::timeout;

use crate::guard::journal::Trouble;

const DNS_BOUND: Duration = Duration::from_secs(10);
/// A name with more addresses than this is not tried at all of them.
const MOST_ADDRESSES: usize = 8;

type Answer = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// The resolver: the system's, or in tests one that lies.
#[derive(Clone)]
pub(crate) struct Names(Arc<dyn Fn(String, u16) -> Answer + Send + Sync>);

impl Names {
    pub(crate) fn of_the_system() -> Self {
        Self::answered(|host, port| Box::pin(async move { Ok(lookup_host((host, port)).await?.collect()) }))
    }

    pub(super) fn answered(answer: impl Fn(String, u16) -> Answer + Send + Sync + 'static) -> Self {
        Self(Arc::new(answer))
    }

    /// Asks once: whoever asks again may be told something else, so what is checked is what is connected to.
    pub(super) async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Trouble> {
        // RFC 6761: such a name exists nowhere, and nobody needs to be asked.
        if host.trim_end_matches('.').rsplit('.').next().is_some_and(|top| top.eq_ignore_ascii_case("invalid")) {
            return Err(Trouble::NoSuchName(format!("{host} ends in .invalid")));
        }
        match timeout(DNS_BOUND, (self.0)(host.to_owned(), port)).await {
            Ok(Ok(found)) => Ok(found.into_iter().take(MOST_ADDRESSES).collect()),
            Ok(Err(error)) if says_no_such_name(&error) => Err(Trouble::NoSuchName(error.to_string())),
            Ok(Err(error)) => Err(Trouble::NameNotResolved(error.to_string())),
            Err(_) => Err(Trouble::NameNotResolved(format!("no answer within {} s", DNS_BOUND.as_secs()))),
        }
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Names")
    }
}

/// Whether the resolver knows that there is no such name, rather than not having got an answer. The standard library
/// hands on only the words of the C library: glibc's EAI_NONAME and EAI_NODATA, and musl's.
fn says_no_such_name(error: &io::Error) -> bool {
    let said = error.to_string();
    [
        "Name or service not known",
        "No address associated with hostname",
        "Name does not resolve",
        "nodename nor servname",
    ]
    .iter()
    .any(|words| said.contains(words))
}
