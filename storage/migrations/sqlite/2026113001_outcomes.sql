-- What came of each ad in each round, and who leads. All times are milliseconds since 1970, UTC.
CREATE TABLE round_cases (
    round   TEXT NOT NULL,
    ad_id   TEXT NOT NULL,
    job_id  TEXT NOT NULL,   -- the job that looked
    case_id TEXT NOT NULL,   -- the one case of this ad in this round
    PRIMARY KEY (round, ad_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX round_cases_by_case ON round_cases (case_id);
CREATE INDEX jobs_given_up ON jobs (job_id) WHERE state = 'dead' AND outcome IS NULL;

-- Of several processes that could do it, the one that does.
CREATE TABLE leaders (
    role   TEXT    NOT NULL PRIMARY KEY,
    holder TEXT    NOT NULL,   -- host and process
    until  INTEGER NOT NULL    -- another one may take it up after this
) STRICT, WITHOUT ROWID;
