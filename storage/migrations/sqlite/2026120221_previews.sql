-- Ads that are examined before they run: they are in the table of ads as well, and seen by those who made them alone.
-- Times are milliseconds since 1970, UTC.
CREATE TABLE previews (
    ad_id      TEXT    NOT NULL PRIMARY KEY, -- of its own: preview- and chance
    role       TEXT    NOT NULL,             -- of those who see it
    platform   TEXT    NOT NULL,             -- theirs; empty: every one
    advertiser TEXT    NOT NULL,             -- theirs; empty: every one
    title      TEXT,                         -- of the ad
    made_by    TEXT    NOT NULL,             -- the account
    made_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX previews_by_maker ON previews (role, platform, advertiser, made_at);

DROP VIEW governance_coverage;
CREATE VIEW governance_coverage AS SELECT
    ads.ad_id,
    ads.platform,
    ads.advertiser,
    ads.trade,
    landings.host,
    strftime('%Y-%m-%dT%H:%M:%fZ', ads.imported_at / 1000.0, 'unixepoch') AS imported_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', ads.ends_at / 1000.0, 'unixepoch') AS ends_at,
    cases.case_id,
    cases.sealed_at AS examined_at,
    cases.verdict,
    facts.gaps
FROM ads JOIN landings ON landings.landing = ads.landing
LEFT JOIN cases ON cases.number = (SELECT max(number) FROM cases AS its WHERE its.ad_id = ads.ad_id AND its.deleted_at IS NULL)
LEFT JOIN facts ON facts.case_number = cases.number
WHERE NOT EXISTS (SELECT 1 FROM previews WHERE previews.ad_id = ads.ad_id);
