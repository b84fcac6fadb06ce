//! What a provider says of itself (OpenID Connect Discovery 1.0): where its parts are.

use serde::Deserialize;
use url::{Host, Url};

use super::token::Unbelievable;

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Discovery {
    issuer: String,
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) jwks_uri: Url,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

/// Where it says so.
pub(super) fn address(issuer: &str) -> Result<Url, Unbelievable> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    Url::parse(&address).ok().filter(is_private_on_the_way).ok_or_else(|| Unbelievable::Address(issuer.to_owned()))
}

impl Discovery {
    /// Refuses what another says in its place, and addresses that everybody on the way can read along.
    pub(super) fn must_be_of(&self, issuer: &str) -> Result<(), Unbelievable> {
        if self.issuer != issuer {
            return Err(Unbelievable::Issuer);
        }
        let parts = [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri];
        match parts.into_iter().find(|part| !is_private_on_the_way(part)) {
            Some(part) => Err(Unbelievable::Address(part.to_string())),
            None => Ok(()),
        }
    }

    /// Whether it takes our secret in a header: the usual way, and what is meant where it says nothing.
    pub(super) fn takes_basic(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_ref();
        methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"))
    }
}

/// TLS, or this machine itself.
fn is_private_on_the_way(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => return false,
    };
    let bare = url.username().is_empty() && url.password().is_none();
    bare && (url.scheme() == "https" || url.scheme() == "http" && here)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(token_endpoint: &str) -> Discovery {
        serde_json::from_value(serde_json::json!({
            "issuer": "https://id.test",
            "authorization_endpoint": "https://id.test/auth",
            "token_endpoint": token_endpoint,
            "jwks_uri": "https://id.test/jwks",
        }))
        .expect("a document")
    }

    #[test]
    fn another_provider_is_not_taken_for_this_one() {
        let right = said("https://id.test/token");
        assert_eq!(right.must_be_of("https://id.test"), Ok(()));
        for other in ["https://id.test/", "https://other.test", ""] {
            assert_eq!(right.must_be_of(other), Err(Unbelievable::Issuer), "{other}");
        }
    }

    #[test]
    fn what_everybody_could_read_is_not_sent() {
        for open in ["http://id.test/token", "ftp://id.test/token", "https://li:word@id.test/token"] {
            assert!(matches!(said(open).must_be_of("https://id.test"), Err(Unbelievable::Address(_))), "{open}");
        }
        for here in ["http://127.0.0.1:3000/token", "http://localhost/token", "http://[::1]/token"] {
            assert_eq!(said(here).must_be_of("https://id.test"), Ok(()), "{here}");
        }
        assert!(address("http://id.test").is_err() && address("id.test").is_err());
        let address = address("https://id.test/realm/").expect("an address");
        assert_eq!(address.as_str(), "https://id.test/realm/.well-known/openid-configuration");
    }

    #[test]
    fn our_secret_goes_the_way_that_the_provider_takes() {
        let with = |methods: Option<&str>| Discovery {
            token_endpoint_auth_methods_supported: methods.map(|method| vec![method.to_owned()]),
            ..said("https://id.test/token")
        };
        assert!(with(None).takes_basic() && with(Some("client_secret_basic")).takes_basic());
        assert!(!with(Some("client_secret_post")).takes_basic());
    }
}
