//! The program that asks: by its token, for what the token is.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use model::account::{Account, Role, Sight};
use storage::accounts::{Accounts as _, ApiToken, NewAccess, TokenHash};

use super::document::{Operation, Part};
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::auth::looks;
use crate::stored::ask;

/// A token that is used is written down as used this often. Seconds.
const NOTED_EVERY: i64 = 60;
/// A token is shorter. Bytes.
const LONGEST: usize = 200;

/// What an endpoint asks of a token.
pub(crate) trait Scope: Send + Sync {
    /// Of `model::account::SCOPES`; none: any token will do.
    const WORD: Option<&'static str>;
}

macro_rules! scopes {
    ($($name:ident: $word:expr),* $(,)?) => {
        $(
            pub(crate) struct $name;
            impl Scope for $name {
                const WORD: Option<&'static str> = $word;
            }
        )*
    };
}

scopes! {
    Any: None,
    Read: Some("read"),
    Decide: Some("decide"),
    Sweeps: Some("sweeps"),
    Export: Some("export"),
    Hear: Some("hearing"),
    Webhooks: Some("webhooks"),
}

/// Whoever asks, with a token that is for this.
pub(crate) struct Caller<S> {
    known: Known,
    scope: PhantomData<S>,
}

/// A token that is good, as [`known`] found it.
#[derive(Clone)]
struct Known {
    account: Account,
    token: ApiToken,
    /// From where this request came.
    address: String,
}

impl<S> Caller<S> {
    pub(crate) fn account(&self) -> &Account {
        &self.known.account
    }

    pub(crate) fn token(&self) -> &ApiToken {
        &self.known.token
    }

    /// Which ads this account sees: every question to the store carries it.
    pub(crate) fn sight(&self) -> Sight {
        self.known.account.sight()
    }

    /// Refuses what is not for this role, whatever the token may do.
    pub(crate) fn must_be(&self, roles: &[Role]) -> Result<(), Problem> {
        let role = self.known.account.role;
        if role == Role::Admin || roles.contains(&role) {
            return Ok(());
        }
        let words = roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(" or ");
        Err(Problem::new(
            Kind::NoScope,
            format!("this is for the role {words}, and the token's account is {}", role.word()),
        ))
    }

    /// Writes down what was done and is not undone, even where that cannot be written down: the log of the program says it then.
    pub(crate) async fn note_done(&self, app: &App, action: &str, object: &str) {
        if self.note(app, action, object).await.is_err() {
            tracing::warn!("What was done could not be written down: {action}");
        }
    }

    /// Writes down what was looked at or done.
    pub(crate) async fn note(&self, app: &App, action: &str, object: &str) -> Result<(), Problem> {
        let access = NewAccess {
            at: (app.clock)(),
            who: self.known.account.name.clone(),
            role: self.known.account.role.word().to_owned(),
            action: action.to_owned(),
            object: object.to_owned(),
            address: self.known.address.clone(),
        };
        Ok(ask!(app.stored, store => store.note_access(&access).await)?)
    }
}

impl<S: Scope> FromRequestParts<Arc<App>> for Caller<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Problem> {
        let known = parts.extensions.get::<Known>().cloned().ok_or_else(without)?;
        if let Some(scope) = S::WORD {
            // An account whose role has changed since has tokens with scopes that are not for it any more.
            let has = known.token.scopes.iter().any(|its| its == scope);
            if !has || !known.account.role.scopes().contains(&scope) {
                let detail = format!(
                    "this needs a token with the scope `{scope}`, and token {} has {}: make another with `postlink token create`",
                    known.token.id,
                    known.token.scopes.join(", ")
                );
                return Err(Problem::new(Kind::NoScope, detail));
            }
        }
        Ok(Self { known, scope: PhantomData })
    }
}

impl<S: Scope> Part for Caller<S> {
    fn tell(operation: &mut Operation<'_>) {
        operation.needs_token(S::WORD);
        operation.problem(Kind::NoToken);
        if S::WORD.is_some() {
            operation.problem(Kind::NoScope);
        }
        operation.problem(Kind::TooMany);
    }
}

/// Lets requests through that come with a good token, as many of them as may be. Of a token that was not good before, and of an
/// address from which too many came that are not, the database is asked nothing.
pub(crate) async fn known(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let (address, now) = (looks::address(&app, &parts), (app.clock)());
    let theirs = format!("address {}", looks::network(&address));
    let token = given(&parts);
    let its = token.as_ref().map(|hash| format!("token {}", hash.hex())).unwrap_or_default();
    let asked = if app.limits.knows(&its) { &its } else { &theirs };
    let found = match token {
        _ if !app.limits.look(asked, now).goes_on => Err(without()),
        Err(problem) => Err(problem),
        Ok(hash) => found(&app, &hash, &address).await,
    };
    let left = app.limits.take(if found.is_ok() { &its } else { asked }, now);
    let mut response = match found {
        _ if !left.goes_on => too_many(left.more_in_secs).into_response(),
        Err(problem) => problem.into_response(),
        Ok(known) => {
            parts.extensions.insert(known);
            next.run(Request::from_parts(parts, body)).await
        }
    };
    left.tell(response.headers_mut());
    response
}

/// The token that a request comes with.
fn given(parts: &Parts) -> Result<TokenHash, Problem> {
    let said = parts.headers.get(header::AUTHORIZATION).ok_or_else(without)?;
    let secret = said.to_str().ok().and_then(|said| {
        let (scheme, secret) = said.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
    });
    let secret = secret.filter(|secret| !secret.is_empty() && secret.len() < LONGEST).ok_or_else(without)?;
    Ok(TokenHash::of(secret))
}

async fn found(app: &App, hash: &TokenHash, address: &str) -> Result<Known, Problem> {
    let now = (app.clock)();
    let (token, account) = ask!(app.stored, store => store.token(hash, now).await)?.ok_or_else(|| {
        let detail = "this token was never given out, has ended or was revoked, or its account is disabled: make another with \
            `postlink token create`";
        Problem::new(Kind::WrongToken, detail)
    })?;
    if token.used_at.is_none_or(|used| (now - used).num_seconds() >= NOTED_EVERY) {
        ask!(app.stored, store => store.used_token(&token.id, now).await)?;
    }
    Ok(Known { account, token, address: address.to_owned() })
}

fn without() -> Problem {
    let detail = "send a token: `Authorization: Bearer plk_…`; `postlink token create` makes one";
    Problem::new(Kind::NoToken, detail)
}

fn too_many(again_in_secs: u64) -> Problem {
    let detail =
        format!("this was one request too many: try again in {again_in_secs} s, and see the header RateLimit before");
    Problem { again_in_secs: Some(again_in_secs), ..Problem::new(Kind::TooMany, detail) }
}
