-- When a landing was seen bad and good last, and by which template it is made. Times are milliseconds since 1970, UTC.
ALTER TABLE landings ADD COLUMN template TEXT;   -- the fingerprint; null: never looked at, or not to be told
ALTER TABLE landings ADD COLUMN bad_at INTEGER;  -- null: never, or people rejected it
ALTER TABLE landings ADD COLUMN good_at INTEGER;
UPDATE landings SET
    bad_at = CASE WHEN bad = 1 THEN CAST(strftime('%s', seen ->> 'at') AS INTEGER) * 1000 END,
    good_at = CASE WHEN bad = 0 THEN CAST(strftime('%s', seen ->> 'at') AS INTEGER) * 1000 END
    WHERE seen IS NOT NULL;

-- What was heard and found lately of landings, templates and advertisers of which something bad was: weighed anew now and then.
CREATE TABLE signs (
    of_what    TEXT NOT NULL, -- landing, template or entity
    name       TEXT NOT NULL, -- the landing, the template's fingerprint, or the entity as in kin: platform, /, advertiser
    complaints REAL NOT NULL, -- users who complained since it was seen good, each by when
    violations REAL NOT NULL, -- landings that were seen bad, each by when
    clean      REAL NOT NULL, -- landings that were seen good, each by when
    PRIMARY KEY (of_what, name)
) STRICT, WITHOUT ROWID;
