-- What an output is to be next: noted before it is put in place, so that it is known whichever of the two stands there.
ALTER TABLE outputs ADD COLUMN next_sha256 TEXT;

COMMENT ON COLUMN outputs.next_sha256 IS 'sha256:<hex>, or empty when it is to be taken away; null when nothing is under way.';
