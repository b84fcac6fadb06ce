-- What the last look at a landing saw, so that others that show the same page are found.
ALTER TABLE landings ADD COLUMN page TEXT;
COMMENT ON COLUMN landings.page IS 'The fingerprint of the page that the last look saw; null: never looked at.';
ALTER TABLE landings ADD COLUMN bad BIGINT;
COMMENT ON COLUMN landings.bad IS '1: the last look found something that no ad may lead to.';
UPDATE landings SET page = seen::jsonb ->> 'page', bad = (seen::jsonb ->> 'bad')::boolean::integer WHERE seen IS NOT NULL;

CREATE INDEX landings_by_page ON landings (page, bad) WHERE page IS NOT NULL;
