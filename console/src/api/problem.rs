//! Why a request of a program is not answered as it was meant: `application/problem+json` (RFC 9457).

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use storage::store::{CaseId, StoreError};

use crate::web::failure::Failure;

pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// What kinds of problem there are; their words stand in `type` and do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    BadRequest,
    NoToken,
    WrongToken,
    NoScope,
    NotFound,
    NoMethod,
    NotAcceptable,
    UnderWay,
    Over,
    TooLarge,
    NotJson,
    NoSuchPart,
    Unprocessable,
    KeyReused,
    TooMany,
    Broken,
}

impl Kind {
    pub(crate) const ALL: [Self; 16] = [
        Self::BadRequest,
        Self::NoToken,
        Self::WrongToken,
        Self::NoScope,
        Self::NotFound,
        Self::NoMethod,
        Self::NotAcceptable,
        Self::UnderWay,
        Self::Over,
        Self::TooLarge,
        Self::NotJson,
        Self::NoSuchPart,
        Self::Unprocessable,
        Self::KeyReused,
        Self::TooMany,
        Self::Broken,
    ];

    /// Status, word and title.
    fn told(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::BadRequest => (StatusCode::BAD_REQUEST, "bad-request", "The request is not as it should be"),
            Self::NoToken => (StatusCode::UNAUTHORIZED, "no-token", "A token is needed"),
            Self::WrongToken => (StatusCode::UNAUTHORIZED, "wrong-token", "The token is not good"),
            Self::NoScope => (StatusCode::FORBIDDEN, "no-scope", "The token is not for this"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "There is nothing here for this token"),
            Self::NoMethod => (StatusCode::METHOD_NOT_ALLOWED, "no-method", "This is not asked for in this way"),
            Self::NotAcceptable => (StatusCode::NOT_ACCEPTABLE, "not-acceptable", "Nothing is here in such a form"),
            Self::UnderWay => (StatusCode::CONFLICT, "under-way", "The same request is under way"),
            Self::Over => (StatusCode::CONFLICT, "over", "It is over, and does not come back"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The request is too large"),
            Self::NotJson => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", "The body is not said to be JSON"),
            Self::NoSuchPart => (StatusCode::RANGE_NOT_SATISFIABLE, "no-such-part", "It has no such part"),
            Self::Unprocessable => (StatusCode::UNPROCESSABLE_ENTITY, "unprocessable", "This cannot be done"),
            Self::KeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "key-reused", "The key was that of another request"),
            Self::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many requests"),
            Self::Broken => (StatusCode::INTERNAL_SERVER_ERROR, "broken", "Something went wrong here"),
        }
    }

    pub(crate) fn status(self) -> StatusCode {
        self.told().0
    }

    /// The `type`, and its title.
    pub(crate) fn named(self) -> (String, &'static str) {
        let (_, word, title) = self.told();
        (format!("urn:postlink:problem:{word}"), title)
    }
}

/// A problem on its way out.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) kind: Kind,
    /// What, where, and what to do.
    pub(crate) detail: String,
    /// When it may be tried again. Seconds.
    pub(crate) again_in_secs: Option<u64>,
    /// Of [`Kind::NoSuchPart`]: how many bytes there are.
    pub(crate) length: Option<usize>,
}

/// Why a request was not answered as it was meant (RFC 9457).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem", example = Told::of(&Problem::not_found()))]
pub(crate) struct Told {
    /// Names the kind of problem; it does not change.
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    /// What, where, and what to do.
    detail: String,
}

impl Told {
    pub(crate) fn of(problem: &Problem) -> Self {
        let (kind, title) = problem.kind.named();
        Self { kind, title, status: problem.kind.status().as_u16(), detail: problem.detail.clone() }
    }
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), again_in_secs: None, length: None }
    }

    /// There is nothing, or nothing that this account may see: the answer is the same.
    pub(crate) fn not_found() -> Self {
        Self::new(Kind::NotFound, "what the address names is not there, or not to be seen by the account of this token")
    }

    /// As it is sent.
    pub(crate) fn body(&self) -> Vec<u8> {
        serde_json::to_vec(&Told::of(self)).expect("internal error: a problem is plain data")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let kept = [(header::CONTENT_TYPE, MEDIA_TYPE)];
        let mut response = (self.kind.status(), kept, self.body()).into_response();
        let headers = response.headers_mut();
        if let Some(secs) = self.again_in_secs {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        if let Some(length) = self.length {
            let whole = HeaderValue::from_str(&format!("bytes */{length}"));
            headers.insert(header::CONTENT_RANGE, whole.expect("internal error: digits are a header"));
        }
        match self.kind {
            Kind::NoToken => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"postlink\""));
            }
            Kind::WrongToken => {
                let value = "Bearer realm=\"postlink\", error=\"invalid_token\"";
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(value));
            }
            _ => {}
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "A request of the API could not be answered");
        Self::new(Kind::Broken, "the log of the program says what; try again later")
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => error.into(),
            Failure::NotFound => Self::not_found(),
            Failure::Broken(error) => {
                tracing::error!(error, "A request of the API could not be answered");
                Self::new(Kind::Broken, "the log of the program says what; try again later")
            }
            refused @ Failure::Bad(..) => Self::new(Kind::Unprocessable, refused.to_string()),
            other => Self::new(Kind::NoScope, other.to_string()),
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(
            Kind::BadRequest,
            told(&rejection.body_text(), "Failed to deserialize query string: ", "query parameter"),
        )
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        let text = rejection.body_text();
        let field = |text: &str| told(text, "Failed to deserialize the JSON body into the target type: ", "body");
        match rejection {
            JsonRejection::JsonDataError(_) => Self::new(Kind::Unprocessable, field(&text)),
            JsonRejection::JsonSyntaxError(_) => Self::new(Kind::BadRequest, text),
            JsonRejection::MissingJsonContentType(_) => {
                Self::new(Kind::NotJson, "send the body as JSON, and say so: Content-Type: application/json")
            }
            other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => Self::new(Kind::TooLarge, text),
            _ => Self::new(Kind::BadRequest, text),
        }
    }
}

/// A line that no postlink wrote.
pub(crate) fn damaged(case: &CaseId, error: &serde_json::Error) -> Problem {
    tracing::error!(case.id = %case, %error, "The line of case {case} is no JSON; run `postlink verify` on the folder");
    Problem::new(Kind::Broken, "what is kept of this case cannot be read: the log of the program says more")
}

/// What was refused, after what axum says before it.
fn told(text: &str, before: &str, what: &str) -> String {
    format!("{what} {}", text.strip_prefix(before).unwrap_or(text))
}
