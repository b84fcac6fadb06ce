-- What the lines of cases say, for those who search: taken from the line when the case is written, and gone with it.
CREATE TABLE facts (
    case_number     BIGINT NOT NULL PRIMARY KEY REFERENCES cases (number),
    platform        TEXT,
    advertiser_name TEXT,
    trade           TEXT,
    title           TEXT,
    severity        TEXT,
    violations      BIGINT NOT NULL,
    gaps            TEXT   NOT NULL
);

COMMENT ON TABLE  facts                 IS 'What the lines of cases say, for those who search: taken from the line when the case is written, and gone with it.';
COMMENT ON COLUMN facts.case_number     IS 'The case.';
COMMENT ON COLUMN facts.platform        IS 'Where the ad runs.';
COMMENT ON COLUMN facts.advertiser_name IS 'As the ad names it.';
COMMENT ON COLUMN facts.trade           IS 'The advertiser''s, or the ad''s declared category.';
COMMENT ON COLUMN facts.title           IS 'Of the ad.';
COMMENT ON COLUMN facts.severity        IS 'Of the gravest violation; null where there is none.';
COMMENT ON COLUMN facts.violations      IS 'How many there are.';
COMMENT ON COLUMN facts.gaps            IS 'Why something could not be seen, each reason once, JSON.';

CREATE TABLE violations (
    case_number     BIGINT NOT NULL REFERENCES cases (number),
    number          BIGINT NOT NULL,
    check_id        TEXT   NOT NULL,
    rule            TEXT   NOT NULL,
    pack            TEXT   NOT NULL,
    severity        TEXT   NOT NULL,
    confidence      TEXT   NOT NULL,
    scope           TEXT   NOT NULL,
    cite            TEXT   NOT NULL,
    promised_source TEXT   NOT NULL,
    promised        TEXT   NOT NULL,
    promised_at_s   DOUBLE PRECISION,
    visitor         TEXT   NOT NULL,
    level           BIGINT NOT NULL,
    url             TEXT   NOT NULL,
    delivered       TEXT   NOT NULL,
    PRIMARY KEY (case_number, number)
);

COMMENT ON TABLE  violations                 IS 'What was found, a row each: taken from the line of its case, and gone with it.';
COMMENT ON COLUMN violations.case_number     IS 'The case.';
COMMENT ON COLUMN violations.number          IS 'Its place among the violations of its case, from 1.';
COMMENT ON COLUMN violations.check_id        IS 'The check whose finding was judged.';
COMMENT ON COLUMN violations.rule            IS 'The rule that judged it.';
COMMENT ON COLUMN violations.pack            IS '<pack>@<version>.';
COMMENT ON COLUMN violations.severity        IS 'S1 to S4.';
COMMENT ON COLUMN violations.confidence      IS 'low, medium or high.';
COMMENT ON COLUMN violations.scope           IS 'next-level, deeper or platform.';
COMMENT ON COLUMN violations.cite            IS 'Instruments and clauses, JSON.';
COMMENT ON COLUMN violations.promised_source IS 'The part of the ad.';
COMMENT ON COLUMN violations.promised        IS 'Its words, cut where they are long.';
COMMENT ON COLUMN violations.promised_at_s   IS 'Seconds of the video.';
COMMENT ON COLUMN violations.visitor         IS 'As whom it was seen.';
COMMENT ON COLUMN violations.level           IS '1 is the landing page.';
COMMENT ON COLUMN violations.url             IS 'The page.';
COMMENT ON COLUMN violations.delivered       IS 'The words found there, cut where they are long.';

CREATE INDEX violations_by_rule ON violations (rule, case_number);
CREATE INDEX violations_by_check ON violations (check_id, case_number);
CREATE INDEX violations_by_severity ON violations (severity, case_number);
