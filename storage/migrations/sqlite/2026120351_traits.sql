-- What cases show of who is behind their ads, by which accounts are joined: of each ad, each thing once. Times are milliseconds since
-- 1970, UTC.
CREATE TABLE traits (
    ad_id       TEXT    NOT NULL,
    what        TEXT    NOT NULL, -- host, icp, public-security, licence, company, qr, payee, template
    value       TEXT    NOT NULL, -- in the form in which it is compared
    platform    TEXT    NOT NULL, -- of the ad's account; empty where it names none
    advertiser  TEXT    NOT NULL, -- of the ad's account: its id there
    case_number INTEGER NOT NULL, -- the latest case that shows it
    seen_at     INTEGER NOT NULL, -- when that was sealed
    PRIMARY KEY (ad_id, what, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX traits_by_value ON traits (what, value, platform, advertiser, seen_at);
CREATE INDEX traits_by_account ON traits (advertiser, platform, what, value, case_number);
CREATE INDEX traits_by_case ON traits (case_number);
