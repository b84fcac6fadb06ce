-- Who did what: rows are added, and nothing else. Times are milliseconds since 1970, UTC.
CREATE TABLE accesses (
    number  BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      BIGINT NOT NULL,
    who     TEXT   NOT NULL,
    role    TEXT   NOT NULL,
    action  TEXT   NOT NULL,
    object  TEXT   NOT NULL,
    address TEXT   NOT NULL
);

COMMENT ON TABLE  accesses         IS 'Who did what: rows are added, and nothing else.';
COMMENT ON COLUMN accesses.number  IS 'Grows.';
COMMENT ON COLUMN accesses.at      IS 'Milliseconds since 1970, UTC.';
COMMENT ON COLUMN accesses.who     IS 'The account''s name, then.';
COMMENT ON COLUMN accesses.role    IS 'And its role.';
COMMENT ON COLUMN accesses.action  IS 'view, export, verify, decide, login, …';
COMMENT ON COLUMN accesses.object  IS 'A case, a file, an account.';
COMMENT ON COLUMN accesses.address IS 'From where.';

CREATE INDEX accesses_by_object ON accesses (object, number);
CREATE INDEX accesses_by_account ON accesses (who, number);

CREATE FUNCTION accesses_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the access log is append-only';
END;
$$;

CREATE TRIGGER accesses_are_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON accesses
    FOR EACH STATEMENT EXECUTE FUNCTION accesses_are_append_only();
