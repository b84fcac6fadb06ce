-- Who may use the console and its API. Times are milliseconds since 1970, UTC.
CREATE TABLE accounts (
    name           TEXT    NOT NULL PRIMARY KEY,
    role           TEXT    NOT NULL CHECK (role IN ('platform', 'advertiser', 'regulator', 'admin')),
    tenant         TEXT    NOT NULL, -- an advertiser's id on its platform, a platform's id, or * for all platforms
    platform       TEXT,             -- an advertiser's; null where its id is its own on all
    language       TEXT,             -- zh-CN or en; null: as the browser asks for
    created_at     INTEGER NOT NULL,
    disabled_at    INTEGER,          -- since then nobody signs in as it
    totp           INTEGER NOT NULL, -- 1 once a second factor is set up
    issuer_subject TEXT    UNIQUE,   -- an identity that is kept elsewhere: issuer, space, subject
    password       TEXT,             -- PHC string, argon2id
    totp_secret    TEXT,             -- of the second factor, base32
    totp_step      INTEGER           -- the last step that was used
) STRICT, WITHOUT ROWID;

-- Browsers that are signed in.
CREATE TABLE sessions (
    hash     TEXT    NOT NULL PRIMARY KEY, -- hex of SHA-256 of the secret that the browser holds
    account  TEXT    NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    csrf     TEXT    NOT NULL,             -- what a form must send along
    begun_at INTEGER NOT NULL,
    seen_at  INTEGER NOT NULL,
    ends_at  INTEGER NOT NULL,
    address  TEXT    NOT NULL,             -- from where it was begun
    agent    TEXT    NOT NULL              -- as the browser calls itself
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_account ON sessions (account);
CREATE INDEX sessions_by_end ON sessions (ends_at);

-- By which programs use the API.
CREATE TABLE tokens (
    token_id   TEXT    NOT NULL PRIMARY KEY, -- names it to people; no secret
    hash       TEXT    NOT NULL UNIQUE,      -- hex of SHA-256 of the secret
    account    TEXT    NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    purpose    TEXT    NOT NULL,             -- what it is for
    scopes     TEXT    NOT NULL,             -- with spaces between
    made_at    INTEGER NOT NULL,
    ends_at    INTEGER,                      -- null: never
    used_at    INTEGER,                      -- last
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX tokens_by_account ON tokens (account);

-- Logins that failed, of names that there are and of others.
CREATE TABLE failed_logins (
    number    INTEGER NOT NULL PRIMARY KEY,
    name      TEXT    NOT NULL, -- as it was given
    address   TEXT    NOT NULL,
    failed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX failed_logins_by_name ON failed_logins (name, failed_at);
CREATE INDEX failed_logins_by_address ON failed_logins (address, failed_at);
CREATE INDEX failed_logins_by_time ON failed_logins (failed_at);
