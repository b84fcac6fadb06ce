//! What is sent again with the same `Idempotency-Key` is done once, and answered alike.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use storage::accounts::{ANSWERED, Accounts as _, Remembered};

use super::document::{Answer, Operation, Part};
use super::problem::{self, Kind, Problem};
use crate::app::App;
use crate::stored::ask;

/// The header, as draft-ietf-httpapi-idempotency-key-header names it.
const KEY: &str = "idempotency-key";
/// Says that this answer was given before.
const BEFORE: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Characters of a key.
const LONGEST: usize = 255;
/// In place of the status, while it is under way.
const UNDER_WAY: u16 = 0;
/// When to ask again for what is under way. Seconds.
const AGAIN: u64 = 1;

/// By what a request says that it is the same, where it says so.
pub(crate) struct Once {
    key: Option<String>,
    /// Method and path.
    asked: String,
}

/// A request, and the key by which it may come again.
pub(crate) struct Keyed {
    key: Option<String>,
    request: [u8; 32],
}

impl Once {
    /// With everything that was sent.
    pub(crate) fn request(self, sent: &impl Serialize) -> Keyed {
        let sent = serde_json::to_vec(sent).expect("internal error: what was read is plain data");
        let mut hash = Sha256::new();
        hash.update(&self.asked);
        hash.update([0]);
        hash.update(sent);
        Keyed { key: self.key, request: hash.finalize().into() }
    }
}

