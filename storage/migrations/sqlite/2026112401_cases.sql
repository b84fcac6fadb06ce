-- Cases: one ad examined once. A row is written when the case is finished, with everything, or not at all.
CREATE TABLE cases (
    number          INTEGER PRIMARY KEY AUTOINCREMENT, -- 1, 2, 3, … without a gap, in the order of finishing: the place in the hash chain
    case_id         TEXT    NOT NULL UNIQUE,           -- also names the manifest's file
    key             TEXT    NOT NULL,                  -- what was examined; whoever examines computes it
    ad_id           TEXT    NOT NULL,                  -- the ad's id on its platform
    position        INTEGER NOT NULL,                  -- the ad's line in the ads file, from 0
    opened_at       TEXT    NOT NULL,                  -- RFC 3339, UTC
    sealed_at       TEXT    NOT NULL,                  -- RFC 3339, UTC
    verdict         TEXT    NOT NULL CHECK (verdict IN ('violating', 'clean', 'inconclusive')),
    line            TEXT    NOT NULL,                  -- the case's line in cases.jsonl, without the line break
    manifest        TEXT    NOT NULL,                  -- the sealed manifest, byte for byte as in its file
    manifest_sha256 TEXT    NOT NULL UNIQUE,           -- sha256:<hex> of `manifest`; the next case's `previous`
    previous        TEXT    UNIQUE                     -- manifest_sha256 of the case before; null for the first
) STRICT;

CREATE INDEX cases_by_key ON cases (key, number);
CREATE INDEX cases_by_ad ON cases (ad_id, number);

-- Which case rests on which blob: a blob may go only when no case rests on it any more.
CREATE TABLE case_evidence (
    case_number INTEGER NOT NULL REFERENCES cases (number),
    evidence_id TEXT    NOT NULL,                      -- sha256:<hex>, the blob's name
    PRIMARY KEY (case_number, evidence_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX case_evidence_by_blob ON case_evidence (evidence_id);
