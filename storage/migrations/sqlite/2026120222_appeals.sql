-- What advertisers say of cases: rows are added, and go with their case. Times are milliseconds since 1970, UTC.
CREATE TABLE appeals (
    number      INTEGER NOT NULL PRIMARY KEY, -- 1, 2, 3, … in the order of appealing
    case_id     TEXT    NOT NULL,
    violation   INTEGER,                      -- its number; null where it is about the whole case
    said        TEXT    NOT NULL,             -- why
    appealed_by TEXT    NOT NULL,             -- the account
    appealed_at INTEGER NOT NULL,
    behind      INTEGER NOT NULL              -- the number of the last decision before it: the first one behind it that confirms or rejects ends it
) STRICT;

CREATE INDEX appeals_by_case ON appeals (case_id, number);

-- What was sent with an appeal.
CREATE TABLE appeal_files (
    appeal      INTEGER NOT NULL REFERENCES appeals (number) ON DELETE CASCADE,
    place       INTEGER NOT NULL, -- 1, 2, 3, …
    evidence_id TEXT    NOT NULL, -- the blob
    media_type  TEXT    NOT NULL, -- told by its bytes
    bytes       INTEGER NOT NULL,
    PRIMARY KEY (appeal, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX appeal_files_by_evidence ON appeal_files (evidence_id);

-- That an advertiser says to have mended what a case found: a statement of its own, and no decision.
CREATE TABLE corrections (
    case_id TEXT    NOT NULL PRIMARY KEY,
    said_by TEXT    NOT NULL, -- the account
    said_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
