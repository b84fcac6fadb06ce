-- When a case was deleted: its line, its advertiser and its artefacts are gone, and its manifest stays for the chain.
ALTER TABLE cases ADD COLUMN deleted_at TEXT; -- RFC 3339, UTC; null while it is kept

-- Holds: cases that are kept whatever their age, as long as somebody says why.
CREATE TABLE holds (
    number       INTEGER NOT NULL PRIMARY KEY, -- 1, 2, 3, … in the order of placing
    case_id      TEXT    NOT NULL,
    why          TEXT    NOT NULL,             -- as it was given
    placed_at    TEXT    NOT NULL,             -- RFC 3339, UTC
    released_at  TEXT,                         -- RFC 3339, UTC; null while it holds
    released_why TEXT                          -- as it was given
) STRICT;

CREATE INDEX holds_by_case ON holds (case_id);
