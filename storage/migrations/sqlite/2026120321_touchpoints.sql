-- Contacts of users with ads, as platforms tell them. Times are milliseconds since 1970, UTC.
CREATE TABLE touchpoints (
    platform   TEXT    NOT NULL, -- empty where nobody said
    id         TEXT    NOT NULL, -- of a click: what complaints and conversions name
    kind       TEXT    NOT NULL CHECK (kind IN ('impression', 'click')),
    at         INTEGER NOT NULL,
    user_id    TEXT,             -- a pseudonym of the platform's
    ad         TEXT,             -- null: not by an ad
    channel    TEXT    NOT NULL,
    device     TEXT,
    ip         TEXT,             -- cut to its network, 1.2.3.0 or 2001:db8:1::, after a time
    ip_cut     INTEGER NOT NULL DEFAULT 0, -- 1 since then
    user_agent TEXT,
    width      INTEGER,          -- on the screen, CSS pixels
    height     INTEGER,
    prefetch   INTEGER NOT NULL, -- 1: it was fetched ahead of any user
    north_e6   INTEGER,          -- where the device was, millionths of a degree
    east_e6    INTEGER,
    invalid    TEXT,             -- by which rules it is invalid traffic, with a space between; null: it is valid
    digest     TEXT    NOT NULL, -- of what was sent: the same id with another one is refused
    kept_until INTEGER NOT NULL,
    PRIMARY KEY (platform, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX touchpoints_by_user ON touchpoints (platform, user_id, at) WHERE user_id IS NOT NULL;
CREATE INDEX touchpoints_by_time ON touchpoints (at, platform, id);
