-- What is done about advertisers, step by step. Times are milliseconds since 1970, UTC.
CREATE TABLE measures (
    number      BIGINT NOT NULL PRIMARY KEY,
    platform    TEXT,
    advertiser  TEXT   NOT NULL,
    ladder      TEXT   NOT NULL,
    step        TEXT   NOT NULL,
    severity    TEXT   NOT NULL,
    reasons     TEXT   NOT NULL,
    to_decide   BIGINT NOT NULL,
    proposed_at BIGINT NOT NULL,
    state       TEXT   NOT NULL,
    ends_at     BIGINT
);

COMMENT ON TABLE  measures             IS 'What is done about advertisers, step by step.';
COMMENT ON COLUMN measures.number      IS '1, 2, 3, … in the order of proposing.';
COMMENT ON COLUMN measures.platform    IS 'Where the ads run.';
COMMENT ON COLUMN measures.advertiser  IS 'Its id on its platform.';
COMMENT ON COLUMN measures.ladder      IS 'The ladder''s id.';
COMMENT ON COLUMN measures.step        IS 'The step''s on it.';
COMMENT ON COLUMN measures.severity    IS 'S1 to S4.';
COMMENT ON COLUMN measures.reasons     IS 'A JSON array: why it is this step.';
COMMENT ON COLUMN measures.to_decide   IS '1: a person has to decide it.';
COMMENT ON COLUMN measures.proposed_at IS 'Milliseconds since 1970, UTC.';
COMMENT ON COLUMN measures.state       IS 'proposed, taken, refused, lifted.';
COMMENT ON COLUMN measures.ends_at     IS 'When it ends by itself; while it is proposed, as if it were taken at once.';

CREATE INDEX measures_by_advertiser ON measures (advertiser, platform, number);

CREATE TABLE measure_cases (
    measure BIGINT NOT NULL REFERENCES measures (number) ON DELETE CASCADE,
    case_id TEXT   NOT NULL,
    ladder  TEXT   NOT NULL,
    PRIMARY KEY (measure, case_id),
    UNIQUE (case_id, ladder)
);

COMMENT ON TABLE  measure_cases         IS 'What measures rest on: a case leads to one step of a ladder.';
COMMENT ON COLUMN measure_cases.measure IS 'The measure.';
COMMENT ON COLUMN measure_cases.case_id IS 'The case.';
COMMENT ON COLUMN measure_cases.ladder  IS 'Of the measure.';

CREATE TABLE measure_turns (
    measure   BIGINT NOT NULL REFERENCES measures (number) ON DELETE CASCADE,
    state     TEXT   NOT NULL,
    turned_by TEXT,
    turned_at BIGINT NOT NULL,
    why       TEXT,
    PRIMARY KEY (measure, state)
);

COMMENT ON TABLE  measure_turns           IS 'What became of measures.';
COMMENT ON COLUMN measure_turns.measure   IS 'The measure.';
COMMENT ON COLUMN measure_turns.state     IS 'What it turned to: each once.';
COMMENT ON COLUMN measure_turns.turned_by IS 'The account; null: postlink by itself.';
COMMENT ON COLUMN measure_turns.turned_at IS 'Milliseconds since 1970, UTC.';
COMMENT ON COLUMN measure_turns.why       IS 'Why, as it was given.';
