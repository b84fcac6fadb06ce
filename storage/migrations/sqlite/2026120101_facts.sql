-- What the lines of cases say, for those who search: taken from the line when the case is written, and gone with it.
CREATE TABLE facts (
    case_number     INTEGER NOT NULL PRIMARY KEY REFERENCES cases (number),
    platform        TEXT,
    advertiser_name TEXT,
    trade           TEXT,             -- the advertiser's, or the ad's declared category
    title           TEXT,             -- of the ad
    severity        TEXT,             -- of the gravest violation; null where there is none
    violations      INTEGER NOT NULL, -- how many there are
    gaps            TEXT    NOT NULL  -- why something could not be seen, each reason once, JSON
) STRICT;

CREATE TABLE violations (
    case_number     INTEGER NOT NULL REFERENCES cases (number),
    number          INTEGER NOT NULL, -- its place among the violations of its case, from 1
    check_id        TEXT    NOT NULL,
    rule            TEXT    NOT NULL,
    pack            TEXT    NOT NULL, -- <pack>@<version>
    severity        TEXT    NOT NULL, -- S1 to S4
    confidence      TEXT    NOT NULL, -- low, medium or high
    scope           TEXT    NOT NULL, -- next-level, deeper or platform
    cite            TEXT    NOT NULL, -- instruments and clauses, JSON
    promised_source TEXT    NOT NULL, -- the part of the ad
    promised        TEXT    NOT NULL, -- its words, cut where they are long
    promised_at_s   REAL,             -- seconds of the video
    visitor         TEXT    NOT NULL, -- as whom it was seen
    level           INTEGER NOT NULL, -- 1 is the landing page
    url             TEXT    NOT NULL,
    delivered       TEXT    NOT NULL, -- the words found there, cut where they are long
    PRIMARY KEY (case_number, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX violations_by_rule ON violations (rule, case_number);
CREATE INDEX violations_by_check ON violations (check_id, case_number);
CREATE INDEX violations_by_severity ON violations (severity, case_number);
