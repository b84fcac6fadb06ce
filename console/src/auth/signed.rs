//! A form that a page of this console sent for the person who is signed in.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq as _;

use super::Person;
use crate::app::App;
use crate::web::failure::{Failure, Written};

/// What the form says, and whose it is: its secret is that of the session.
pub(crate) struct Signed<T> {
    pub(crate) person: Person,
    pub(crate) form: T,
}

#[derive(Deserialize)]
struct Csrf {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Signed<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let person = Person::from_request_parts(&mut parts, app).await?;
        let written = parts.extensions.get::<Written>().cloned();
        let body = Bytes::from_request(Request::from_parts(parts, body), app).await;
        let body = body.map_err(|error| Failure::Bad("form", error.to_string()))?;
        if let Some(written) = written {
            url::form_urlencoded::parse(&body).for_each(|(name, text)| written.keep(&name, &text));
        }
        let Csrf { csrf } = form(&body)?;
        if !bool::from(csrf.as_bytes().ct_eq(person.session.csrf.as_bytes())) {
            return Err(Failure::Forged);
        }
        Ok(Self { person, form: form(&body)? })
    }
}

fn form<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_html_form::from_bytes(body).map_err(|error| Failure::Bad("form", error.to_string()))
}
