-- What came of each ad in each round, and who leads. All times are milliseconds since 1970, UTC.
CREATE TABLE round_cases (
    round   TEXT NOT NULL,
    ad_id   TEXT NOT NULL,
    job_id  TEXT NOT NULL,
    case_id TEXT NOT NULL,
    PRIMARY KEY (round, ad_id)
);

COMMENT ON TABLE  round_cases         IS 'What came of each ad in each round: one case.';
COMMENT ON COLUMN round_cases.round   IS 'The round of the sweep.';
COMMENT ON COLUMN round_cases.ad_id   IS 'The ad''s id on its platform.';
COMMENT ON COLUMN round_cases.job_id  IS 'The job that looked.';
COMMENT ON COLUMN round_cases.case_id IS 'The one case of this ad in this round.';

CREATE INDEX round_cases_by_case ON round_cases (case_id);
CREATE INDEX jobs_given_up ON jobs (job_id) WHERE state = 'dead' AND outcome IS NULL;

CREATE TABLE leaders (
    role   TEXT   NOT NULL PRIMARY KEY,
    holder TEXT   NOT NULL,
    until  BIGINT NOT NULL
);

COMMENT ON TABLE  leaders        IS 'Of several processes that could do it, the one that does. All times are milliseconds since 1970, UTC.';
COMMENT ON COLUMN leaders.role   IS 'What it does.';
COMMENT ON COLUMN leaders.holder IS 'Host and process.';
COMMENT ON COLUMN leaders.until  IS 'Another one may take it up after this.';
