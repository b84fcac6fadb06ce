-- Time stamps: each digest once, waiting until an authority has stamped it.
CREATE TABLE stamps (
    number     BIGINT      NOT NULL PRIMARY KEY,
    digest     TEXT        NOT NULL,
    what       TEXT        NOT NULL,
    state      TEXT        NOT NULL CHECK (state IN ('waiting', 'stamped', 'failed')),
    wanted_at  TIMESTAMPTZ NOT NULL,
    tries      BIGINT      NOT NULL,
    next_try   TIMESTAMPTZ NOT NULL,
    trouble    TEXT,
    authority  TEXT,
    response   BYTEA,
    stamped_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ,
    UNIQUE (digest, what)
);

COMMENT ON TABLE  stamps            IS 'Time stamps: each digest once, waiting until an authority has stamped it.';
COMMENT ON COLUMN stamps.number     IS '1, 2, 3, … in the order of asking.';
COMMENT ON COLUMN stamps.digest     IS 'sha256:<hex> of what is stamped.';
COMMENT ON COLUMN stamps.what       IS 'capture, package, checkpoint or restamp.';
COMMENT ON COLUMN stamps.state      IS 'waiting, stamped or failed.';
COMMENT ON COLUMN stamps.wanted_at  IS 'When it was asked for first.';
COMMENT ON COLUMN stamps.tries      IS 'How often an authority was asked.';
COMMENT ON COLUMN stamps.next_try   IS 'When to ask again.';
COMMENT ON COLUMN stamps.trouble    IS 'Why the last try failed.';
COMMENT ON COLUMN stamps.authority  IS 'The address of the one that stamped.';
COMMENT ON COLUMN stamps.response   IS 'Its whole answer, DER: what openssl ts -verify -in reads.';
COMMENT ON COLUMN stamps.stamped_at IS 'The time in the stamp.';
COMMENT ON COLUMN stamps.expires_at IS 'Until when the certificate of the authority is good.';

CREATE INDEX stamps_waiting ON stamps (next_try) WHERE state = 'waiting';
