//! A program of somebody's: asks with its token, and takes what comes.

use anyhow::Result;
use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Response};

#[derive(Clone)]
pub(crate) struct Program {
    agent: Agent,
    base: String,
    token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The last word of a problem's type, once it is one by RFC 9457.
    #[track_caller]
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let told = self.json();
        assert_eq!(told["status"], self.status);
        assert!(told["title"].is_string() && told["detail"].is_string(), "{told}");
        let kind = told["type"].as_str().expect("a type");
        kind.strip_prefix("urn:postlink:problem:").expect("of ours").to_owned()
    }
}

impl Program {
    pub(crate) fn new(url: &str, token: Option<&str>) -> Self {
        // A connection on which the server refused a body is closed by it, and good for nothing more.
        let config =
            Agent::config_builder().max_redirects(0).http_status_as_error(false).max_idle_connections(0).build();
        let token = token.map(|token| format!("Bearer {token}"));
        Self { agent: config.into(), base: format!("{url}/api/v1"), token }
    }

    /// As it stands in the header.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    pub(crate) fn get(&self, path: &str) -> Result<Answer> {
        self.send("GET", path, &[], "")
    }

    pub(crate) fn post(&self, path: &str, key: Option<&str>, body: &Value) -> Result<Answer> {
        let key = key.map(|key| ("idempotency-key", key));
        let headers: Vec<_> = [("content-type", "application/json")].into_iter().chain(key).collect();
        self.send("POST", path, &headers, &body.to_string())
    }

    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Result<Answer> {
        let token = self.token.as_deref().map(|token| ("authorization", token));
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in token.iter().chain(headers) {
            request = request.header(*name, *value);
        }
        let config = self.agent.configure_request(request.body(body.to_owned())?).allow_non_standard_methods(true);
        answer(self.agent.run(config.build())?)
    }
}

fn answer(mut response: Response<ureq::Body>) -> Result<Answer> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.body_mut().read_to_vec()?;
    Ok(Answer { status, headers, body })
}
