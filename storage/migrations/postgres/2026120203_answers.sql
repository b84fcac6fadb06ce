-- Answers that stand for the same request when it comes again. Times are milliseconds since 1970, UTC.
CREATE TABLE answers (
    account     TEXT   NOT NULL,
    key         TEXT   NOT NULL,
    request     TEXT   NOT NULL,
    status      BIGINT NOT NULL,
    body        BYTEA  NOT NULL,
    answered_at BIGINT NOT NULL,
    PRIMARY KEY (account, key)
);

COMMENT ON TABLE  answers             IS 'Answers that stand for the same request when it comes again.';
COMMENT ON COLUMN answers.account     IS 'Who asked.';
COMMENT ON COLUMN answers.key         IS 'By which the request says that it is the same.';
COMMENT ON COLUMN answers.request     IS 'Hex of a hash of method, path and body.';
COMMENT ON COLUMN answers.status      IS 'Of HTTP.';
COMMENT ON COLUMN answers.body        IS 'The bytes that were answered.';
COMMENT ON COLUMN answers.answered_at IS 'Milliseconds since 1970, UTC.';

CREATE INDEX answers_by_time ON answers (answered_at);
