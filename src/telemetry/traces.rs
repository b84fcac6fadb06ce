//! Traces, sent to the collector that the configuration names: OTLP over HTTP, in batches, off the way of the work.
//!
//! The collector is the operator's own: it is reached by a client of its own and not through the guard, which is for what
//! the web says and refuses private addresses. Nothing that a page said decides where anything is sent.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::hyper::HyperClient;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};

use crate::config::Telemetry;

/// For one batch.
const PATIENCE: Duration = Duration::from_secs(10);
/// At the end of the program, for what was not sent yet.
const FAREWELL: Duration = Duration::from_secs(5);
/// Of one span: what hostile pages make many of stays bounded.
const MOST: u32 = 64;

/// Sends spans for as long as it lives.
pub(crate) struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// None where no collector is named.
    pub(crate) fn begin(telemetry: &Telemetry) -> anyhow::Result<Option<Self>> {
        if telemetry.otlp.is_empty() {
            return Ok(None);
        }
        let address = format!("{}/v1/traces", telemetry.otlp.trim_end_matches('/'));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client::new(telemetry)?)
            .with_endpoint(address)
            .with_timeout(PATIENCE)
            .build()
            .with_context(|| format!("`telemetry.otlp = \"{}\"` names no collector", telemetry.otlp))?;
        let resource = Resource::builder()
            .with_service_name("postlink")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .with_attribute(KeyValue::new("process.pid", i64::from(std::process::id())))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            // Who has begun a trace decides for all who go on with it.
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(telemetry.traces_share))))
            .with_max_attributes_per_span(MOST)
            .with_max_events_per_span(MOST)
            .build();
        Ok(Some(Self { provider }))
    }

    pub(crate) fn tracer(&self) -> SdkTracer {
        self.provider.tracer("postlink")
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.provider.shutdown_with_timeout(FAREWELL) {
            tracing::debug!(%error, "The last spans were not sent");
        }
    }
}

/// Sends on our runtime: the thread that makes batches has none.
#[derive(Debug)]
struct Client {
    client: Arc<dyn HttpClient>,
    runtime: tokio::runtime::Handle,
}

impl Client {
    fn new(telemetry: &Telemetry) -> anyhow::Result<Self> {
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_provider_and_platform_verifier(rustls::crypto::ring::default_provider())
            .context("no certificates of authorities are there to know the collector by")?
            .https_or_http()
            .enable_http1()
            .build();
        let key = match telemetry.otlp_key_file.as_os_str().is_empty() {
            true => None,
            false => Some(authorization(&telemetry.otlp_key_file)?),
        };
        let client = Arc::new(HyperClient::new(connector, PATIENCE, key));
        Ok(Self { client, runtime: tokio::runtime::Handle::current() })
    }
}

fn authorization(file: &std::path::Path) -> anyhow::Result<http::HeaderValue> {
    let key =
        std::fs::read_to_string(file).with_context(|| format!("read `telemetry.otlp_key_file` {}", file.display()))?;
    let mut value: http::HeaderValue = format!("Bearer {}", key.trim())
        .parse()
        .with_context(|| format!("{} holds more than a key: one line is sent as it stands", file.display()))?;
    value.set_sensitive(true);
    Ok(value)
}

#[async_trait::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = Arc::clone(&self.client);
        self.runtime.spawn(async move { client.send_bytes(request).await }).await?
    }
}
