-- Where the advertiser, or the ad, says to be: an administrative code (GB/T 2260), by which supervisors of a province, a city or a
-- district count. The facts are told anew from the lines when the store is opened.
DELETE FROM undecided;
DELETE FROM violations;
DELETE FROM facts;

ALTER TABLE facts ADD COLUMN region TEXT;
COMMENT ON COLUMN facts.region IS 'Where the advertiser, or the ad, says to be: an administrative code (GB/T 2260); null where nobody says.';

CREATE INDEX facts_by_time ON facts (sealed_at);
