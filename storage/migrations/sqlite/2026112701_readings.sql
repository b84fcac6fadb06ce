-- What was read of pictures and videos, so that the same bytes are not read twice. A row may be deleted at any time: then
-- it is read again.
CREATE TABLE readings (
    key     TEXT NOT NULL PRIMARY KEY, -- sha256:<hex> of what was read and by what; whoever reads computes it
    reading BLOB NOT NULL,             -- in the reader's own form
    read_at TEXT NOT NULL              -- RFC 3339, UTC
) STRICT, WITHOUT ROWID;
