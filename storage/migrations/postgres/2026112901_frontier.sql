-- The frontier: which host may be visited when, and which jobs wait for it. All times are milliseconds since 1970, UTC.
CREATE TABLE hosts (
    host     TEXT   NOT NULL PRIMARY KEY,
    next_at  BIGINT NOT NULL,
    lease    BIGINT,
    failures BIGINT NOT NULL
) WITH (fillfactor = 80);

COMMENT ON TABLE  hosts          IS 'Which host may be visited when. All times are milliseconds since 1970, UTC.';
COMMENT ON COLUMN hosts.host     IS 'Its name, or address, and port where it is not the usual one.';
COMMENT ON COLUMN hosts.next_at  IS 'Not visited before: its pace, what it asked for, or its circuit breaker.';
COMMENT ON COLUMN hosts.lease    IS 'Token of the attempt that visits it; null when nobody does.';
COMMENT ON COLUMN hosts.failures IS 'Attempts in a row that failed by the host''s fault.';

CREATE TABLE queues (
    host     TEXT   NOT NULL,
    pool     TEXT   NOT NULL,
    best     BIGINT,
    ready_at BIGINT,
    PRIMARY KEY (host, pool)
) WITH (fillfactor = 80);

COMMENT ON TABLE  queues          IS 'What waits for a host in one pool of workers, drawn from jobs so that granting need not look through them.';
COMMENT ON COLUMN queues.host     IS 'The host.';
COMMENT ON COLUMN queues.pool     IS 'Region and device of the workers that can do it.';
COMMENT ON COLUMN queues.best     IS 'Highest priority that waits; null when nothing does.';
COMMENT ON COLUMN queues.ready_at IS 'When the first of those is ready.';

CREATE INDEX queues_waiting ON queues (pool, best DESC, ready_at) WHERE best IS NOT NULL;

CREATE TABLE jobs (
    job_id        TEXT   NOT NULL PRIMARY KEY,
    round         TEXT   NOT NULL,
    host          TEXT   NOT NULL,
    pool          TEXT   NOT NULL,
    priority      BIGINT NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('ready', 'held', 'leased', 'done', 'dead', 'cancelled')),
    ready_at      BIGINT NOT NULL,
    attempts      BIGINT NOT NULL,
    most_attempts BIGINT NOT NULL,
    token         BIGINT,
    until         BIGINT,
    work          TEXT   NOT NULL,
    outcome       TEXT,
    reason        TEXT
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);

COMMENT ON TABLE  jobs               IS 'One landing of one round, for all the ads that lead there.';
COMMENT ON COLUMN jobs.job_id        IS 'The same for the same landing in the same round: it is enqueued once.';
COMMENT ON COLUMN jobs.round         IS 'The round of the sweep that it belongs to.';
COMMENT ON COLUMN jobs.host          IS 'The host that is asked first.';
COMMENT ON COLUMN jobs.pool          IS 'Region and device of the workers that can do it.';
COMMENT ON COLUMN jobs.priority      IS 'Larger goes first.';
COMMENT ON COLUMN jobs.state         IS 'ready, held (its round is paused), leased, done, dead or cancelled.';
COMMENT ON COLUMN jobs.ready_at      IS 'Not granted before.';
COMMENT ON COLUMN jobs.attempts      IS 'How often it was granted.';
COMMENT ON COLUMN jobs.most_attempts IS 'After so many it is dead.';
COMMENT ON COLUMN jobs.token         IS 'Of the present or the last attempt.';
COMMENT ON COLUMN jobs.until         IS 'When the present attempt''s lease ends.';
COMMENT ON COLUMN jobs.work          IS 'What the worker is to do, JSON.';
COMMENT ON COLUMN jobs.outcome       IS 'What came of it, JSON.';
COMMENT ON COLUMN jobs.reason        IS 'Why it is dead.';

CREATE INDEX jobs_by_priority ON jobs (host, pool, priority DESC, ready_at) WHERE state = 'ready';
CREATE INDEX jobs_by_time ON jobs (host, pool, ready_at) WHERE state = 'ready';
CREATE INDEX jobs_by_round ON jobs (round, state);
CREATE INDEX jobs_by_lease ON jobs (until) WHERE state = 'leased';

CREATE TABLE attempts (
    token      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id     TEXT   NOT NULL,
    attempt    BIGINT NOT NULL,
    granted_at BIGINT NOT NULL,
    until      BIGINT NOT NULL,
    worker     TEXT,
    ended_at   BIGINT,
    ended      TEXT CHECK (ended IN ('done', 'failed', 'expired', 'cancelled')),
    reason     TEXT,
    late_at    BIGINT
);

COMMENT ON TABLE  attempts            IS 'Every lease that was ever given, and how it ended.';
COMMENT ON COLUMN attempts.token      IS 'Fences: an outcome with an older token than its job''s is late.';
COMMENT ON COLUMN attempts.job_id     IS 'The job.';
COMMENT ON COLUMN attempts.attempt    IS '1 for the first.';
COMMENT ON COLUMN attempts.granted_at IS 'When the lease began.';
COMMENT ON COLUMN attempts.until      IS 'When it ends by itself.';
COMMENT ON COLUMN attempts.worker     IS 'Who says to have done it.';
COMMENT ON COLUMN attempts.ended_at   IS 'When it ended.';
COMMENT ON COLUMN attempts.ended      IS 'done, failed, expired or cancelled; null while it lasts.';
COMMENT ON COLUMN attempts.reason     IS 'Why it failed.';
COMMENT ON COLUMN attempts.late_at    IS 'When an outcome came after the lease had ended; it counts for nothing.';

CREATE INDEX attempts_by_job ON attempts (job_id, attempt);
