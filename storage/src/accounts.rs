//! Who may use the console and its API: accounts, sessions, tokens, who looked at what, and answers that are given once.
//!
//! Several processes serve one database: whatever must happen once is decided by it, in one statement or transaction.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use model::account::Account;
use sha2::{Digest as _, Sha256};

use crate::store::StoreError;

mod opened;
pub(crate) mod rows;
pub(crate) mod sql;

#[cfg(test)]
pub(crate) mod suite;

pub use opened::{DatabaseAccounts, FolderAccounts, OnlyAccounts, of_database, of_folder};

/// How long an answer stands for a request that comes again.
pub const ANSWERED: TimeDelta = TimeDelta::hours(24);

/// How long an answer may be under way: whoever was to give it is gone then, and the request may be made again.
pub const UNDER_WAY: TimeDelta = TimeDelta::minutes(10);

/// How long a login that failed is known.
pub const FAILED: TimeDelta = TimeDelta::hours(24);

/// Accounts and what hangs on them. Its promises are the tests in `accounts/suite.rs`.
pub trait Accounts: Send + Sync {
    /// Adds an account; false where its name is taken, or its foreign identity.
    fn add_account(
        &self,
        account: &Account,
        secrets: &Secrets,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    fn account(&self, name: &str) -> impl Future<Output = Result<Option<(Account, Secrets)>, StoreError>> + Send;

    /// The account of an identity that is kept elsewhere.
    fn account_of_subject(
        &self,
        issuer_subject: &str,
    ) -> impl Future<Output = Result<Option<(Account, Secrets)>, StoreError>> + Send;

    /// All of them, by name.
    fn accounts(&self) -> impl Future<Output = Result<Vec<Account>, StoreError>> + Send;

    /// Puts this in place of the account of its name; false where there is none. Disabling it, another password or another
    /// identity ends its sessions with it. Steps that were used for its second factor stay used.
    ///
    /// Refuses where the account was changed since the secrets were read: [`StoreError::Overtaken`].
    fn change_account(
        &self,
        account: &Account,
        secrets: &Secrets,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Uses a step of the second factor; false where it, or a later one, was used before.
    fn use_totp(&self, name: &str, step: i64) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Gives an account these codes in place of those that it has: each stands in for its second factor once.
    fn renew_recovery_codes(
        &self,
        name: &str,
        codes: &[TokenHash],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Uses a code up; false where the account has none like it.
    fn use_recovery_code(&self, name: &str, code: &TokenHash) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// How many an account has left.
    fn recovery_codes_left(&self, name: &str) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Begins a session of an account as it was when whoever signs in was checked; false where it was changed since.
    fn begin_session(
        &self,
        session: &Session,
        checked: Version,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// A session that goes on, with its account; none where it has ended, or its account is disabled.
    fn session(
        &self,
        hash: &TokenHash,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Option<(Session, Account)>, StoreError>> + Send;

    fn seen_session(&self, hash: &TokenHash, now: DateTime<Utc>)
    -> impl Future<Output = Result<(), StoreError>> + Send;

    fn end_session(&self, hash: &TokenHash) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Ends the sessions of an account, all or all others; gives back how many.
    fn end_sessions_of(
        &self,
        account: &str,
        but: Option<&TokenHash>,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Those that go on, the latest first.
    fn sessions_of(
        &self,
        account: &str,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Vec<Session>, StoreError>> + Send;

    fn add_token(&self, token: &ApiToken) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// A token that is good, with its account; none where it has ended, was revoked, or its account is disabled.
    fn token(
        &self,
        hash: &TokenHash,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Option<(ApiToken, Account)>, StoreError>> + Send;

    fn used_token(&self, id: &str, now: DateTime<Utc>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// All tokens of an account, the oldest first.
    fn tokens_of(&self, account: &str) -> impl Future<Output = Result<Vec<ApiToken>, StoreError>> + Send;

    /// Revokes a token for good; false where the account has no such token that is not revoked.
    fn revoke_token(&self, account: &str, id: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Notes a login as one that failed before it is tried, whether there is such an account or not, and gives back its number;
    /// none, and nothing is noted, where as many failed as may. Of many at once no more go on than may. Those that are long past
    /// are forgotten.
    fn try_login(&self, tried: &Try, may: &MayFail) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// Forgets a login that was noted, and neither failed nor was of a name.
    fn forget_try(&self, number: u64) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Forgets the logins that failed under this name, after one that did not.
    fn forget_failed_logins(&self, name: &str) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Notes who did what: such notes are never changed, and never taken away.
    fn note_access(&self, access: &NewAccess) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Who did what, the latest first: to one object, by one account, and behind (before) a number.
    fn accesses(
        &self,
        object: Option<&str>,
        who: Option<&str>,
        behind: Option<u64>,
        most: u64,
    ) -> impl Future<Output = Result<Vec<Access>, StoreError>> + Send;

    /// Remembers the answer to a request that has this key; false where there is one already that is not over, or one is under way
    /// and may come yet ([`UNDER_WAY`]).
    fn remember_answer(
        &self,
        account: &str,
        key: &str,
        answer: &Remembered,
        at: DateTime<Utc>,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The answer that was given under this key since a moment.
    fn remembered_answer(
        &self,
        account: &str,
        key: &str,
        since: DateTime<Utc>,
    ) -> impl Future<Output = Result<Option<Remembered>, StoreError>> + Send;

    /// Puts the answer itself where [`Accounts::remember_answer`] noted, by the status 0, that one is under way.
    fn settle_answer(
        &self,
        account: &str,
        key: &str,
        answer: &Remembered,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Forgets that an answer is under way, where none will come; one that was given stays.
    fn forget_answer(&self, account: &str, key: &str) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Forgets sessions, failed logins and answers that are over; gives back how many.
    fn tidy_accounts(&self, now: DateTime<Utc>) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

/// What proves that somebody is who they say; none of it is ever shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// A PHC string (argon2id); none where nobody signs in by password.
    pub password: Option<String>,
    /// The secret of the second factor, base32.
    pub totp: Option<String>,
    /// The last step that was used: none is used twice.
    pub totp_step: Option<i64>,
    /// Of the account as it was read with these; a new one has the first.
    pub version: Version,
}

/// Tells an account from what it was before it was changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version(pub(crate) i64);

/// How somebody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Password,
    /// By an identity that is kept elsewhere.
    Provider,
}

impl Way {
    const ALL: [Self; 2] = [Self::Password, Self::Provider];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Provider => "provider",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.word() == word)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |secret: &Option<String>| secret.as_ref().map(|_| "…");
        f.debug_struct("Secrets")
            .field("password", &told(&self.password))
            .field("totp", &told(&self.totp))
            .field("totp_step", &self.totp_step)
            .field("version", &self.version)
            .finish()
    }
}

/// The SHA-256 of a secret, which itself is kept nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret).into())
    }

    pub fn hex(&self) -> String {
        rows::hex(&self.0)
    }
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub hash: TokenHash,
    pub account: String,
    pub way: Way,
    /// What a form must send along.
    pub csrf: String,
    pub begun_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub address: String,
    /// As the browser calls itself.
    pub agent: String,
}

/// By which a program uses the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Names it to people; no secret.
    pub id: String,
    pub hash: TokenHash,
    pub account: String,
    /// What it is for.
    pub name: String,
    /// Of `model::account::SCOPES`.
    pub scopes: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub ends_at: Option<DateTime<Utc>>,
    pub used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A login that is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// As it was given.
    pub name: String,
    /// From where: an address, or the network that it is one of.
    pub from: String,
    pub at: DateTime<Utc>,
}

/// How many logins may fail since a moment before no more are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MayFail {
    pub since: DateTime<Utc>,
    /// Of one name from one place.
    pub of_both: u64,
    /// Of one name from anywhere.
    pub of_name: u64,
    /// From one place.
    pub from_place: u64,
}

/// Who does what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccess {
    pub at: DateTime<Utc>,
    pub who: String,
    pub role: String,
    /// `view`, `export`, `verify`, `decide`, `login`, …
    pub action: String,
    /// What it was done to: a case's id, a file, an account.
    pub object: String,
    pub address: String,
}

/// Who did what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Grows; some may be left out.
    pub number: u64,
    pub at: DateTime<Utc>,
    pub who: String,
    pub role: String,
    pub action: String,
    pub object: String,
    pub address: String,
}

/// An answer that stands for the same request when it comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The hash of method, path and body.
    pub request: [u8; 32],
    /// 0 while it is under way.
    pub status: u16,
    pub body: Vec<u8>,
}
