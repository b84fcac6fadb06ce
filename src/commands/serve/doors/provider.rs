//! Asks the operator's identity provider: bounded in size and time, and never sent on to elsewhere.
//!
//! It is reached by a client of its own and not through the guard, as the collector of traces is: its address stands in the
//! configuration, often within the operator's own network, and nothing that a page said decides it.

use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use console::doors::{FromProvider, ToProvider};
use http::{HeaderValue, Method, Request, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry_http::Bytes;
use url::form_urlencoded::{Serializer, byte_serialize};

/// Of one question.
const PATIENCE: Duration = Duration::from_secs(10);
/// Of one answer: what a provider says of itself has some 10 KB. Bytes.
const LONGEST: usize = 1 << 20;

/// The one that is asked.
pub(crate) struct Provider(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Provider {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_provider_and_platform_verifier(rustls::crypto::ring::default_provider())
            .context("no certificates of authorities are there to know the identity provider by")?
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }

    pub(crate) async fn ask(&self, asked: ToProvider) -> anyhow::Result<FromProvider> {
        let host = asked.url.host_str().unwrap_or_default().to_owned();
        let answered = tokio::time::timeout(PATIENCE, self.answer(asked)).await;
        let late = || format!("the identity provider at {host} did not answer within {} seconds", PATIENCE.as_secs());
        answered.with_context(late)?.with_context(|| format!("the identity provider at {host} was not reached"))
    }

    async fn answer(&self, asked: ToProvider) -> anyhow::Result<FromProvider> {
        let answer = self.0.request(request(asked)?).await?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), LONGEST).collect().await;
        let body = body.map_err(|error| anyhow::anyhow!("its answer cannot be read: {error}"))?;
        Ok(FromProvider { status, body: body.to_bytes().into() })
    }
}

fn request(asked: ToProvider) -> anyhow::Result<Request<Full<Bytes>>> {
    let ToProvider { url, form, basic } = asked;
    let mut request = Request::builder().uri(url.as_str()).header(header::ACCEPT, "application/json");
    if let Some((name, secret)) = basic {
        // Both are encoded as in a form before they are joined (RFC 6749, 2.3.1).
        let [name, secret] = [&name, &secret].map(|part| byte_serialize(part.as_bytes()).collect::<String>());
        let mut value = HeaderValue::try_from(format!("Basic {}", BASE64.encode(format!("{name}:{secret}"))))?;
        value.set_sensitive(true);
        request = request.header(header::AUTHORIZATION, value);
    }
    if form.is_empty() {
        return Ok(request.body(Full::default())?);
    }
    let body = Serializer::new(String::new()).extend_pairs(form).finish();
    let request = request.method(Method::POST).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    Ok(request.body(Full::from(body))?)
}
