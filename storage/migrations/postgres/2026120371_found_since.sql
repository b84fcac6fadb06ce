-- From when on a finding waits to be decided: since it was first found, however often its ad was looked at again. What was found
-- before this was kept waits since its own case.
ALTER TABLE violations ADD COLUMN found_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE undecided ADD COLUMN found_since BIGINT NOT NULL DEFAULT 0;

COMMENT ON COLUMN violations.found_since IS 'When it was first found and not decided since; milliseconds since 1970, UTC.';
COMMENT ON COLUMN undecided.found_since  IS 'As of its violation.';

UPDATE violations SET found_since = coalesce((SELECT sealed_at FROM facts WHERE facts.case_number = violations.case_number), 0);
UPDATE undecided SET found_since = sealed_at;

CREATE INDEX undecided_by_time ON undecided (found_since, case_number);
