-- Ads that are examined before they run: they are in the table of ads as well, and seen by those who made them alone.
CREATE TABLE previews (
    ad_id      TEXT   NOT NULL PRIMARY KEY,
    role       TEXT   NOT NULL,
    platform   TEXT   NOT NULL,
    advertiser TEXT   NOT NULL,
    title      TEXT,
    made_by    TEXT   NOT NULL,
    made_at    BIGINT NOT NULL
);

COMMENT ON TABLE  previews            IS 'Ads that are examined before they run: seen by those who made them alone.';
COMMENT ON COLUMN previews.ad_id      IS 'Of its own: preview- and chance.';
COMMENT ON COLUMN previews.role       IS 'Of those who see it.';
COMMENT ON COLUMN previews.platform   IS 'Theirs; empty: every one.';
COMMENT ON COLUMN previews.advertiser IS 'Theirs; empty: every one.';
COMMENT ON COLUMN previews.title      IS 'Of the ad.';
COMMENT ON COLUMN previews.made_by    IS 'The account.';
COMMENT ON COLUMN previews.made_at    IS 'Milliseconds since 1970, UTC.';

CREATE INDEX previews_by_maker ON previews (role, platform, advertiser, made_at);

CREATE OR REPLACE VIEW governance_coverage AS SELECT
    ads.ad_id,
    ads.platform,
    ads.advertiser,
    ads.trade,
    landings.host,
    to_timestamp(ads.imported_at / 1000.0) AS imported_at,
    to_timestamp(ads.ends_at / 1000.0) AS ends_at,
    cases.case_id,
    cases.sealed_at AS examined_at,
    cases.verdict,
    facts.gaps
FROM ads JOIN landings ON landings.landing = ads.landing
LEFT JOIN cases ON cases.number = (SELECT max(number) FROM cases AS its WHERE its.ad_id = ads.ad_id AND its.deleted_at IS NULL)
LEFT JOIN facts ON facts.case_number = cases.number
WHERE NOT EXISTS (SELECT 1 FROM previews WHERE previews.ad_id = ads.ad_id);
