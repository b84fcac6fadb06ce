-- What the last look at a landing saw, so that others that show the same page are found.
ALTER TABLE landings ADD COLUMN page TEXT;   -- the fingerprint of the page; null: never looked at
ALTER TABLE landings ADD COLUMN bad INTEGER; -- 1: something was found that no ad may lead to
UPDATE landings SET page = seen ->> 'page', bad = seen ->> 'bad' WHERE seen IS NOT NULL;

CREATE INDEX landings_by_page ON landings (page, bad) WHERE page IS NOT NULL;
