-- What was read of pictures and videos, so that the same bytes are not read twice. A row may be deleted at any time: then
-- it is read again.
CREATE TABLE readings (
    key     TEXT        NOT NULL PRIMARY KEY,
    reading BYTEA       NOT NULL,
    read_at TIMESTAMPTZ NOT NULL
);

COMMENT ON TABLE  readings         IS 'What was read of pictures and videos, so that the same bytes are not read twice. A row may be deleted at any time.';
COMMENT ON COLUMN readings.key     IS 'sha256:<hex> of what was read and by what; whoever reads computes it.';
COMMENT ON COLUMN readings.reading IS 'In the reader''s own form.';
COMMENT ON COLUMN readings.read_at IS 'When it was read.';
