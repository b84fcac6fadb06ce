-- Outputs: files written for people and scripts, by what they were when they were written.
CREATE TABLE outputs (
    path       TEXT    NOT NULL PRIMARY KEY, -- relative to the folder of the database, `/` between names
    sha256     TEXT    NOT NULL,             -- sha256:<hex> of the whole file
    bytes      INTEGER NOT NULL,
    written_at TEXT    NOT NULL              -- RFC 3339, UTC
) STRICT, WITHOUT ROWID;
