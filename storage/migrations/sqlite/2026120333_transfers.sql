-- Clues that were handed over to other authorities. Times are milliseconds since 1970, UTC.
CREATE TABLE transfers (
    number    INTEGER PRIMARY KEY,     -- 1, 2, 3, … in the order of handing over
    case_id   TEXT    NOT NULL,        -- the case
    subject   TEXT    NOT NULL,        -- its advertiser; its ad where none is known
    authority TEXT    NOT NULL,        -- the authority's id (policies/documents.toml)
    document  TEXT    NOT NULL UNIQUE, -- the number of the record
    basis     TEXT    NOT NULL,        -- a JSON array: ids of the clauses that it rests on
    sums      TEXT    NOT NULL,        -- SHA-256 of the bundle's SHA256SUMS
    made_by   TEXT    NOT NULL,
    made_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX transfers_by_case ON transfers (case_id, number);
