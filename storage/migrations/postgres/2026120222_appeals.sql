-- What advertisers say of cases: rows are added, and go with their case.
CREATE TABLE appeals (
    number      BIGINT NOT NULL PRIMARY KEY,
    case_id     TEXT   NOT NULL,
    violation   BIGINT,
    said        TEXT   NOT NULL,
    appealed_by TEXT   NOT NULL,
    appealed_at BIGINT NOT NULL,
    behind      BIGINT NOT NULL
);

COMMENT ON TABLE  appeals             IS 'What advertisers say against what was found: rows are added, and go with their case.';
COMMENT ON COLUMN appeals.number      IS '1, 2, 3, … in the order of appealing.';
COMMENT ON COLUMN appeals.case_id     IS 'The case.';
COMMENT ON COLUMN appeals.violation   IS 'The number of the violation in its case; null where it is about the whole case.';
COMMENT ON COLUMN appeals.said        IS 'Why.';
COMMENT ON COLUMN appeals.appealed_by IS 'The account.';
COMMENT ON COLUMN appeals.appealed_at IS 'Milliseconds since 1970, UTC.';
COMMENT ON COLUMN appeals.behind      IS 'The number of the last decision before it: the first one behind it that confirms or rejects ends it.';

CREATE INDEX appeals_by_case ON appeals (case_id, number);

CREATE TABLE appeal_files (
    appeal      BIGINT NOT NULL REFERENCES appeals (number) ON DELETE CASCADE,
    place       BIGINT NOT NULL,
    evidence_id TEXT   NOT NULL,
    media_type  TEXT   NOT NULL,
    bytes       BIGINT NOT NULL,
    PRIMARY KEY (appeal, place)
);

COMMENT ON TABLE  appeal_files             IS 'What was sent with an appeal.';
COMMENT ON COLUMN appeal_files.appeal      IS 'The appeal.';
COMMENT ON COLUMN appeal_files.place       IS '1, 2, 3, …';
COMMENT ON COLUMN appeal_files.evidence_id IS 'The blob.';
COMMENT ON COLUMN appeal_files.media_type  IS 'Told by its bytes.';
COMMENT ON COLUMN appeal_files.bytes       IS 'How long it is.';

CREATE INDEX appeal_files_by_evidence ON appeal_files (evidence_id);

CREATE TABLE corrections (
    case_id TEXT   NOT NULL PRIMARY KEY,
    said_by TEXT   NOT NULL,
    said_at BIGINT NOT NULL
);

COMMENT ON TABLE  corrections         IS 'That an advertiser says to have mended what a case found: a statement of its own, and no decision.';
COMMENT ON COLUMN corrections.case_id IS 'The case.';
COMMENT ON COLUMN corrections.said_by IS 'The account.';
COMMENT ON COLUMN corrections.said_at IS 'Milliseconds since 1970, UTC.';
