//! Why a page is not shown, told as a page by [`told`] in the language of whoever asked.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use storage::store::StoreError;

use crate::app::App;
use crate::auth::password::{self, Weak};
use crate::auth::{Person, looks};
use crate::doors::Refusal;
use crate::page::{Page, percent};
use crate::vault::VaultError;
use crate::words::word;

/// When to ask again where too many wait. Seconds.
const BUSY: u64 = 5;

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
    /// A sentence for people, what, where, what to do: a key of `[refused]`, and what stands in its place.
    #[error("{}", english(.0, .1))]
    Bad(&'static str, String),
    /// With how many megabytes may be sent.
    #[error("more was sent than may be: {0} MB")]
    TooLarge(usize),
    #[error("too many tries")]
    TooMany { again_in_secs: u64 },
    /// As many wait for this as may.
    #[error("too many wait")]
    Busy,
    #[error(transparent)]
    Store(StoreError),
    /// What the program was to do, and why it could not.
    #[error("{0}")]
    Broken(String),
    #[error("fill in a template: {0:#}")]
    Template(#[from] minijinja::Error),
}

/// As the log and the API say it.
fn english(key: &str, value: &str) -> String {
    word("en", "refused", key).replace("{}", value)
}

impl Failure {
    /// Something in what was sent is not right.
    pub(crate) fn bad(key: &'static str) -> Self {
        Self::Bad(key, String::new())
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::SignIn(_) | Self::Factor => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::Forged => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Bad(..) => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
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
            Self::Bad(..) => "bad",
            Self::TooLarge(_) => "too-large",
            Self::TooMany { .. } => "too-many",
            Self::Busy => "busy",
            Self::Store(_) | Self::Broken(_) | Self::Template(_) => "broken",
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overtaken(name) => Self::Bad("overtaken", name),
            StoreError::NoSuchViolation { .. } => Self::bad("violation"),
            StoreError::Appealed(_) => Self::bad("why-dismissed"),
            error => Self::Store(error),
        }
    }
}

impl From<Weak> for Failure {
    fn from(weak: Weak) -> Self {
        match weak {
            Weak::Short => Self::Bad("weak-short", password::SHORTEST.to_string()),
            Weak::Long => Self::Bad("weak-long", password::LONGEST.to_string()),
            Weak::Common => Self::bad("weak-common"),
            Weak::Name => Self::bad("weak-name"),
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
            Refusal::Not { word, what, .. } => Self::Bad(word, what),
            Refusal::Broken(said) => Self::Broken(said),
        }
    }
}

/// What [`told`] makes a page of.
#[derive(Clone)]
struct ToTell {
    word: &'static str,
    detail: Option<Detail>,
}

