-- Who may use the console and its API. Times are milliseconds since 1970, UTC.
CREATE TABLE accounts (
    name           TEXT   NOT NULL PRIMARY KEY,
    role           TEXT   NOT NULL CHECK (role IN ('platform', 'advertiser', 'regulator', 'admin')),
    tenant         TEXT   NOT NULL,
    platform       TEXT,
    language       TEXT,
    created_at     BIGINT NOT NULL,
    disabled_at    BIGINT,
    totp           BIGINT NOT NULL,
    issuer_subject TEXT   UNIQUE,
    password       TEXT,
    totp_secret    TEXT,
    totp_step      BIGINT
);

COMMENT ON TABLE  accounts                IS 'Who may use the console and its API.';
COMMENT ON COLUMN accounts.name           IS 'By which it signs in.';
COMMENT ON COLUMN accounts.role           IS 'platform, advertiser, regulator or admin.';
COMMENT ON COLUMN accounts.tenant         IS 'An advertiser''s id on its platform, a platform''s id, or * for all platforms.';
COMMENT ON COLUMN accounts.platform       IS 'An advertiser''s; null where its id is its own on all.';
COMMENT ON COLUMN accounts.language       IS 'zh-CN or en; null: as the browser asks for.';
COMMENT ON COLUMN accounts.created_at     IS 'Milliseconds since 1970, UTC.';
COMMENT ON COLUMN accounts.disabled_at    IS 'Since then nobody signs in as it; milliseconds since 1970, UTC.';
COMMENT ON COLUMN accounts.totp           IS '1 once a second factor is set up.';
COMMENT ON COLUMN accounts.issuer_subject IS 'An identity that is kept elsewhere: issuer, space, subject.';
COMMENT ON COLUMN accounts.password       IS 'PHC string, argon2id.';
COMMENT ON COLUMN accounts.totp_secret    IS 'Of the second factor, base32.';
COMMENT ON COLUMN accounts.totp_step      IS 'The last step that was used.';

-- Browsers that are signed in.
CREATE TABLE sessions (
    hash     TEXT   NOT NULL PRIMARY KEY,
    account  TEXT   NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    csrf     TEXT   NOT NULL,
    begun_at BIGINT NOT NULL,
    seen_at  BIGINT NOT NULL,
    ends_at  BIGINT NOT NULL,
    address  TEXT   NOT NULL,
    agent    TEXT   NOT NULL
) WITH (fillfactor = 80);

COMMENT ON TABLE  sessions          IS 'Browsers that are signed in.';
COMMENT ON COLUMN sessions.hash     IS 'Hex of SHA-256 of the secret that the browser holds.';
COMMENT ON COLUMN sessions.account  IS 'Who signed in.';
COMMENT ON COLUMN sessions.csrf     IS 'What a form must send along.';
COMMENT ON COLUMN sessions.begun_at IS 'Milliseconds since 1970, UTC.';
COMMENT ON COLUMN sessions.seen_at  IS 'When something was last asked for; milliseconds since 1970, UTC.';
COMMENT ON COLUMN sessions.ends_at  IS 'Milliseconds since 1970, UTC.';
COMMENT ON COLUMN sessions.address  IS 'From where it was begun.';
COMMENT ON COLUMN sessions.agent    IS 'As the browser calls itself.';

CREATE INDEX sessions_by_account ON sessions (account);
CREATE INDEX sessions_by_end ON sessions (ends_at);

-- By which programs use the API.
CREATE TABLE tokens (
    token_id   TEXT   NOT NULL PRIMARY KEY,
    hash       TEXT   NOT NULL UNIQUE,
    account    TEXT   NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    purpose    TEXT   NOT NULL,
    scopes     TEXT   NOT NULL,
    made_at    BIGINT NOT NULL,
    ends_at    BIGINT,
    used_at    BIGINT,
    revoked_at BIGINT
) WITH (fillfactor = 80);

COMMENT ON TABLE  tokens            IS 'By which programs use the API.';
COMMENT ON COLUMN tokens.token_id   IS 'Names it to people; no secret.';
COMMENT ON COLUMN tokens.hash       IS 'Hex of SHA-256 of the secret.';
COMMENT ON COLUMN tokens.account    IS 'Whose it is.';
COMMENT ON COLUMN tokens.purpose    IS 'What it is for.';
COMMENT ON COLUMN tokens.scopes     IS 'What it may be used for, with spaces between.';
COMMENT ON COLUMN tokens.made_at    IS 'Milliseconds since 1970, UTC.';
COMMENT ON COLUMN tokens.ends_at    IS 'Milliseconds since 1970, UTC; null: never.';
COMMENT ON COLUMN tokens.used_at    IS 'Last; milliseconds since 1970, UTC.';
COMMENT ON COLUMN tokens.revoked_at IS 'Milliseconds since 1970, UTC.';

CREATE INDEX tokens_by_account ON tokens (account);

-- Logins that failed, of names that there are and of others.
CREATE TABLE failed_logins (
    number    BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name      TEXT   NOT NULL,
    address   TEXT   NOT NULL,
    failed_at BIGINT NOT NULL
);

COMMENT ON TABLE  failed_logins           IS 'Logins that failed, of names that there are and of others.';
COMMENT ON COLUMN failed_logins.number    IS 'Tells one from another.';
COMMENT ON COLUMN failed_logins.name      IS 'As it was given.';
COMMENT ON COLUMN failed_logins.address   IS 'From where.';
COMMENT ON COLUMN failed_logins.failed_at IS 'Milliseconds since 1970, UTC.';

CREATE INDEX failed_logins_by_name ON failed_logins (name, failed_at);
CREATE INDEX failed_logins_by_address ON failed_logins (address, failed_at);
CREATE INDEX failed_logins_by_time ON failed_logins (failed_at);
