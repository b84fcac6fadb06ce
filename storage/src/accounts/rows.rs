//! Rows of accounts, sessions and tokens, as both databases give them.

use chrono::{DateTime, Utc};
use model::account::Account;
use sqlx::FromRow;

use super::{Access, ApiToken, Secrets, Session, TokenHash, Version, Way};

#[derive(FromRow)]
pub(crate) struct AccountRow {
    name: String,
    role: String,
    tenant: String,
    platform: Option<String>,
    region: Option<String>,
    language: Option<String>,
    created_at: i64,
    disabled_at: Option<i64>,
    totp: i64,
    issuer_subject: Option<String>,
}

impl AccountRow {
    /// None where no postlink wrote it.
    pub(crate) fn account(self) -> Option<Account> {
        Some(Account {
            role: self.role.parse().ok()?,
            name: self.name,
            tenant: self.tenant,
            platform: self.platform,
            region: self.region,
            language: self.language,
            created_at: moment(self.created_at),
            disabled_at: self.disabled_at.map(moment),
            totp: self.totp != 0,
            issuer_subject: self.issuer_subject,
        })
    }
}

#[derive(FromRow)]
pub(crate) struct SecretsRow {
    password: Option<String>,
    totp_secret: Option<String>,
    totp_step: Option<i64>,
    version: i64,
}

impl From<SecretsRow> for Secrets {
    fn from(row: SecretsRow) -> Self {
        let SecretsRow { password, totp_secret, totp_step, version } = row;
        Self { password, totp: totp_secret, totp_step, version: Version(version) }
    }
}

#[derive(FromRow)]
pub(crate) struct SessionRow {
    hash: String,
    account: String,
    way: String,
    csrf: String,
    begun_at: i64,
    seen_at: i64,
    ends_at: i64,
    address: String,
    agent: String,
}

impl SessionRow {
    pub(crate) fn session(self) -> Option<Session> {
        Some(Session {
            hash: TokenHash(bytes(&self.hash)?),
            account: self.account,
            way: Way::of(&self.way)?,
            csrf: self.csrf,
            begun_at: moment(self.begun_at),
            seen_at: moment(self.seen_at),
            ends_at: moment(self.ends_at),
            address: self.address,
            agent: self.agent,
        })
    }
}

#[derive(FromRow)]
pub(crate) struct TokenRow {
    token_id: String,
    hash: String,
    account: String,
    purpose: String,
    scopes: String,
    made_at: i64,
    ends_at: Option<i64>,
    used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl TokenRow {
    pub(crate) fn token(self) -> Option<ApiToken> {
        Some(ApiToken {
            hash: TokenHash(bytes(&self.hash)?),
            id: self.token_id,
            account: self.account,
            name: self.purpose,
            scopes: self.scopes.split_whitespace().map(ToOwned::to_owned).collect(),
            created_at: moment(self.made_at),
            ends_at: self.ends_at.map(moment),
            used_at: self.used_at.map(moment),
            revoked_at: self.revoked_at.map(moment),
        })
    }
}

/// A row of one thing, and its account's.
#[derive(FromRow)]
pub(crate) struct Of<T> {
    #[sqlx(flatten)]
    pub(crate) what: T,
    #[sqlx(flatten)]
    pub(crate) account: AccountRow,
}

#[derive(FromRow)]
pub(crate) struct WithSecrets {
    #[sqlx(flatten)]
    pub(crate) account: AccountRow,
    #[sqlx(flatten)]
    pub(crate) secrets: SecretsRow,
}

#[derive(FromRow)]
pub(crate) struct AccessRow {
    number: i64,
    at: i64,
    who: String,
    role: String,
    action: String,
    object: String,
    address: String,
}

impl From<AccessRow> for Access {
    fn from(row: AccessRow) -> Self {
        let AccessRow { number, at, who, role, action, object, address } = row;
        Self { number: number.unsigned_abs(), at: moment(at), who, role, action, object, address }
    }
}

pub(crate) fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn bytes(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 2 * bytes.len() || !hex.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

fn moment(at: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at).unwrap_or_default()
}

/// What a stranger wrote, as both databases keep it: PostgreSQL takes no NUL, and nobody needs more than a line of it.
pub(crate) fn kept(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(500).collect()
}