#[derive(Clone)]
enum Detail {
    /// The same in every language.
    Plain(String),
    Refused(&'static str, String),
}

impl Detail {
    fn told(self, language: &str) -> String {
        match self {
            Self::Plain(text) => text,
            Self::Refused(key, value) => word(language, "refused", key).replace("{}", &value),
        }
    }
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
        let again_in_secs = match self {
            Self::TooMany { again_in_secs } => Some(again_in_secs),
            Self::Busy => Some(BUSY),
            _ => None,
        };
        if let Some(secs) = again_in_secs {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        let word = self.word();
        let detail = match self {
            Self::Bad(key, value) => Some(Detail::Refused(key, value)),
            Self::TooLarge(megabytes) => Some(Detail::Plain(format!("≤ {megabytes} MB"))),
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
    /// The page of this console that was left for this one.
    back: Option<String>,
    /// What was written there: the page itself is kept by no browser.
    written: Vec<String>,
}

/// The longer texts of a form that was sent: whoever is refused keeps what they wrote.
#[derive(Clone, Default)]
pub(crate) struct Written(Arc<Mutex<Vec<String>>>);

impl Written {
    /// From here on it is a text, and no choice or number. Characters.
    const LONG: usize = 12;
    /// Texts that are kept.
    const MOST: usize = 8;

    /// And what is longer than this was not typed.
    const LONGEST: usize = 20_000;

    /// A field of a form; what is secret is not shown again.
    pub(crate) fn keep(&self, name: &str, text: &str) {
        const OURS: [&str; 10] = ["csrf", "password", "old", "new", "key", "code", "back", "next", "case", "id"];
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let long = (Self::LONG..=Self::LONGEST).contains(&text.trim().chars().count());
        if long && texts.len() < Self::MOST && !OURS.contains(&name) {
            texts.push(text.to_owned());
        }
    }

    fn told(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The page that the request came from, if it is one of ours.
fn came_from(parts: &Parts) -> Option<String> {
    let text = |name| parts.headers.get(name)?.to_str().ok();
    let url = url::Url::parse(text(header::REFERER)?).ok()?;
    let host = url.host_str()?;
    let own = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    if text(header::HOST)? != own {
        return None;
    }
    Some(url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())))
}

impl Page for FailurePage {
    const TEMPLATE: &'static str = "failure.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = crate::page::tests::HOSTILE;
        let words = ["forbidden", "not-found", "forged", "bad", "too-large", "too-many", "busy", "broken"];
        let page = |word: &str| Self {
            word: word.into(),
            detail: Some(hostile.into()),
            status: 404,
            back: Some(format!("/cases?{hostile}")),
            written: vec![hostile.into()],
        };
        words.map(page).into()
    }
}

/// Puts a page where a handler said only why there is none.
pub(crate) async fn told(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut asked = parts.clone();
    let written = Written::default();
    parts.extensions.insert(written.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    let (status, to_tell) = (response.status(), response.extensions().get::<ToTell>().cloned());
    let Some(ToTell { word, detail }) = to_tell else { return response };
    if status == StatusCode::FORBIDDEN {
        tracing::warn!(error = word, "A request was refused");
    }
    // Who is signed in stays where they were, in their language.
    let person = Person::from_request_parts(&mut asked, &app).await.ok();
    let frame = looks::frame(&asked, person.as_ref());
    let detail = detail.map(|detail| detail.told(frame.language));
    let written = if status == StatusCode::BAD_REQUEST { written.told() } else { Vec::new() };
    let back = came_from(&asked);
    let page = FailurePage { word: word.to_owned(), detail, status: status.as_u16(), back, written };
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

    #[test]
    fn what_was_written_is_kept_and_no_secret() {
        let written = Written::default();
        written.keep("csrf", "0123456789abcdef0123");
        written.keep("password", "correct horse battery");
        written.keep("choice", "confirm");
        written.keep("reason", "It is as the ad says it");
        assert_eq!(written.told(), ["It is as the ad says it"]);
    }

    #[test]
    fn one_comes_back_to_our_own_pages_alone() {
        let from = |referer: &str| {
            let request = Request::builder().header("host", "a.test:81").header("referer", referer).body(());
            came_from(&request.expect("a request").into_parts().0)
        };
        assert_eq!(from("http://a.test:81/queue?severity=S4").as_deref(), Some("/queue?severity=S4"));
        assert_eq!(from("http://a.test/queue"), None);
        assert_eq!(from("https://b.test/queue"), None);
    }

    #[test]
    fn what_is_refused_is_said_in_the_language_of_the_page() {
        let told = |language| Detail::Refused("day", "<x>".into()).told(language);
        assert!(told("en").contains("`<x>` is no day") && told("zh-CN").contains("日期"), "{}", told("zh-CN"));
        assert_eq!(Failure::Bad("day", "x".into()).to_string(), "`x` is no day: write 2026-11-28");
    }

    /// Keys that the code names, wherever it does.
    #[test]
    fn every_refusal_has_its_words() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut folders = vec![folder];
        let mut found = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("it is there").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                for begins in ["Failure::bad(\"", "Failure::Bad(\"", "Self::Bad(\"", "bad(\""] {
                    for key in text.split(begins).skip(1).filter_map(|rest| rest.split('"').next()) {
                        found += 1;
                        assert!(crate::words::known("en", "refused", key), "{}: refused.{key}", path.display());
                    }
                }
            }
        }
        assert!(found > 20, "{found}");
    }
}
