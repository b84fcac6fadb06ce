-- Answers that stand for the same request when it comes again. Times are milliseconds since 1970, UTC.
CREATE TABLE answers (
    account     TEXT    NOT NULL,
    key         TEXT    NOT NULL, -- by which the request says that it is the same
    request     TEXT    NOT NULL, -- hex of a hash of method, path and body
    status      INTEGER NOT NULL,
    body        BLOB    NOT NULL,
    answered_at INTEGER NOT NULL,
    PRIMARY KEY (account, key)
) STRICT;

CREATE INDEX answers_by_time ON answers (answered_at);
