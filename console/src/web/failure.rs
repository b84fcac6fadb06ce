//! Why a page is not shown, told as a page by [`told`] in the language of whoever asked.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use storage::store::StoreError;

use crate::app::App;
use crate::auth::looks;
use crate::auth::vault::VaultError;
use crate::doors::Refusal;
use crate::page::{Page, percent};

/// Why a request is not answered as it was meant.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// With where one comes back to.
    #[error("nobody is signed in")]
    SignIn(String),
    /// Nothing else is shown before.
    #[error("a second factor is missing")]
    Factor,
    #[error("this is not for this account")]
    Forbidden,
    /// There is nothing, or nothing that this account may see: the answer is the same.
    #[error("there is nothing here")]
    NotFound,
    #[error("the form was not sent by a page of this console")]
    Forged,
    /// A sentence for people: what, where, what to do.
    #[error("{0}")]
    Bad(String),
    /// With how many megabytes may be sent.
    #[error("more was sent than may be: {0} MB")]
    TooLarge(usize),
    #[error("too many tries")]
    TooMany { again_in_secs: u64 },
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the program was to do, and why it could not.
    #[error("{0}")]
    Broken(String),
    #[error("fill in a template: {0:#}")]
    Template(#[from] minijinja::Error),
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::SignIn(_) | Self::Factor => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::Forged => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(_) | Self::Broken(_) | Self::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The key of its words.
    fn word(&self) -> &'static str {
        match self {
            Self::SignIn(_) => "sign-in",
            Self::Factor => "factor",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::Forged => "forged",
            Self::Bad(_) => "bad",
            Self::TooLarge(_) => "too-large",
            Self::TooMany { .. } => "too-many",
            Self::Store(_) | Self::Broken(_) | Self::Template(_) => "broken",
        }
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Not(said) => Self::Bad(said),
            Refusal::Broken(said) => Self::Broken(said),
        }
    }
}

/// What [`told`] makes a page of.
#[derive(Clone)]
struct ToTell {
    word: &'static str,
    detail: Option<String>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Self::SignIn(here) = &self {
            return Redirect::to(&format!("/login?next={}", percent(here))).into_response();
        }
        if let Self::Factor = &self {
            return Redirect::to("/account").into_response();
        }
        if let Self::Store(_) | Self::Broken(_) | Self::Template(_) = &self {
            tracing::error!(error = %self, "A page could not be made");
        }
        let mut response = self.status().into_response();
        if let Self::TooMany { again_in_secs } = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(again_in_secs));
        }
        let word = self.word();
        let detail = match self {
            Self::Bad(said) => Some(said),
            Self::TooLarge(megabytes) => Some(format!("≤ {megabytes} MB")),
            _ => None,
        };
        response.extensions_mut().insert(ToTell { word, detail });
        response
    }
}

/// A page that says why there is no other.
#[derive(Serialize)]
struct FailurePage {
    word: String,
    detail: Option<String>,
    status: u16,
}

impl Page for FailurePage {
    const TEMPLATE: &'static str = "failure.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = crate::page::tests::HOSTILE;
        let words = ["forbidden", "not-found", "forged", "bad", "too-large", "too-many", "broken"];
        words.map(|word| Self { word: word.into(), detail: Some(hostile.into()), status: 404 }).into()
    }
}

/// Puts a page where a handler said only why there is none.
pub(crate) async fn told(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let (status, to_tell) = (response.status(), response.extensions().get::<ToTell>().cloned());
    let Some(ToTell { word, detail }) = to_tell else { return response };
    let frame = looks::frame(&asked, None);
    let page = FailurePage { word: word.to_owned(), detail, status: status.as_u16() };
    match app.pages.text(&frame, &page) {
        Ok(text) => {
            let (mut parts, _) = response.into_parts();
            parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, text.into())
        }
        Err(error) => {
            tracing::error!(%error, "The page of a failure could not be made");
            response
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_its_page() {
        crate::page::tests::renders::<FailurePage>();
    }
}
