-- What other systems are told: written with what it tells of, and sent later. Times are milliseconds since 1970, UTC.
CREATE TABLE outbox (
    event_id    TEXT    NOT NULL PRIMARY KEY, -- the same each time it is sent
    kind        TEXT    NOT NULL,             -- done, error, violation or decided
    case_id     TEXT    NOT NULL,             -- it goes with its case
    happened_at INTEGER NOT NULL,
    spread      INTEGER NOT NULL,             -- 1 once it has its deliveries
    body        TEXT    NOT NULL              -- JSON: the bytes that are sent
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_new ON outbox (happened_at) WHERE spread = 0;
CREATE INDEX outbox_by_case ON outbox (case_id);
CREATE INDEX outbox_by_time ON outbox (happened_at);

-- How far each event is on its way to each destination.
CREATE TABLE deliveries (
    event_id    TEXT    NOT NULL REFERENCES outbox (event_id) ON DELETE CASCADE,
    destination TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
    attempts    INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,             -- not tried before
    trouble     TEXT,                         -- why the last attempt failed
    ended_at    INTEGER,                      -- when it was confirmed, or given up
    PRIMARY KEY (event_id, destination)
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_open ON deliveries (destination, state, next_at) WHERE state <> 'sent';
