//! Where in a trace one is, as it crosses from process to process: `traceparent`, as the W3C writes it.
//!
//! A job's trace begins when it is granted, goes on in the worker and ends with the recorder: one trace for each attempt,
//! with a span `ad` for each ad that leads to its landing. Without a collector nothing is written, and nothing read.

use std::collections::HashMap;

use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

const KEY: &str = "traceparent";

/// The present span, for whoever goes on elsewhere; none where nothing is traced.
pub(crate) fn written() -> Option<String> {
    let mut carrier = HashMap::new();
    TraceContextPropagator::new().inject_context(&Span::current().context(), &mut carrier);
    carrier.remove(KEY)
}

/// Makes a span, before it is entered, the child of one that began elsewhere. What is no `traceparent` is passed over: it
/// came in a message, and a trace is worth no job.
pub(crate) fn go_on(span: &Span, from: Option<&str>) {
    let Some(from) = from.filter(|from| from.len() <= 100) else { return };
    let carrier = HashMap::from([(KEY.to_owned(), from.to_owned())]);
    let context = TraceContextPropagator::new().extract(&carrier);
    if context.span().span_context().is_valid() && span.set_parent(context).is_err() {
        tracing::debug!("A span could not be put into the trace that it belongs to");
    }
}

/// The id under which collectors know the trace of a span, for log lines: records it as the span's field `trace.id`.
pub(crate) fn name_in_logs(span: &Span) {
    let context = span.context();
    let trace = context.span().span_context().trace_id();
    if trace != opentelemetry::TraceId::INVALID {
        span.record("trace.id", tracing::field::display(trace));
    }
}
