-- What the console lists stands in the facts of the cases, so that no list reads their lines. Times are milliseconds since 1970,
-- UTC. The facts are told anew from the lines when the store is opened.
DELETE FROM violations;
DELETE FROM facts;

ALTER TABLE facts ADD COLUMN case_id    TEXT    NOT NULL DEFAULT '';
ALTER TABLE facts ADD COLUMN ad_id      TEXT    NOT NULL DEFAULT '';
ALTER TABLE facts ADD COLUMN advertiser TEXT;                        -- the advertiser's id on its platform
ALTER TABLE facts ADD COLUMN verdict    TEXT    NOT NULL DEFAULT '';
ALTER TABLE facts ADD COLUMN opened_at  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE facts ADD COLUMN sealed_at  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE facts ADD COLUMN level      INTEGER NOT NULL DEFAULT 0;  -- of the deepest page that answered; 1 is the landing page
ALTER TABLE facts ADD COLUMN latest     INTEGER NOT NULL DEFAULT 0;  -- 1 while it is the latest case of its ad that is kept
ALTER TABLE facts ADD COLUMN decision   TEXT;                        -- the latest word on the whole case; null where there is none
ALTER TABLE facts ADD COLUMN decided_at INTEGER;                     -- when

ALTER TABLE violations ADD COLUMN likeness TEXT NOT NULL DEFAULT ''; -- the same for those nearly identical: 32 hex digits of the SHA-256 of rule, host and words
ALTER TABLE violations ADD COLUMN decision TEXT;                     -- the latest word on it or its whole case; null where there is none

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

-- The review queue: violations of the latest case of each ad that nobody has decided, in the order in which they are to be.
CREATE TABLE undecided (
    case_number INTEGER NOT NULL REFERENCES cases (number),
    number      INTEGER NOT NULL, -- of the violation in its case
    gravity     INTEGER NOT NULL, -- 0 for S4, 1 for S3, …: the gravest come first
    reach       INTEGER NOT NULL, -- how many ads led to the same landing, below zero: the most come first
    sealed_at   INTEGER NOT NULL,
    platform    TEXT,
    advertiser  TEXT,
    likeness    TEXT    NOT NULL,
    PRIMARY KEY (case_number, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX undecided_by_rank ON undecided (gravity, reach, sealed_at, case_number, number);
CREATE INDEX undecided_by_platform ON undecided (platform, gravity, reach, sealed_at, case_number, number);
CREATE INDEX undecided_by_advertiser ON undecided (advertiser, gravity, reach, sealed_at, case_number, number);
CREATE INDEX undecided_by_likeness ON undecided (likeness, case_number, number, platform, advertiser);
