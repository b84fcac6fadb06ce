-- When a case was deleted: its line, its advertiser and its artefacts are gone, and its manifest stays for the chain.
ALTER TABLE cases ADD COLUMN deleted_at TIMESTAMPTZ;

COMMENT ON COLUMN cases.deleted_at IS 'When its line, its advertiser and its artefacts were deleted; null while it is kept.';

-- Holds: cases that are kept whatever their age, as long as somebody says why.
CREATE TABLE holds (
    number       BIGINT      NOT NULL PRIMARY KEY,
    case_id      TEXT        NOT NULL,
    why          TEXT        NOT NULL,
    placed_at    TIMESTAMPTZ NOT NULL,
    released_at  TIMESTAMPTZ,
    released_why TEXT
);

COMMENT ON TABLE  holds              IS 'Cases that are kept whatever their age, as long as somebody says why.';
COMMENT ON COLUMN holds.number       IS '1, 2, 3, … in the order of placing.';
COMMENT ON COLUMN holds.case_id      IS 'The case.';
COMMENT ON COLUMN holds.why          IS 'As it was given.';
COMMENT ON COLUMN holds.placed_at    IS 'When it began.';
COMMENT ON COLUMN holds.released_at  IS 'When it ended; null while it holds.';
COMMENT ON COLUMN holds.released_why IS 'As it was given.';

CREATE INDEX holds_by_case ON holds (case_id);

-- Artefacts that were there already when a case on its way kept them: a sweep lets them lie, however old they are.
CREATE TABLE kept_again (
    evidence_id TEXT        NOT NULL PRIMARY KEY,
    kept_at     TIMESTAMPTZ NOT NULL
);

COMMENT ON TABLE  kept_again             IS 'Artefacts that were there already when a case on its way kept them: a sweep lets them lie, however old they are.';
COMMENT ON COLUMN kept_again.evidence_id IS 'sha256:<hex>, the blob''s name.';
COMMENT ON COLUMN kept_again.kept_at     IS 'When it was kept last; a row is of no use after the grace of a sweep.';
