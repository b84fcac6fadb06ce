//! What could not be seen, told so that a person can act on it.

use model::case::{Gap, Step};

/// A gap of one visitor's chain.
pub(crate) fn gap(
    step: Step,
    reason: &str,
    visitor: &str,
    hop: Option<u16>,
    retry: bool,
    detail: impl Into<String>,
) -> Gap {
    Gap { step, reason: reason.to_owned(), visitor: Some(visitor.to_owned()), hop, retry, detail: detail.into() }
}

/// What a navigation error of the browser, or a refusal of the guard, means: reason, whether another attempt could
/// succeed, what to do.
pub(crate) fn of_error(error: &str, trouble: Option<&crate::guard::Trouble>) -> (&'static str, bool, &'static str) {
    use crate::guard::Trouble;
    match trouble {
        Some(Trouble::Refused { .. }) => {
            return (
                "address-refused",
                false,
                "The address is not public. If it is yours to examine, add its range to `guard.allow`.",
            );
        }
        Some(Trouble::NoSuchName(_)) => {
            return ("name-not-resolved", false, "The host name does not exist: the link is dead, or it is misspelt.");
        }
        Some(Trouble::NameNotResolved(_)) => {
            return ("name-not-resolved", true, "Check the host name, and this machine's DNS.");
        }
        Some(Trouble::Failed(_)) => {
            return ("connection-failed", true, "Try again later; if it stays so, the link is dead.");
        }
        None => {}
    }
    if error.contains("TOO_MANY_REDIRECTS") {
        ("too-many-hops", false, "The server sends its visitors in circles, or too far.")
    } else if error.contains("ERR_CERT") || error.contains("ERR_SSL") || error.contains("ERR_TLS") {
        ("tls-error", false, "The server's certificate or encryption is not valid; a person's browser would warn, too.")
    } else if error.contains("NAME_NOT_RESOLVED") {
        ("name-not-resolved", true, "Check the host name, and this machine's DNS.")
    } else if error.contains("UNKNOWN_URL_SCHEME")
        || error.contains("DISALLOWED_URL_SCHEME")
        || error.contains("UNSAFE_REDIRECT")
    {
        ("scheme-refused", false, "Only http and https are followed; app links are not opened.")
    } else if error.contains("TIMED_OUT") {
        ("timeout", true, "Try again later, or raise `follow.page_timeout_secs`.")
    } else if error.contains("BLOCKED_BY") || error.contains("UNSAFE_PORT") {
        ("connection-failed", false, "The browser itself refuses this address.")
    } else {
        ("connection-failed", true, "Try again later; if it stays so, the link is dead.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Trouble;

    #[test]
    fn errors_are_told_apart() {
        let refused = Trouble::Refused { address: "10.0.0.1".parse().expect("an address"), class: "private" };
        assert_eq!(of_error("net::ERR_SOCKS_CONNECTION_FAILED", Some(&refused)).0, "address-refused");
        for (error, reason) in [
            ("net::ERR_CERT_AUTHORITY_INVALID", "tls-error"),
            ("net::ERR_SSL_PROTOCOL_ERROR", "tls-error"),
            ("net::ERR_TOO_MANY_REDIRECTS", "too-many-hops"),
            ("net::ERR_UNKNOWN_URL_SCHEME", "scheme-refused"),
            ("net::ERR_EMPTY_RESPONSE", "connection-failed"),
            ("net::ERR_TIMED_OUT", "timeout"),
        ] {
            assert_eq!(of_error(error, None).0, reason, "{error}");
        }
    }
}
