-- The files of ads, kept as blobs: whoever reads an ad need not be where it was imported.
CREATE TABLE ad_files (
    ad_id       TEXT    NOT NULL,
    path        TEXT    NOT NULL, -- as the ad names it
    evidence_id TEXT    NOT NULL, -- sha256:<hex>, the blob's name
    lay_at      TEXT    NOT NULL, -- 32 hex digits of the SHA-256 of where it lay
    bytes       INTEGER NOT NULL,
    changed_ns  INTEGER NOT NULL, -- when the file or its entry was changed last: nanoseconds since 1970, UTC
    PRIMARY KEY (ad_id, path)
) STRICT;

CREATE INDEX ad_files_by_evidence ON ad_files (evidence_id);
CREATE INDEX ad_files_by_place ON ad_files (lay_at);
