//! One artefact of a case, as the console's own page gives it out.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::asked::Named;
use super::caller::{Caller, Read};
use super::document::{Answer, Operation, Part};
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::media;
use crate::pages::evidence;

/// Names an artefact of a case.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct OfArtefact {
    /// The id of the case.
    #[schemars(regex(pattern = "^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{12}$"), example = "20261128T120000Z-0123456789ab")]
    case: String,
    /// The artefact's SHA-256, 64 hex digits.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    sha256: String,
}

/// A part of the bytes may be asked for.
pub(crate) struct Range(HeaderMap);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Range {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(parts.headers.clone()))
    }
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is there for the document")]
struct Header {
    /// The bytes that are asked for, of pictures and films: `bytes=0-99`, `bytes=100-`, `bytes=-50`.
    #[schemars(rename = "Range")]
    range: Option<String>,
}

impl Part for Range {
    fn tell(operation: &mut Operation<'_>) {
        operation.parameters::<Header>("header");
        operation.problem(Kind::NoSuchPart);
    }
}

/// Bytes as they are kept.
pub(crate) struct Artefact(Response);

impl IntoResponse for Artefact {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Answer for Artefact {
    fn tell(operation: &mut Operation<'_>) {
        let media_types = [&media::types()[..], &["application/octet-stream"]].concat();
        let bytes = json!({ "type": "string", "contentMediaType": "application/octet-stream" });
        let all = "The bytes: pictures and films as such, everything else as a file.";
        operation.answers_in(StatusCode::OK, all, &media_types, Some(&bytes));
        operation.answers_in(StatusCode::PARTIAL_CONTENT, "The part that was asked for.", &media_types, Some(&bytes));
    }
}

pub(crate) async fn give(
    State(app): State<Arc<App>>,
    caller: Caller<Read>,
    Named(OfArtefact { case, sha256 }): Named<OfArtefact>,
    Range(asked): Range,
) -> Result<Artefact, Problem> {
    let given = evidence::artefact(&app, &caller.sight(), &case, &sha256, &asked).await?;
    if let Some(object) = &given.handed_out {
        caller.note(&app, "export", object).await?;
    }
    if given.response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
        let detail = format!("it has {} bytes: ask for some of them", given.length);
        return Err(Problem { length: Some(given.length), ..Problem::new(Kind::NoSuchPart, detail) });
    }
    Ok(Artefact(given.response))
}
