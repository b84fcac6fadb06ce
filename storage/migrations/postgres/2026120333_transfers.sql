-- Clues that were handed over to other authorities. Times are milliseconds since 1970, UTC.
CREATE TABLE transfers (
    number    BIGINT NOT NULL PRIMARY KEY,
    case_id   TEXT   NOT NULL,
    subject   TEXT   NOT NULL,
    authority TEXT   NOT NULL,
    document  TEXT   NOT NULL UNIQUE,
    basis     TEXT   NOT NULL,
    sums      TEXT   NOT NULL,
    made_by   TEXT   NOT NULL,
    made_at   BIGINT NOT NULL
);

COMMENT ON TABLE  transfers           IS 'Clues that were handed over to other authorities (线索移送).';
COMMENT ON COLUMN transfers.number    IS '1, 2, 3, … in the order of handing over.';
COMMENT ON COLUMN transfers.case_id   IS 'The case.';
COMMENT ON COLUMN transfers.subject   IS 'Its advertiser; its ad where none is known.';
COMMENT ON COLUMN transfers.authority IS 'The authority''s id (policies/documents.toml).';
COMMENT ON COLUMN transfers.document  IS 'The number of the record.';
COMMENT ON COLUMN transfers.basis     IS 'A JSON array: ids of the clauses that it rests on.';
COMMENT ON COLUMN transfers.sums      IS 'SHA-256 of the bundle''s SHA256SUMS.';
COMMENT ON COLUMN transfers.made_by   IS 'The account.';
COMMENT ON COLUMN transfers.made_at   IS 'Milliseconds since 1970, UTC.';

CREATE INDEX transfers_by_case ON transfers (case_id, number);
