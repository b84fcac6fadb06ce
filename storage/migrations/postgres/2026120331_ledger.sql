-- The ledger (台账): rows are added, and nothing else, and each names the one before it. Times are milliseconds since 1970, UTC.
CREATE TABLE ledger (
    number   BIGINT NOT NULL PRIMARY KEY,
    at       BIGINT NOT NULL,
    act      TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    what     TEXT   NOT NULL UNIQUE,
    follows  TEXT,
    done_by  TEXT,
    body     TEXT   NOT NULL,
    previous TEXT,
    hash     TEXT   NOT NULL
);

COMMENT ON TABLE  ledger          IS 'The ledger (台账) of what was found, decided, done, and what came of it: rows are added, and nothing else.';
COMMENT ON COLUMN ledger.number   IS '1, 2, 3, … without a gap.';
COMMENT ON COLUMN ledger.at       IS 'When it happened; milliseconds since 1970, UTC.';
COMMENT ON COLUMN ledger.act      IS 'finding, decision, measure, outcome.';
COMMENT ON COLUMN ledger.subject  IS 'The advertiser; the ad where none is known.';
COMMENT ON COLUMN ledger.what     IS 'Names it: nothing is written down twice.';
COMMENT ON COLUMN ledger.follows  IS 'The what that it follows from.';
COMMENT ON COLUMN ledger.done_by  IS 'The account; null: postlink by itself.';
COMMENT ON COLUMN ledger.body     IS 'JSON.';
COMMENT ON COLUMN ledger.previous IS 'The hash of the entry before.';
COMMENT ON COLUMN ledger.hash     IS 'Of everything above in canonical JSON.';

CREATE INDEX ledger_by_subject ON ledger (subject, number);

CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END;
$$;

CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
