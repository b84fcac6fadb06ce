-- The ledger (台账): rows are added, and nothing else, and each names the one before it. Times are milliseconds since 1970, UTC.
CREATE TABLE ledger (
    number   INTEGER PRIMARY KEY,           -- 1, 2, 3, … without a gap
    at       INTEGER NOT NULL,              -- when it happened
    act      TEXT    NOT NULL,              -- finding, decision, measure, outcome
    subject  TEXT    NOT NULL,              -- the advertiser; the ad where none is known
    what     TEXT    NOT NULL UNIQUE,       -- names it: nothing is written down twice
    follows  TEXT,                          -- the what that it follows from
    done_by  TEXT,                          -- the account; null: postlink by itself
    body     TEXT    NOT NULL,              -- JSON
    previous TEXT,                          -- the hash of the entry before
    hash     TEXT    NOT NULL               -- of everything above in canonical JSON
) STRICT;

CREATE INDEX ledger_by_subject ON ledger (subject, number);

CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TRIGGER ledger_is_not_deleted BEFORE DELETE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
