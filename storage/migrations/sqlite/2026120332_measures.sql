-- What is done about advertisers, step by step. Times are milliseconds since 1970, UTC.
CREATE TABLE measures (
    number      INTEGER PRIMARY KEY,   -- 1, 2, 3, … in the order of proposing
    platform    TEXT,
    advertiser  TEXT    NOT NULL,      -- its id on its platform
    ladder      TEXT    NOT NULL,      -- the ladder's id
    step        TEXT    NOT NULL,      -- the step's on it
    severity    TEXT    NOT NULL,      -- S1 to S4
    reasons     TEXT    NOT NULL,      -- a JSON array: why it is this step
    to_decide   INTEGER NOT NULL,      -- 1: a person has to decide it
    proposed_at INTEGER NOT NULL,
    state       TEXT    NOT NULL,      -- proposed, taken, refused, lifted
    ends_at     INTEGER                -- when it ends by itself; while it is proposed, as if it were taken at once
) STRICT;

CREATE INDEX measures_by_advertiser ON measures (advertiser, platform, number);

CREATE TABLE measure_cases (
    measure INTEGER NOT NULL REFERENCES measures (number) ON DELETE CASCADE,
    case_id TEXT    NOT NULL,
    ladder  TEXT    NOT NULL,          -- of the measure
    PRIMARY KEY (measure, case_id),
    UNIQUE (case_id, ladder)           -- a case leads to one step
) STRICT, WITHOUT ROWID;

CREATE TABLE measure_turns (
    measure   INTEGER NOT NULL REFERENCES measures (number) ON DELETE CASCADE,
    state     TEXT    NOT NULL,        -- what it turned to: each once
    turned_by TEXT,                    -- the account; null: postlink by itself
    turned_at INTEGER NOT NULL,
    why       TEXT,
    PRIMARY KEY (measure, state)
) STRICT, WITHOUT ROWID;
