//! How often somebody may try to prove who they are: of one name from one network seldom, of one name from anywhere not often, and
//! of any names from one network not often either.

use axum::http::HeaderMap;
use chrono::TimeDelta;
use storage::accounts::{Accounts as _, MayFail, Try};

use super::{cookies, looks};
use crate::app::App;
use crate::stored::ask;
use crate::vault::Sealed;
use crate::web::failure::Failure;

/// Tries that failed are counted for so long. Minutes.
const COUNTED: i64 = 15;
/// So many, and no more are let through for a while.
const OF_BOTH: u64 = 10;
const OF_NAME: u64 = 30;
const FROM_PLACE: u64 = 50;

/// The cookie of a browser in which somebody signed in before.
const KNOWN: &str = "postlink_known";
/// For so long. Days.
const KNOWN_FOR: i64 = 180;

/// What is tried.
pub(crate) enum Tried<'a> {
    /// A name and a password. Strangers may try one's name in vain as often as they like: a browser that is known is let through.
    Login { name: &'a str, known: bool },
    /// A password, given again by somebody who is signed in.
    Again(&'a str),
    /// Coming back from an identity provider, which knows whom.
    Provider,
}

impl Tried<'_> {
    /// Under which it is counted: what is tried in one way counts in no other.
    fn name(&self) -> String {
        match self {
            Self::Login { name, .. } => format!("login {name}"),
            Self::Again(name) => format!("again {name}"),
            Self::Provider => String::new(),
        }
    }

    fn may_fail(&self) -> (u64, u64) {
        match self {
            Self::Login { known: false, .. } | Self::Again(_) => (OF_BOTH, OF_NAME),
            Self::Login { known: true, .. } => (OF_BOTH, u64::MAX),
            Self::Provider => (u64::MAX, u64::MAX),
        }
    }
}

/// Notes that it is tried, before it is: refuses those who have tried too often, whatever they try now. Gives back its number.
pub(crate) async fn noted(app: &App, tried: &Tried<'_>, address: &str) -> Result<u64, Failure> {
    let at = (app.clock)();
    let (of_both, of_name) = tried.may_fail();
    let may = MayFail { since: at - TimeDelta::minutes(COUNTED), of_both, of_name, from_place: FROM_PLACE };
    let tried = Try { name: tried.name(), from: looks::network(address), at };
    let number = ask!(app.stored, store => store.try_login(&tried, &may).await)?;
    number.ok_or(Failure::TooMany { again_in_secs: COUNTED.unsigned_abs() * 60 })
}

/// It succeeded: what failed before is forgotten.
pub(crate) async fn succeeded(app: &App, tried: &Tried<'_>, number: u64) -> Result<(), Failure> {
    Ok(match tried {
        Tried::Provider => ask!(app.stored, store => store.forget_try(number).await),
        named => ask!(app.stored, store => store.forget_failed_logins(&named.name()).await),
    }?)
}

/// Nobody looked whether it was right.
pub(crate) async fn passed_over(app: &App, number: u64) -> Result<(), Failure> {
    Ok(ask!(app.stored, store => store.forget_try(number).await)?)
}

/// The cookie by which this browser is known later; none where no key can be had for it.
pub(crate) fn known_cookie(app: &App, name: &str) -> Option<String> {
    let sealed = app.vault.seal(&Sealed::Browser(name.to_owned()), name).ok()?;
    Some(cookies::keep(app, KNOWN, sealed, Some(60 * 60 * 24 * KNOWN_FOR)))
}

/// Whether somebody signed in by this name in this browser before.
pub(crate) fn is_known(app: &App, headers: &HeaderMap, name: &str) -> bool {
    let opened = |kept: String| app.vault.open(&Sealed::Browser(name.to_owned()), &kept).ok();
    // What was never sealed comes back as it is: it is no proof.
    let kept = cookies::given(app, headers, KNOWN).filter(|kept| crate::vault::Vault::is_sealed(kept));
    kept.and_then(opened).is_some_and(|opened| opened == name)
}
