-- The log: what was sealed, decided and deleted, in order. Its root is that of RFC 6962; nothing in it is ever changed.
CREATE TABLE log (
    leaf_index INTEGER NOT NULL PRIMARY KEY, -- 0, 1, 2, … without a gap
    kind       TEXT    NOT NULL,             -- of the entry: case, decision, measure, deletion, restamp, key
    case_id    TEXT,                         -- of the entry, where it is about a case
    entry      TEXT    NOT NULL,             -- one line of JSON: the bytes that are hashed
    leaf_hash  TEXT    NOT NULL              -- hex of SHA-256 of a zero byte and the entry
) STRICT;

CREATE INDEX log_by_case ON log (case_id, leaf_index);
CREATE INDEX log_by_kind ON log (kind, leaf_index);

CREATE TRIGGER log_is_not_changed BEFORE UPDATE ON log
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;

CREATE TRIGGER log_is_not_shortened BEFORE DELETE ON log
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;

-- Checkpoints: how long the log was, and its root then.
CREATE TABLE checkpoints (
    number    INTEGER NOT NULL PRIMARY KEY, -- 1, 2, 3, … in the order of keeping
    size      INTEGER NOT NULL,             -- how many entries it stands for
    root      TEXT    NOT NULL,             -- hex
    is_signed INTEGER NOT NULL,             -- 1 when a key signed it, 0 when none was configured
    note      TEXT    NOT NULL UNIQUE,      -- as C2SP writes it, with its signature
    made_at   TEXT    NOT NULL              -- RFC 3339, UTC
) STRICT;
