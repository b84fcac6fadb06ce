//! A webhook: another system that is told something over HTTP, through the guard as everything.

use std::time::Duration;

use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;

use crate::endpoint::{AskError, Endpoint, ServiceError, Settings};
use crate::guard::Rules;

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
