-- What cases show of who is behind their ads, by which accounts are joined: of each ad, each thing once.
CREATE TABLE traits (
    ad_id       TEXT   NOT NULL,
    what        TEXT   NOT NULL,
    value       TEXT   NOT NULL,
    platform    TEXT   NOT NULL,
    advertiser  TEXT   NOT NULL,
    case_number BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    PRIMARY KEY (ad_id, what, value)
);

COMMENT ON TABLE  traits             IS 'What cases show of who is behind their ads, by which accounts are joined: of each ad, each thing once.';
COMMENT ON COLUMN traits.ad_id       IS 'The ad.';
COMMENT ON COLUMN traits.what        IS 'host, icp, public-security, licence, company, qr, payee, template.';
COMMENT ON COLUMN traits.value       IS 'In the form in which it is compared.';
COMMENT ON COLUMN traits.platform    IS 'Of the ad''s account; empty where it names none.';
COMMENT ON COLUMN traits.advertiser  IS 'Of the ad''s account: its id there.';
COMMENT ON COLUMN traits.case_number IS 'The latest case that shows it.';
COMMENT ON COLUMN traits.seen_at     IS 'When that was sealed: milliseconds since 1970, UTC.';

CREATE INDEX traits_by_value ON traits (what, value, platform, advertiser, seen_at);
CREATE INDEX traits_by_account ON traits (advertiser, platform, what, value, case_number);
CREATE INDEX traits_by_case ON traits (case_number);
