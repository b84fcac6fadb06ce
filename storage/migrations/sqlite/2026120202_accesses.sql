-- Who did what: rows are added, and nothing else. Times are milliseconds since 1970, UTC.
CREATE TABLE accesses (
    number  INTEGER PRIMARY KEY AUTOINCREMENT, -- grows
    at      INTEGER NOT NULL,
    who     TEXT    NOT NULL,                  -- the account's name, then
    role    TEXT    NOT NULL,                  -- and its role
    action  TEXT    NOT NULL,                  -- view, export, verify, decide, login, …
    object  TEXT    NOT NULL,                  -- a case, a file, an account
    address TEXT    NOT NULL
) STRICT;

CREATE INDEX accesses_by_object ON accesses (object, number);
CREATE INDEX accesses_by_account ON accesses (who, number);

CREATE TRIGGER accesses_are_not_changed BEFORE UPDATE ON accesses
BEGIN
    SELECT RAISE(ABORT, 'the access log is append-only');
END;

CREATE TRIGGER accesses_are_not_deleted BEFORE DELETE ON accesses
BEGIN
    SELECT RAISE(ABORT, 'the access log is append-only');
END;
