-- Cases: one ad examined once. A row is written when the case is finished, with everything, or not at all.
CREATE TABLE cases (
    number          BIGINT      PRIMARY KEY,
    case_id         TEXT        NOT NULL UNIQUE,
    key             TEXT        NOT NULL,
    ad_id           TEXT        NOT NULL,
    position        BIGINT      NOT NULL,
    opened_at       TIMESTAMPTZ NOT NULL,
    sealed_at       TIMESTAMPTZ NOT NULL,
    verdict         TEXT        NOT NULL CHECK (verdict IN ('violating', 'clean', 'inconclusive')),
    line            TEXT        NOT NULL,
    manifest        TEXT        NOT NULL,
    manifest_sha256 TEXT        NOT NULL UNIQUE,
    previous        TEXT        UNIQUE
);

COMMENT ON TABLE  cases                 IS 'One ad examined once. A row is written when the case is finished, with everything, or not at all.';
COMMENT ON COLUMN cases.number          IS '1, 2, 3, … without a gap, in the order of finishing: the place in the hash chain.';
COMMENT ON COLUMN cases.case_id         IS 'Also names the manifest''s file.';
COMMENT ON COLUMN cases.key             IS 'What was examined; whoever examines computes it.';
COMMENT ON COLUMN cases.ad_id           IS 'The ad''s id on its platform.';
COMMENT ON COLUMN cases.position        IS 'The ad''s line in the ads file, from 0.';
COMMENT ON COLUMN cases.opened_at       IS 'When the examination began; microseconds, while the manifest has more digits.';
COMMENT ON COLUMN cases.sealed_at       IS 'When the case was sealed; microseconds, while the manifest has more digits.';
COMMENT ON COLUMN cases.verdict         IS 'violating, clean or inconclusive.';
COMMENT ON COLUMN cases.line            IS 'The case''s line in cases.jsonl, without the line break.';
COMMENT ON COLUMN cases.manifest        IS 'The sealed manifest, byte for byte as in its file.';
COMMENT ON COLUMN cases.manifest_sha256 IS 'sha256:<hex> of manifest; the next case''s previous.';
COMMENT ON COLUMN cases.previous        IS 'manifest_sha256 of the case before; null for the first.';

CREATE INDEX cases_by_key ON cases (key, number);
CREATE INDEX cases_by_ad ON cases (ad_id, number);

CREATE TABLE case_evidence (
    case_number BIGINT NOT NULL REFERENCES cases (number),
    evidence_id TEXT   NOT NULL,
    PRIMARY KEY (case_number, evidence_id)
);

COMMENT ON TABLE  case_evidence             IS 'Which case rests on which blob: a blob may go only when no case rests on it any more.';
COMMENT ON COLUMN case_evidence.case_number IS 'The case.';
COMMENT ON COLUMN case_evidence.evidence_id IS 'sha256:<hex>, the blob''s name.';

CREATE INDEX case_evidence_by_blob ON case_evidence (evidence_id);
