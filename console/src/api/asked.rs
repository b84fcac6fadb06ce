//! What programs send: in the query, in the path, as JSON; told in the document by its type.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};

use super::document::{Answer, Operation, Part};
use super::problem::{Kind, Problem};
use crate::app::App;

/// The query.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let Query(asked) = Query::from_request_parts(parts, app).await?;
        Ok(Self(asked))
    }
}

impl<T: JsonSchema> Part for Asked<T> {
    fn tell(operation: &mut Operation<'_>) {
        operation.parameters::<T>("query");
        operation.problem(Kind::BadRequest);
    }
}

/// What the path names.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<App>> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let named = Path::from_request_parts(parts, app).await;
        named.map(|Path(named)| Self(named)).map_err(|_| Problem::not_found())
    }
}

impl<T: JsonSchema> Part for Named<T> {
    fn tell(operation: &mut Operation<'_>) {
        operation.parameters::<T>("path");
        operation.problem(Kind::NotFound);
    }
}

/// A JSON body.
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let Json(sent) = Json::from_request(request, app).await?;
        Ok(Self(sent))
    }
}

impl<T: JsonSchema> Part for Sent<T> {
    fn tell(operation: &mut Operation<'_>) {
        operation.body::<T>();
        for kind in [Kind::BadRequest, Kind::TooLarge, Kind::NotJson, Kind::Unprocessable] {
            operation.problem(kind);
        }
    }
}

/// An answer in JSON.
pub(crate) struct Given<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Given<T> {
    fn into_response(self) -> Response {
        Json(self.0).into_response()
    }
}

impl<T: JsonSchema> Answer for Given<T> {
    fn tell(operation: &mut Operation<'_>) {
        operation.answers::<T>(StatusCode::OK, "As it was asked for.");
    }
}

/// What was just made, in JSON.
pub(crate) struct Created<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

impl<T: JsonSchema> Answer for Created<T> {
    fn tell(operation: &mut Operation<'_>) {
        operation.answers::<T>(StatusCode::CREATED, "It is made.");
    }
}

/// A few words of a query: not none, not too many, and nothing that no database keeps.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = Words::LONGEST, "pattern" = "^[^\\u0000]+$"))]
pub(crate) struct Words(pub(crate) String);

impl Words {
    /// Characters.
    const LONGEST: usize = 200;
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let long = text.chars().count();
        if long == 0 || long > Self::LONGEST || text.contains('\0') {
            return Err(D::Error::custom(format!("write 1 to {} characters, and no NUL", Self::LONGEST)));
        }
        Ok(Self(text))
    }
}
