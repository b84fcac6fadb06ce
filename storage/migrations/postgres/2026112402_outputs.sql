-- Outputs: files written for people and scripts, by what they were when they were written.
CREATE TABLE outputs (
    path       TEXT        NOT NULL PRIMARY KEY,
    sha256     TEXT        NOT NULL,
    bytes      BIGINT      NOT NULL,
    written_at TIMESTAMPTZ NOT NULL
);

COMMENT ON TABLE  outputs            IS 'Files written for people and scripts, by what they were when they were written.';
COMMENT ON COLUMN outputs.path       IS 'Relative to the folder of the evidence, / between names.';
COMMENT ON COLUMN outputs.sha256     IS 'sha256:<hex> of the whole file.';
COMMENT ON COLUMN outputs.bytes      IS 'Length of the file.';
COMMENT ON COLUMN outputs.written_at IS 'When it was put in place.';
