//! A collector of traces: takes OTLP over HTTP as any collector does, and remembers the spans.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use prost::Message as _;

/// One span, as far as it is looked at.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) name: String,
    /// Hexadecimal, as the ids below.
    pub(super) trace: String,
    pub(super) id: String,
    pub(super) parent: String,
    pub(super) attributes: BTreeMap<String, String>,
    /// Which process it is of.
    pub(super) process: String,
    pub(super) service: String,
}

/// What a collector was sent.
pub(super) struct Collector {
    pub(super) address: SocketAddr,
    heard: Arc<Heard>,
}

#[derive(Default)]
struct Heard {
    spans: Mutex<Vec<Span>>,
    keys: Mutex<Vec<String>>,
}

impl Collector {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Heard::default());
        let app = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&heard));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, heard }
    }

    pub(super) fn spans(&self) -> Vec<Span> {
        self.heard.spans.lock().unwrap().clone()
    }

    /// What came as `Authorization`.
    pub(super) fn keys(&self) -> Vec<String> {
        self.heard.keys.lock().unwrap().clone()
    }
}

async fn take(State(heard): State<Arc<Heard>>, headers: HeaderMap, body: Bytes) -> (StatusCode, Vec<u8>) {
    let Ok(request) = ExportTraceServiceRequest::decode(body) else { return (StatusCode::BAD_REQUEST, Vec::new()) };
    let key = headers.get("authorization").map(|key| key.to_str().unwrap_or_default().to_owned());
    heard.keys.lock().unwrap().extend(key);
    for of_resource in request.resource_spans {
        let resource = of_resource.resource.map(|resource| attributes(resource.attributes)).unwrap_or_default();
        let of = |name: &str| resource.get(name).cloned().unwrap_or_default();
        for span in of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            heard.spans.lock().unwrap().push(Span {
                name: span.name,
                trace: hex(&span.trace_id),
                id: hex(&span.span_id),
                parent: hex(&span.parent_span_id),
                attributes: attributes(span.attributes),
                process: of("process.pid"),
                service: of("service.name"),
            });
        }
    }
    (StatusCode::OK, ExportTraceServiceResponse::default().encode_to_vec())
}

fn attributes(all: Vec<KeyValue>) -> BTreeMap<String, String> {
    let text = |value: Option<AnyValue>| match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    all.into_iter().map(|one| (one.key, text(one.value))).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
