//! A time-stamping authority that is asked over HTTP (RFC 3161, section 3.4): through the guard, as everything.
//!
//! What leaves this machine is a SHA-256 and a random number; what they mean is nobody's business here.

use std::time::Duration;

use reqwest::RequestBuilder;
use reqwest::header::{ACCEPT, CONTENT_TYPE};

use crate::endpoint::{AskError, Endpoint, ServiceError, Settings};
use crate::guard::Rules;

static SETTINGS: Settings = Settings {
    url: "seal.tsa",
    key_file: "seal.tsa",
    timeout: "seal.tsa_timeout_secs",
    path: "no certain word",
    not_understood: "see whether it is the address of an RFC 3161 authority",
    too_large: "see whether it is the address of an RFC 3161 authority",
};

/// An authority to ask.
pub struct Authority(Endpoint);

impl Authority {
    pub fn new(rules: &Rules, url: &str) -> Result<Self, ServiceError> {
        Endpoint::new(rules, url, "", &SETTINGS).map(Self)
    }

    /// The bytes that it answers to those of a question.
    pub async fn ask(&self, question: Vec<u8>, limit: Duration) -> Result<Vec<u8>, AskError> {
        let fill = |request: RequestBuilder| {
            let request = request.header(CONTENT_TYPE, "application/timestamp-query");
            Ok(request.header(ACCEPT, "application/timestamp-reply").body(question))
        };
        self.0.post(limit, fill).await
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Bytes;
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::post;

    use super::*;

    /// An authority that answers what it was asked, backwards.
    async fn authority() -> String {
        let backwards = |headers: HeaderMap, body: Bytes| async move {
            assert_eq!(headers["content-type"], "application/timestamp-query");
            body.iter().rev().copied().collect::<Vec<_>>()
        };
        let app = Router::new()
            .route("/", post(backwards))
            .route("/broken", post(|| async { StatusCode::INTERNAL_SERVER_ERROR }))
            .route("/slow", post(|| tokio::time::sleep(Duration::from_secs(60))));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, app).await });
        format!("http://{at}")
    }

    #[tokio::test]
    async fn a_question_goes_there_and_the_answer_comes_back_as_bytes() {
        let rules = Rules { allow: vec!["127.0.0.1".into()], ..Rules::default() };
        let url = authority().await;
        let ask = |path: &str, limit| {
            let asked = Authority::new(&rules, &format!("{url}{path}")).expect("an address");
            async move { asked.ask(vec![1, 0, 255], limit).await }
        };
        assert_eq!(ask("/", Duration::from_secs(20)).await.expect("an answer"), [255, 0, 1]);
        let broken = ask("/broken", Duration::from_secs(20)).await.expect_err("500").to_string();
        assert!(broken.contains("status 500"), "{broken}");
        let slow = ask("/slow", Duration::from_millis(300)).await.expect_err("it is late").to_string();
        assert!(slow.contains("seal.tsa_timeout_secs"), "{slow}");
    }

    #[tokio::test]
    async fn a_private_address_is_not_asked() {
        let url = authority().await;
        let asked = Authority::new(&Rules::default(), &url).expect("an address");
        asked.ask(vec![1], Duration::from_secs(20)).await.expect_err("it is private");
    }
}
