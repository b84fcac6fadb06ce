-- Webhooks that people made: each is told of what its account sees. Times are milliseconds since 1970, UTC.
CREATE TABLE webhooks (
    webhook_id TEXT   NOT NULL PRIMARY KEY,
    account    TEXT   NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    url        TEXT   NOT NULL,
    kinds      TEXT   NOT NULL,
    secret     TEXT   NOT NULL,
    earlier    TEXT,
    turned_at  BIGINT,
    made_at    BIGINT NOT NULL
);

COMMENT ON TABLE  webhooks            IS 'Webhooks that people made: each is told of what its account sees.';
COMMENT ON COLUMN webhooks.webhook_id IS 'Its destination among the deliveries.';
COMMENT ON COLUMN webhooks.account    IS 'Who made it, and whose sight it has.';
COMMENT ON COLUMN webhooks.url        IS 'Where it is told.';
COMMENT ON COLUMN webhooks.kinds      IS 'Of events, with spaces between; empty: all.';
COMMENT ON COLUMN webhooks.secret     IS 'whsec_…: signs each message, and is needed to sign.';
COMMENT ON COLUMN webhooks.earlier    IS 'The one before it, which signs for a day more.';
COMMENT ON COLUMN webhooks.turned_at  IS 'When the one followed the other; milliseconds since 1970, UTC.';
COMMENT ON COLUMN webhooks.made_at    IS 'Milliseconds since 1970, UTC.';

CREATE INDEX webhooks_by_account ON webhooks (account);
