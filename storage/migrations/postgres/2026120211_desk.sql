-- What the console lists stands in the facts of the cases, so that no list reads their lines. Times are milliseconds since 1970,
-- UTC. The facts are told anew from the lines when the store is opened.
DELETE FROM violations;
DELETE FROM facts;

ALTER TABLE facts
    ADD COLUMN case_id    TEXT   NOT NULL DEFAULT '',
    ADD COLUMN ad_id      TEXT   NOT NULL DEFAULT '',
    ADD COLUMN advertiser TEXT,
    ADD COLUMN verdict    TEXT   NOT NULL DEFAULT '',
    ADD COLUMN opened_at  BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN sealed_at  BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN level      BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN latest     BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN decision   TEXT,
    ADD COLUMN decided_at BIGINT;

COMMENT ON COLUMN facts.case_id    IS 'Names the case everywhere.';
COMMENT ON COLUMN facts.ad_id      IS 'The ad''s id on its platform.';
COMMENT ON COLUMN facts.advertiser IS 'The advertiser''s id on its platform.';
COMMENT ON COLUMN facts.verdict    IS 'violating, clean or inconclusive.';
COMMENT ON COLUMN facts.opened_at  IS 'Milliseconds since 1970, UTC.';
COMMENT ON COLUMN facts.sealed_at  IS 'Milliseconds since 1970, UTC.';
COMMENT ON COLUMN facts.level      IS 'Of the deepest page that answered; 1 is the landing page.';
COMMENT ON COLUMN facts.latest     IS '1 while it is the latest case of its ad that is kept.';
COMMENT ON COLUMN facts.decision   IS 'The latest word on the whole case; null where there is none.';
COMMENT ON COLUMN facts.decided_at IS 'When; milliseconds since 1970, UTC.';

ALTER TABLE violations
    ADD COLUMN likeness TEXT NOT NULL DEFAULT '',
    ADD COLUMN decision TEXT;

COMMENT ON COLUMN violations.likeness IS 'The same for those nearly identical: 32 hex digits of the SHA-256 of rule, host and words.';
COMMENT ON COLUMN violations.decision IS 'The latest word on it or its whole case; null where there is none.';

CREATE UNIQUE INDEX facts_by_case ON facts (case_id);
CREATE UNIQUE INDEX facts_latest_by_ad ON facts (ad_id) WHERE latest = 1;
CREATE INDEX facts_by_ad ON facts (ad_id, case_number);
CREATE INDEX facts_by_verdict ON facts (verdict, case_number);
CREATE INDEX facts_by_severity ON facts (severity, case_number) WHERE severity IS NOT NULL;
CREATE INDEX facts_by_platform ON facts (platform, case_number);
CREATE INDEX facts_by_platform_and_verdict ON facts (platform, verdict, case_number);
CREATE INDEX facts_by_advertiser ON facts (advertiser, case_number);
CREATE INDEX facts_by_trade ON facts (trade, case_number);
CREATE INDEX facts_by_decision ON facts (decision, case_number) WHERE decision IS NOT NULL;
CREATE INDEX facts_latest ON facts (case_number) WHERE latest = 1;
CREATE INDEX facts_latest_by_verdict ON facts (verdict, case_number) WHERE latest = 1;
CREATE INDEX facts_violating_by_time ON facts (sealed_at, trade, violations) WHERE violations > 0;

CREATE INDEX ads_by_advertiser_and_id ON ads (advertiser, ad_id);
CREATE INDEX ads_by_platform_and_id ON ads (platform, ad_id);

CREATE TABLE undecided (
    case_number BIGINT NOT NULL REFERENCES cases (number),
    number      BIGINT NOT NULL,
    gravity     BIGINT NOT NULL,
    reach       BIGINT NOT NULL,
    sealed_at   BIGINT NOT NULL,
    platform    TEXT,
    advertiser  TEXT,
    likeness    TEXT   NOT NULL,
    PRIMARY KEY (case_number, number)
);

COMMENT ON TABLE  undecided             IS 'The review queue: violations of the latest case of each ad that nobody has decided, in the order in which they are to be.';
COMMENT ON COLUMN undecided.case_number IS 'The case.';
COMMENT ON COLUMN undecided.number      IS 'Of the violation in its case.';
COMMENT ON COLUMN undecided.gravity     IS '0 for S4, 1 for S3, …: the gravest come first.';
COMMENT ON COLUMN undecided.reach       IS 'How many ads led to the same landing, below zero: the most come first.';
COMMENT ON COLUMN undecided.sealed_at   IS 'Milliseconds since 1970, UTC.';
COMMENT ON COLUMN undecided.platform    IS 'Where the ad runs.';
COMMENT ON COLUMN undecided.advertiser  IS 'The advertiser''s id on its platform.';
COMMENT ON COLUMN undecided.likeness    IS 'The same for those nearly identical.';

CREATE INDEX undecided_by_rank ON undecided (gravity, reach, sealed_at, case_number, number);
CREATE INDEX undecided_by_platform ON undecided (platform, gravity, reach, sealed_at, case_number, number);
CREATE INDEX undecided_by_advertiser ON undecided (advertiser, gravity, reach, sealed_at, case_number, number);
CREATE INDEX undecided_by_likeness ON undecided (likeness, case_number, number, platform, advertiser);
