-- What other systems are told: written with what it tells of, and sent later. Times are milliseconds since 1970, UTC.
CREATE TABLE outbox (
    event_id    TEXT   NOT NULL PRIMARY KEY,
    kind        TEXT   NOT NULL,
    case_id     TEXT   NOT NULL,
    happened_at BIGINT NOT NULL,
    spread      BIGINT NOT NULL,
    body        TEXT   NOT NULL
) WITH (fillfactor = 80);

COMMENT ON TABLE  outbox             IS 'What other systems are told: written with what it tells of, and sent later.';
COMMENT ON COLUMN outbox.event_id    IS 'The same each time it is sent.';
COMMENT ON COLUMN outbox.kind        IS 'done, error, violation or decided.';
COMMENT ON COLUMN outbox.case_id     IS 'It goes with its case.';
COMMENT ON COLUMN outbox.happened_at IS 'Milliseconds since 1970, UTC.';
COMMENT ON COLUMN outbox.spread      IS '1 once it has its deliveries.';
COMMENT ON COLUMN outbox.body        IS 'JSON: the bytes that are sent.';

CREATE INDEX outbox_new ON outbox (happened_at) WHERE spread = 0;
CREATE INDEX outbox_by_case ON outbox (case_id);
CREATE INDEX outbox_by_time ON outbox (happened_at);

CREATE TABLE deliveries (
    event_id    TEXT   NOT NULL REFERENCES outbox (event_id) ON DELETE CASCADE,
    destination TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
    attempts    BIGINT NOT NULL,
    next_at     BIGINT NOT NULL,
    trouble     TEXT,
    ended_at    BIGINT,
    PRIMARY KEY (event_id, destination)
) WITH (fillfactor = 80);

COMMENT ON TABLE  deliveries             IS 'How far each event is on its way to each destination.';
COMMENT ON COLUMN deliveries.event_id    IS 'The event.';
COMMENT ON COLUMN deliveries.destination IS 'A webhook, or jetstream.';
COMMENT ON COLUMN deliveries.state       IS 'waiting, sent or dead.';
COMMENT ON COLUMN deliveries.attempts    IS 'How often it was tried.';
COMMENT ON COLUMN deliveries.next_at     IS 'Not tried before; milliseconds since 1970, UTC.';
COMMENT ON COLUMN deliveries.trouble     IS 'Why the last attempt failed.';
COMMENT ON COLUMN deliveries.ended_at    IS 'When it was confirmed, or given up; milliseconds since 1970, UTC.';

CREATE INDEX deliveries_open ON deliveries (destination, state, next_at) WHERE state <> 'sent';
