-- Time stamps: each digest once, waiting until an authority has stamped it.
CREATE TABLE stamps (
    number     INTEGER NOT NULL PRIMARY KEY, -- 1, 2, 3, … in the order of asking
    digest     TEXT    NOT NULL,             -- sha256:<hex> of what is stamped
    what       TEXT    NOT NULL,             -- capture, package, checkpoint or restamp
    state      TEXT    NOT NULL CHECK (state IN ('waiting', 'stamped', 'failed')),
    wanted_at  TEXT    NOT NULL,             -- RFC 3339, UTC
    tries      INTEGER NOT NULL,             -- how often an authority was asked
    next_try   TEXT    NOT NULL,             -- when to ask again, RFC 3339, UTC
    trouble    TEXT,                         -- why the last try failed
    authority  TEXT,                         -- the address of the one that stamped
    response   BLOB,                         -- its whole answer, DER: what openssl ts -verify -in reads
    stamped_at TEXT,                         -- the time in the stamp, RFC 3339, UTC
    expires_at TEXT,                         -- until when the certificate of the authority is good
    UNIQUE (digest, what)
) STRICT;

CREATE INDEX stamps_waiting ON stamps (next_try) WHERE state = 'waiting';
