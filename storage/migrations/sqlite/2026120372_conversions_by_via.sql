-- What an invalid click led to is found by it.
CREATE INDEX conversions_by_via ON conversions (platform, via) WHERE via IS NOT NULL;
