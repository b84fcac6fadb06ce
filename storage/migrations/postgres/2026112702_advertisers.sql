-- Whose ad a case is about, so that what was found before of an advertiser can be asked for.
ALTER TABLE cases ADD COLUMN advertiser TEXT;

COMMENT ON COLUMN cases.advertiser IS 'The advertiser''s id on its platform; null where the ad does not say, and in cases before this column.';

CREATE INDEX cases_by_advertiser ON cases (advertiser, opened_at);
