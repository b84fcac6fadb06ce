//! A webhook: another system that is told something over HTTP, through the guard as everything.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;
use url::{Host, Url};

use crate::endpoint::{AskError, Endpoint, ServiceError, Settings};
use crate::guard::{Guard, Rules};

static SETTINGS: Settings = Settings {
    url: "webhooks.url",
    key_file: "webhooks.secret_file",
    timeout: "feed.timeout_secs",
    path: "no certain word",
    not_understood: "see what it expects",
    too_large: "see what it expects",
};

/// An address that is told.
pub struct Webhook(Endpoint);

/// Why somebody's address is not told.
#[derive(Debug, thiserror::Error)]
pub enum UrlError {
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error("it is no address: {0}")]
    Wrong(String),
    #[error("everybody on the way could read what is told: use https")]
    Clear,
    #[error("{address} is not on the Internet ({class}): give an address that others reach")]
    Refused { address: IpAddr, class: &'static str },
}

/// What it answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Its header `Retry-After`, as it came.
    pub retry_after: Option<String>,
}

impl Webhook {
    pub fn new(rules: &Rules, url: &str) -> Result<Self, ServiceError> {
        Endpoint::new(rules, url, "", &SETTINGS).map(Self)
    }

    /// The same for an address that somebody typed whom nobody answers for: over TLS, unless `http` is allowed as well, and to
    /// no address that the guard refuses. What a name leads to is looked at whenever it is told.
    pub fn of_people(rules: &Rules, url: &str, http: bool) -> Result<Self, UrlError> {
        let hook = Self::new(rules, url)?;
        let parsed = Url::parse(url).map_err(|error| UrlError::Wrong(error.to_string()))?;
        if parsed.scheme() != "https" && !http {
            return Err(UrlError::Clear);
        }
        let address = match parsed.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            Some(Host::Domain(name)) if name == "localhost" || name.ends_with(".localhost") => {
                Some(Ipv4Addr::LOCALHOST.into())
            }
            _ => None,
        };
        match address.and_then(|address| Some((address, Guard::new(rules).ok()?.refuses(address)?))) {
            Some((address, class)) => Err(UrlError::Refused { address, class }),
            None => Ok(hook),
        }
    }

    /// Tells it some JSON under these headers.
    pub async fn tell(
        &self,
        headers: &[(&'static str, String)],
        json: String,
        limit: Duration,
    ) -> Result<Answer, AskError> {
        let fill = |request: RequestBuilder| {
            let request = request.header(CONTENT_TYPE, "application/json").body(json);
            Ok(headers.iter().fold(request, |request, (name, value)| request.header(*name, value)))
        };
        let (status, retry_after) = self.0.tell(limit, fill).await?;
        Ok(Answer { status, retry_after })
    }

    /// The host, and the port where it is not the usual one.
    pub fn host(&self) -> String {
        self.0.host_and_port()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_somebody_is_told_over_tls_and_on_the_internet() {
        let rules = Rules::default();
        assert!(Webhook::of_people(&rules, "https://hooks.example/x", false).is_ok());
        assert!(Webhook::of_people(&rules, "http://hooks.example/x", true).is_ok());
        for refused in [
            "http://hooks.example/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://localhost:8443/",
            "https://169.254.169.254/latest",
            "https://name:password@hooks.example/",
            "file:///etc/passwd",
            "hooks.example",
        ] {
            assert!(Webhook::of_people(&rules, refused, false).is_err(), "{refused}");
        }
        let allowed = Rules { allow: vec!["127.0.0.1".into()], ..Rules::default() };
        assert!(Webhook::of_people(&allowed, "https://127.0.0.1:8443/", false).is_ok(), "as the operator allows");
    }
}
