-- Webhooks that people made: each is told of what its account sees. Times are milliseconds since 1970, UTC.
CREATE TABLE webhooks (
    webhook_id TEXT    NOT NULL PRIMARY KEY, -- its destination among the deliveries
    account    TEXT    NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    url        TEXT    NOT NULL,
    kinds      TEXT    NOT NULL,             -- of events, with spaces between; empty: all
    secret     TEXT    NOT NULL,             -- whsec_…: signs each message, and is needed to sign
    earlier    TEXT,                         -- the one before it, which signs for a day more
    turned_at  INTEGER,                      -- when the one followed the other
    made_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX webhooks_by_account ON webhooks (account);