impl FromRequestParts<Arc<App>> for Once {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Problem> {
        let asked = format!("{} {}", parts.method, parts.uri.path());
        let Some(key) = parts.headers.get(KEY) else { return Ok(Self { key: None, asked }) };
        let plain = |byte: &u8| byte.is_ascii_graphic();
        let key = key.as_bytes();
        if key.is_empty() || key.len() > LONGEST || !key.iter().all(plain) {
            let detail = format!(
                "the header Idempotency-Key is 1 to {LONGEST} characters of ASCII without a space: a UUID will do"
            );
            return Err(Problem::new(Kind::BadRequest, detail));
        }
        Ok(Self { key: Some(String::from_utf8_lossy(key).into_owned()), asked })
    }
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is there for the document")]
struct Header {
    /// Names this request: sent again with it, it is done once and answered alike for 24 hours.
    #[schemars(rename = "Idempotency-Key", length(min = 1, max = 255), regex(pattern = "^[!-~]+$"))]
    #[schemars(example = "f1d2c3b4-0001")]
    key: Option<String>,
}

impl Part for Once {
    fn tell(operation: &mut Operation<'_>) {
        operation.parameters::<Header>("header");
        for kind in [Kind::UnderWay, Kind::KeyReused, Kind::BadRequest] {
            operation.problem(kind);
        }
    }
}

/// An answer as it was given, now or before.
pub(crate) struct Done<T, const STATUS: u16 = 201> {
    status: StatusCode,
    body: Vec<u8>,
    before: bool,
    of: PhantomData<T>,
}

impl<T, const STATUS: u16> IntoResponse for Done<T, STATUS> {
    fn into_response(self) -> Response {
        let is_problem = self.status.is_client_error();
        let media_type = if is_problem { problem::MEDIA_TYPE } else { "application/json" };
        let mut response = (self.status, [(header::CONTENT_TYPE, media_type)], self.body).into_response();
        if self.before {
            response.headers_mut().insert(BEFORE, HeaderValue::from_static("true"));
        }
        response
    }
}

impl<T: JsonSchema, const STATUS: u16> Answer for Done<T, STATUS> {
    fn tell(operation: &mut Operation<'_>) {
        let status = Self::status();
        operation.answers::<T>(status, "It is done.");
        operation.header(status, "Idempotent-Replayed", "`true` where it was done before, by the same key.");
    }
}

/// Does something once for a key of an account; without a key, each time. It is done to its end even where whoever asked is gone.
pub(crate) async fn once<T: Serialize + Send + 'static, const STATUS: u16>(
    app: Arc<App>,
    account: String,
    keyed: Keyed,
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<Done<T, STATUS>, Problem> {
    let key = keyed.key.clone().map(|key| (Arc::clone(&app), account.clone(), key));
    let done = tokio::spawn(async move {
        let Keyed { key: Some(key), request } = keyed else { return work.await.map(Done::of) };
        let now = (app.clock)();
        let begun = Remembered { request, status: UNDER_WAY, body: Vec::new() };
        if !ask!(app.stored, store => store.remember_answer(&account, &key, &begun, now).await)? {
            let known = ask!(app.stored, store => store.remembered_answer(&account, &key, now - ANSWERED).await)?;
            return before(known, request);
        }
        let answered = match work.await {
            Ok(given) => Done::of(given),
            // What is wrong here may be right later: the same request may then be made again.
            Err(problem) if problem.kind == Kind::Broken => {
                ask!(app.stored, store => store.forget_answer(&account, &key).await)?;
                return Err(problem);
            }
            Err(problem) => {
                Done { status: problem.kind.status(), body: problem.body(), before: false, of: PhantomData }
            }
        };
        let answer = Remembered { request, status: answered.status.as_u16(), body: answered.body.clone() };
        // It is done, whether or not that can be noted: who asks again is told for a while that it is under way.
        if let Err(error) = ask!(app.stored, store => store.settle_answer(&account, &key, &answer).await) {
            tracing::warn!(%error, "An answer could not be noted");
        }
        Ok(answered)
    });
    match done.await {
        Ok(done) => done,
        Err(_) => {
            // It broke off: the same request may be made again.
            if let Some((app, account, key)) = key {
                ask!(app.stored, store => store.forget_answer(&account, &key).await)?;
            }
            Err(Problem::new(Kind::Broken, "the log of the program says what"))
        }
    }
}

/// What is said to a request whose key came before.
fn before<T, const STATUS: u16>(known: Option<Remembered>, request: [u8; 32]) -> Result<Done<T, STATUS>, Problem> {
    match known {
        Some(known) if known.request != request => {
            let detail =
                "this Idempotency-Key came with another request within 24 hours: a new request needs a new key";
            Err(Problem::new(Kind::KeyReused, detail))
        }
        Some(known) if known.status != UNDER_WAY => {
            let status = StatusCode::from_u16(known.status).unwrap_or(StatusCode::OK);
            Ok(Done { status, body: known.body, before: true, of: PhantomData })
        }
        _ => {
            let detail = "the request that came with this Idempotency-Key is not done yet: send it again in a moment";
            Err(Problem { again_in_secs: Some(AGAIN), ..Problem::new(Kind::UnderWay, detail) })
        }
    }
}

impl<T, const STATUS: u16> Done<T, STATUS> {
    fn status() -> StatusCode {
        StatusCode::from_u16(STATUS).expect("internal error: it is a status")
    }

    fn of(given: T) -> Self
    where
        T: Serialize,
    {
        let body = serde_json::to_vec(&given).expect("internal error: an answer is plain data");
        Self { status: Self::status(), body, before: false, of: PhantomData }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyed() -> Keyed {
        Keyed { key: Some("one".into()), request: [7; 32] }
    }

    #[tokio::test]
    async fn what_broke_off_may_be_asked_for_again() {
        let (app, _store, _folder) = crate::app::tests::app().await;
        let breaks = async { panic!("a mistake of ours") };
        let broken: Result<Done<u64>, _> = once(Arc::clone(&app), "li".into(), keyed(), breaks).await;
        assert!(broken.is_err_and(|problem| problem.kind == Kind::Broken));
        let done: Done<u64> = once(app, "li".into(), keyed(), async { Ok(3) }).await.expect("is done");
        assert_eq!((done.status, done.body.as_slice(), done.before), (StatusCode::CREATED, &b"3"[..], false));
    }
}
