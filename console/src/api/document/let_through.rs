//! What of the document every request is held against: the parameters of its query, and the forms of its answers.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use crate::api::accept;
use crate::api::problem::{Kind, Problem};

/// What the document has of an operation.
pub(super) struct LetThrough {
    /// The parameters of its query.
    pub(super) query: Vec<String>,
    /// The media types of what it gives; none where it gives nothing.
    pub(super) forms: Vec<String>,
}

/// The media types of the answers of an operation that are no problems.
pub(super) fn forms(told: &Value) -> Vec<String> {
    let responses = told["responses"].as_object().into_iter().flatten();
    let good = responses.filter(|(status, _)| status.starts_with('2'));
    good.filter_map(|(_, told)| told["content"].as_object()).flat_map(|content| content.keys().cloned()).collect()
}

/// Refuses a query with a parameter that the document does not have: a filter that is written wrong would let everything through.
/// Refuses what is asked for in none of the forms that there are, before anything is done.
pub(super) async fn only_told(State(told): State<Arc<LetThrough>>, request: Request, next: Next) -> Response {
    if !accept::allows(request.headers(), &told.forms) {
        let detail = format!("it is given as {}: say so in the header Accept, or leave it out", told.forms.join(", "));
        return Problem::new(Kind::NotAcceptable, detail).into_response();
    }
    let known = &told.query;
    let query = request.uri().query().unwrap_or_default();
    let unknown = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| !known.iter().any(|its| its == name));
    let Some((name, _)) = unknown else { return next.run(request).await };
    let known =
        if known.is_empty() { "there are none here".to_owned() } else { format!("known: {}", known.join(", ")) };
    let detail = format!("there is no query parameter `{name}`; {known}");
    Problem::new(Kind::BadRequest, detail).into_response()
}
