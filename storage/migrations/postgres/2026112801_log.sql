-- The log: what was sealed, decided and deleted, in order. Its root is that of RFC 6962; nothing in it is ever changed.
CREATE TABLE log (
    leaf_index BIGINT NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    case_id    TEXT,
    entry      TEXT   NOT NULL,
    leaf_hash  TEXT   NOT NULL
);

COMMENT ON TABLE  log            IS 'What was sealed, decided and deleted, in order. Its root is that of RFC 6962; nothing in it is ever changed.';
COMMENT ON COLUMN log.leaf_index IS '0, 1, 2, … without a gap.';
COMMENT ON COLUMN log.kind       IS 'Of the entry: case, decision, measure, deletion, restamp, key.';
COMMENT ON COLUMN log.case_id    IS 'Of the entry, where it is about a case.';
COMMENT ON COLUMN log.entry      IS 'One line of JSON: the bytes that are hashed.';
COMMENT ON COLUMN log.leaf_hash  IS 'Hex of SHA-256 of a zero byte and the entry.';

CREATE INDEX log_by_case ON log (case_id, leaf_index);
CREATE INDEX log_by_kind ON log (kind, leaf_index);

CREATE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only';
END;
$$;

CREATE TRIGGER log_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON log
    FOR EACH STATEMENT EXECUTE FUNCTION log_is_append_only();

-- Checkpoints: how long the log was, and its root then.
CREATE TABLE checkpoints (
    number    BIGINT      NOT NULL PRIMARY KEY,
    size      BIGINT      NOT NULL,
    root      TEXT        NOT NULL,
    is_signed BIGINT      NOT NULL,
    note      TEXT        NOT NULL UNIQUE,
    made_at   TIMESTAMPTZ NOT NULL
);

COMMENT ON TABLE  checkpoints           IS 'How long the log was, and its root then.';
COMMENT ON COLUMN checkpoints.number    IS '1, 2, 3, … in the order of keeping.';
COMMENT ON COLUMN checkpoints.size      IS 'How many entries it stands for.';
COMMENT ON COLUMN checkpoints.root      IS 'Hex.';
COMMENT ON COLUMN checkpoints.is_signed IS '1 when a key signed it, 0 when none was configured.';
COMMENT ON COLUMN checkpoints.note      IS 'As C2SP writes it, with its signature.';
COMMENT ON COLUMN checkpoints.made_at   IS 'When it was made.';
