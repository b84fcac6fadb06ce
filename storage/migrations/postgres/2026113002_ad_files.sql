-- The files of ads, kept as blobs: whoever reads an ad need not be where it was imported.
CREATE TABLE ad_files (
    ad_id       TEXT   NOT NULL,
    path        TEXT   NOT NULL,
    evidence_id TEXT   NOT NULL,
    lay_at      TEXT   NOT NULL,
    bytes       BIGINT NOT NULL,
    changed_ns  BIGINT NOT NULL,
    PRIMARY KEY (ad_id, path)
);

COMMENT ON TABLE  ad_files             IS 'The files of ads, kept as blobs.';
COMMENT ON COLUMN ad_files.ad_id       IS 'The ad.';
COMMENT ON COLUMN ad_files.path        IS 'As the ad names it.';
COMMENT ON COLUMN ad_files.evidence_id IS 'sha256:<hex>, the blob''s name.';
COMMENT ON COLUMN ad_files.lay_at      IS '32 hex digits of the SHA-256 of where it lay.';
COMMENT ON COLUMN ad_files.bytes       IS 'How long it was.';
COMMENT ON COLUMN ad_files.changed_ns  IS 'When the file or its entry was changed last: nanoseconds since 1970, UTC.';

CREATE INDEX ad_files_by_evidence ON ad_files (evidence_id);
CREATE INDEX ad_files_by_place ON ad_files (lay_at);
