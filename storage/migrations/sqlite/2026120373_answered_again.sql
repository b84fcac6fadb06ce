-- A case may lead to a step more than once: when something graver is confirmed in it than the step before was for, and when that
-- step was taken back since nothing it rested on was confirmed any more. Whether it may is asked in the transaction that proposes.
CREATE TABLE measure_cases_next (
    measure INTEGER NOT NULL REFERENCES measures (number) ON DELETE CASCADE,
    case_id TEXT    NOT NULL,
    ladder  TEXT    NOT NULL,          -- of the measure
    PRIMARY KEY (measure, case_id)
) STRICT, WITHOUT ROWID;

INSERT INTO measure_cases_next (measure, case_id, ladder) SELECT measure, case_id, ladder FROM measure_cases;
DROP TABLE measure_cases;
ALTER TABLE measure_cases_next RENAME TO measure_cases;

CREATE INDEX measure_cases_by_case ON measure_cases (case_id, ladder);
