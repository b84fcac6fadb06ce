//! A person who is signed in.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::{Method, request::Parts};
use model::account::{Account, Role, Sight};
use storage::accounts::{Accounts as _, NewAccess, Session, TokenHash, Way};
use storage::previews::Maker;

use super::{cookies, looks, secret};
use crate::app::App;
use crate::page::Frame;
use crate::stored::ask;
use crate::web::failure::Failure;

/// The cookie of a session.
pub(crate) const SESSION: &str = "postlink_session";
/// A session that is used is written down as used this often. Seconds.
const NOTED_EVERY: i64 = 60;

/// Whoever is signed in, with the session.
pub(crate) struct Person {
    pub(crate) account: Account,
    pub(crate) session: Session,
    pub(crate) hash: TokenHash,
    /// From where this request came.
    pub(crate) address: String,
    frame: Frame,
}

/// What there is for those who have to set up a second factor first.
const BEFORE: [&str; 3] = ["/account", "/account/factor", "/logout"];

/// Who came by an identity provider has shown there whatever it asks for.
fn lacks_factor(session: &Session, account: &Account) -> bool {
    session.way == Way::Password && !account.totp
}

impl FromRequestParts<Arc<App>> for Person {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        // After signing in one comes back to a page, and to nothing that was sent.
        let here = || parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
        let back = || Failure::SignIn(if parts.method == Method::GET { here() } else { String::new() });
        let secret = cookies::given(app, &parts.headers, SESSION).ok_or_else(back)?;
        let (hash, now) = (secret::hash(&secret), (app.clock)());
        let (session, account) = ask!(app.stored, store => store.session(&hash, now).await)?.ok_or_else(back)?;
        let unused = (now - session.seen_at).num_seconds();
        if unused > i64::try_from(app.settings.idle_secs).unwrap_or(i64::MAX) {
            ask!(app.stored, store => store.end_session(&hash).await)?;
            return Err(back());
        }
        if unused >= NOTED_EVERY {
            ask!(app.stored, store => store.seen_session(&hash, now).await)?;
        }
        if app.settings.factor_required && lacks_factor(&session, &account) && !BEFORE.contains(&parts.uri.path()) {
            return Err(Failure::Factor);
        }
        let address = looks::address(app, parts);
        let mut person = Self { account, session, hash, address, frame: Frame::default() };
        person.frame = looks::frame(parts, Some(&person));
        Ok(person)
    }
}

impl Person {
    pub(crate) fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Which ads this account sees: every question to the store carries it.
    pub(crate) fn sight(&self) -> Sight {
        self.account.sight()
    }

    /// As whom previews are made, and seen.
    pub(crate) fn maker(&self) -> Maker {
        Maker { role: self.account.role, sight: self.sight() }
    }

    /// Whether nothing else is shown before a second factor is set up.
    pub(crate) fn must_set_up(&self, app: &App) -> bool {
        app.settings.factor_required && lacks_factor(&self.session, &self.account)
    }

    /// Refuses accounts of other roles; an administrator is of every one.
    pub(crate) fn must_be(&self, roles: &[Role]) -> Result<(), Failure> {
        let role = self.account.role;
        if role == Role::Admin || roles.contains(&role) { Ok(()) } else { Err(Failure::Forbidden) }
    }

    /// Writes down what was looked at or done.
    pub(crate) async fn note(&self, app: &App, action: &str, object: &str) -> Result<(), Failure> {
        let access = NewAccess {
            at: (app.clock)(),
            who: self.account.name.clone(),
            role: self.account.role.word().to_owned(),
            action: action.to_owned(),
            object: object.to_owned(),
            address: self.address.clone(),
        };
        Ok(ask!(app.stored, store => store.note_access(&access).await)?)
    }
}
