//! A form with files that a page of this console sent for the person who is signed in.
//!
//! What a file is called is not even looked at, and no more is taken into memory than one form may bring.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, FromRequestParts as _, Multipart, Request};
use axum::http::StatusCode;
use subtle::ConstantTimeEq as _;

use super::Person;
use crate::app::App;
use crate::web::failure::{Failure, Written};

/// Parts of one form.
const PARTS: usize = 40;
/// Of one field that is no file. Bytes.
const LONGEST_TEXT: usize = 16 * 1024;
/// The one field that takes more: a page that is pasted. Bytes.
pub(crate) const PAGE: &str = "page";
pub(crate) const LONGEST_PAGE: usize = 1 << 20;

/// What the form says and brings, and whose it is: its secret is that of the session, and stands before everything else.
pub(crate) struct Uploaded {
    pub(crate) person: Person,
    texts: BTreeMap<String, String>,
    files: Vec<(String, Vec<u8>)>,
}

impl Uploaded {
    /// What was written into a field; none where it is empty.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.texts.get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The files that were chosen for a field, in their order.
    pub(crate) fn files(&mut self, name: &str) -> Vec<Vec<u8>> {
        let (these, others) = std::mem::take(&mut self.files).into_iter().partition(|(field, _)| field == name);
        self.files = others;
        let these: Vec<(String, Vec<u8>)> = these;
        these.into_iter().map(|(_, bytes)| bytes).collect()
    }
}

impl FromRequest<Arc<App>> for Uploaded {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        // Nothing is read of strangers.
        let person = Person::from_request_parts(&mut parts, app).await?;
        let written = parts.extensions.get::<Written>().cloned().unwrap_or_default();
        let request = Request::from_parts(parts, body);
        let most = app.settings.upload_bytes;
        let mut form =
            Multipart::from_request(request, app).await.map_err(|error| Failure::Bad("form", error.to_string()))?;
        let refused = |error: MultipartError| refused(&error, most);
        let first = form.next_field().await.map_err(refused)?.ok_or(Failure::Forged)?;
        let csrf = match first.name() {
            Some("csrf") => text(first, most).await?,
            _ => return Err(Failure::Forged),
        };
        if !bool::from(csrf.as_bytes().ct_eq(person.session.csrf.as_bytes())) {
            return Err(Failure::Forged);
        }
        let mut uploaded = Self { person, texts: BTreeMap::new(), files: Vec::new() };
        for _ in 0..PARTS {
            let Some(field) = form.next_field().await.map_err(refused)? else { return Ok(uploaded) };
            let name = field.name().unwrap_or_default().to_owned();
            if field.file_name().is_none() {
                let text = text(field, most).await?;
                written.keep(&name, &text);
                uploaded.texts.insert(name, text);
                continue;
            }
            // The whole body is bounded, and with it each part.
            let bytes = field.bytes().await.map_err(refused)?;
            if !bytes.is_empty() {
                uploaded.files.push((name, bytes.to_vec()));
            }
        }
        Err(Failure::Bad("parts", PARTS.to_string()))
    }
}

async fn text(mut field: Field<'_>, most: usize) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let longest = if field.name() == Some(PAGE) { LONGEST_PAGE } else { LONGEST_TEXT };
    while let Some(chunk) = field.chunk().await.map_err(|error| refused(&error, most))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > longest {
            return Err(Failure::Bad("long-bytes", longest.to_string()));
        }
    }
    String::from_utf8(bytes).map_err(|_| Failure::bad("utf-8"))
}

fn refused(error: &MultipartError, most: usize) -> Failure {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge(most / 1_000_000),
        _ => Failure::Bad("form", error.body_text()),
    }
}
