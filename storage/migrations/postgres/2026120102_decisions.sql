-- What people decided about cases and their violations: rows are added, and go with their case. Times are milliseconds since 1970, UTC.
CREATE TABLE decisions (
    number     BIGINT NOT NULL PRIMARY KEY,
    case_id    TEXT   NOT NULL,
    violation  BIGINT,
    decision   TEXT   NOT NULL CHECK (decision IN ('confirm', 'reject', 'again')),
    reason     TEXT,
    decided_by TEXT   NOT NULL,
    decided_at BIGINT NOT NULL,
    leaf_index BIGINT NOT NULL UNIQUE,
    record     TEXT   NOT NULL
);

COMMENT ON TABLE  decisions            IS 'What people decided about cases and their violations: rows are added, and go with their case.';
COMMENT ON COLUMN decisions.number     IS '1, 2, 3, … in the order of deciding.';
COMMENT ON COLUMN decisions.case_id    IS 'The case.';
COMMENT ON COLUMN decisions.violation  IS 'The number of the violation in its case; null where it is about the whole case.';
COMMENT ON COLUMN decisions.decision   IS 'confirm, reject, or again for another visit.';
COMMENT ON COLUMN decisions.reason     IS 'As it was given.';
COMMENT ON COLUMN decisions.decided_by IS 'Who decided, as they were named.';
COMMENT ON COLUMN decisions.decided_at IS 'Milliseconds since 1970, UTC.';
COMMENT ON COLUMN decisions.leaf_index IS 'Its entry of the log.';
COMMENT ON COLUMN decisions.record     IS 'JSON: the bytes whose hash stands in that entry.';

CREATE INDEX decisions_by_case ON decisions (case_id, violation, number);

CREATE FUNCTION decisions_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'decisions are append-only';
END;
$$;

CREATE TRIGGER decisions_are_not_changed BEFORE UPDATE ON decisions
    FOR EACH STATEMENT EXECUTE FUNCTION decisions_are_append_only();
