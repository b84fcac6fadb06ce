-- The frontier: which host may be visited when, and which jobs wait for it. All times are milliseconds since 1970, UTC.
CREATE TABLE hosts (
    host     TEXT    NOT NULL PRIMARY KEY,
    next_at  INTEGER NOT NULL,   -- not visited before: its pace, what it asked for, or its circuit breaker
    lease    INTEGER,            -- token of the attempt that visits it; null when nobody does
    failures INTEGER NOT NULL    -- attempts in a row that failed by the host's fault
) STRICT, WITHOUT ROWID;

-- What waits for a host in one pool of workers, drawn from `jobs` so that granting need not look through them.
CREATE TABLE queues (
    host     TEXT    NOT NULL,
    pool     TEXT    NOT NULL,   -- region and device of the workers that can do it
    best     INTEGER,            -- highest priority that waits; null when nothing does
    ready_at INTEGER,            -- when the first of those is ready
    PRIMARY KEY (host, pool)
) STRICT, WITHOUT ROWID;

CREATE INDEX queues_waiting ON queues (pool, best DESC, ready_at) WHERE best IS NOT NULL;

-- Jobs: one landing of one round, for all the ads that lead there.
CREATE TABLE jobs (
    job_id        TEXT    NOT NULL PRIMARY KEY,
    round         TEXT    NOT NULL,   -- the round of the sweep that it belongs to
    host          TEXT    NOT NULL,
    pool          TEXT    NOT NULL,
    priority      INTEGER NOT NULL,   -- larger goes first
    state         TEXT    NOT NULL CHECK (state IN ('ready', 'held', 'leased', 'done', 'dead', 'cancelled')),
    ready_at      INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    most_attempts INTEGER NOT NULL,
    token         INTEGER,            -- of the present or the last attempt
    until         INTEGER,            -- when the present attempt's lease ends
    work          TEXT    NOT NULL,   -- what the worker is to do, JSON
    outcome       TEXT,               -- what came of it, JSON
    reason        TEXT                -- why it is dead
) STRICT, WITHOUT ROWID;

CREATE INDEX jobs_by_priority ON jobs (host, pool, priority DESC, ready_at) WHERE state = 'ready';
CREATE INDEX jobs_by_time ON jobs (host, pool, ready_at) WHERE state = 'ready';
CREATE INDEX jobs_by_round ON jobs (round, state);
CREATE INDEX jobs_by_lease ON jobs (until) WHERE state = 'leased';

-- Attempts: every lease that was ever given, and how it ended. Its token fences: an outcome with an older one is late.
CREATE TABLE attempts (
    token      INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id     TEXT    NOT NULL,
    attempt    INTEGER NOT NULL,   -- 1 for the first
    granted_at INTEGER NOT NULL,
    until      INTEGER NOT NULL,
    worker     TEXT,               -- who says to have done it
    ended_at   INTEGER,
    ended      TEXT CHECK (ended IN ('done', 'failed', 'expired', 'cancelled')),
    reason     TEXT,
    late_at    INTEGER             -- when an outcome came after the lease had ended; it counts for nothing
) STRICT;

CREATE INDEX attempts_by_job ON attempts (job_id, attempt);
