-- A case may lead to a step more than once: when something graver is confirmed in it than the step before was for, and when that
-- step was taken back since nothing it rested on was confirmed any more. Whether it may is asked in the transaction that proposes.
ALTER TABLE measure_cases DROP CONSTRAINT measure_cases_case_id_ladder_key;

COMMENT ON TABLE measure_cases IS 'What measures rest on: a case leads to one step of a ladder, and to another one where something graver is confirmed in it.';

CREATE INDEX measure_cases_by_case ON measure_cases (case_id, ladder);
