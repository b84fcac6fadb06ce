-- When a landing was seen bad and good last, and by which template it is made.
ALTER TABLE landings ADD COLUMN template TEXT;
COMMENT ON COLUMN landings.template IS 'The fingerprint of its template; null: never looked at, or not to be told.';
ALTER TABLE landings ADD COLUMN bad_at BIGINT;
COMMENT ON COLUMN landings.bad_at IS 'When it was seen bad last, milliseconds since 1970, UTC; null: never, or people rejected it.';
ALTER TABLE landings ADD COLUMN good_at BIGINT;
COMMENT ON COLUMN landings.good_at IS 'When it was seen good last, milliseconds since 1970, UTC.';
UPDATE landings SET
    bad_at = CASE WHEN bad = 1 THEN (extract(epoch FROM (seen::jsonb ->> 'at')::timestamptz) * 1000)::bigint END,
    good_at = CASE WHEN bad = 0 THEN (extract(epoch FROM (seen::jsonb ->> 'at')::timestamptz) * 1000)::bigint END
    WHERE seen IS NOT NULL;

CREATE TABLE signs (
    of_what    TEXT             NOT NULL,
    name       TEXT             NOT NULL,
    complaints DOUBLE PRECISION NOT NULL,
    violations DOUBLE PRECISION NOT NULL,
    clean      DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (of_what, name)
);

COMMENT ON TABLE  signs            IS 'What was heard and found lately of landings, templates and advertisers of which something bad was: weighed anew now and then.';
COMMENT ON COLUMN signs.of_what    IS 'landing, template or entity.';
COMMENT ON COLUMN signs.name       IS 'The landing, the template''s fingerprint, or the entity as in kin: platform, /, advertiser.';
COMMENT ON COLUMN signs.complaints IS 'Users who complained since it was seen good, each by when.';
COMMENT ON COLUMN signs.violations IS 'Landings that were seen bad, each by when.';
COMMENT ON COLUMN signs.clean      IS 'Landings that were seen good, each by when.';
