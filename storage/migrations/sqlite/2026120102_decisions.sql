-- What people decided about cases and their violations: rows are added, and go with their case. Times are milliseconds since 1970, UTC.
CREATE TABLE decisions (
    number     INTEGER NOT NULL PRIMARY KEY, -- 1, 2, 3, … in the order of deciding
    case_id    TEXT    NOT NULL,
    violation  INTEGER,                      -- its number; null where it is about the whole case
    decision   TEXT    NOT NULL CHECK (decision IN ('confirm', 'reject', 'again')),
    reason     TEXT,
    decided_by TEXT    NOT NULL,             -- as they were named
    decided_at INTEGER NOT NULL,
    leaf_index INTEGER NOT NULL UNIQUE,      -- its entry of the log
    record     TEXT    NOT NULL              -- JSON: the bytes whose hash stands in that entry
) STRICT;

CREATE INDEX decisions_by_case ON decisions (case_id, violation, number);

CREATE TRIGGER decisions_are_not_changed BEFORE UPDATE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'decisions are append-only');
END;
