-- Ads as they were imported last. All times are milliseconds since 1970, UTC.
CREATE TABLE ads (
    ad_id       TEXT    NOT NULL PRIMARY KEY,
    platform    TEXT,
    advertiser  TEXT,               -- the advertiser's id on its platform
    trade       TEXT,               -- the advertiser's trade, or the ad's declared category
    approved_at INTEGER,            -- when the platform approved its landing page
    ends_at     INTEGER,            -- when it stops running: no sweep looks after that
    landing     TEXT    NOT NULL,   -- where its click leads
    ad          TEXT    NOT NULL,   -- the ad, JSON
    folder      TEXT    NOT NULL,   -- what paths in it are relative to
    imported_at INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL    -- when it was last imported otherwise than before
) STRICT, WITHOUT ROWID;

CREATE INDEX ads_by_landing ON ads (landing, ad_id);
CREATE INDEX ads_by_platform ON ads (platform, landing, ad_id);
CREATE INDEX ads_by_advertiser ON ads (advertiser, landing, ad_id);
CREATE INDEX ads_by_trade ON ads (trade, landing, ad_id);

-- Words by which ads are chosen.
CREATE TABLE ad_tags (
    tag   TEXT NOT NULL,
    ad_id TEXT NOT NULL,
    PRIMARY KEY (tag, ad_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ad_tags_by_ad ON ad_tags (ad_id);

-- Where the clicks of ads led before they were changed.
CREATE TABLE ad_moves (
    ad_id   TEXT    NOT NULL,
    until   INTEGER NOT NULL,   -- when it was imported with another landing
    landing TEXT    NOT NULL,   -- where its click led until then
    PRIMARY KEY (ad_id, until, landing)
) STRICT, WITHOUT ROWID;

-- Landings: what ads share.
CREATE TABLE landings (
    landing     TEXT    NOT NULL PRIMARY KEY,   -- 32 hex digits of the SHA-256 of its URL
    url         TEXT    NOT NULL,               -- the click URL in its normal form
    host        TEXT    NOT NULL,               -- the host that is asked first
    added_at    INTEGER NOT NULL,
    approved_at INTEGER,                        -- the latest approval of its ads
    seen        TEXT,                           -- what was seen there last, JSON
    history     TEXT    NOT NULL,               -- what was seen over time, JSON
    cost        TEXT,                           -- what a visit takes, JSON
    next_due    INTEGER                         -- when to look again, where its risk says
) STRICT, WITHOUT ROWID;

CREATE INDEX landings_due ON landings (next_due);
CREATE INDEX landings_by_host ON landings (host, added_at);

-- Sweeps: what is looked at, how often, as whom, and for how much.
CREATE TABLE sweeps (
    name    TEXT    NOT NULL PRIMARY KEY,
    state   TEXT    NOT NULL CHECK (state IN ('running', 'paused', 'cancelled', 'done')),
    next_at INTEGER,            -- when its next round opens; null when there will be none
    sweep   TEXT    NOT NULL    -- the sweep, JSON
) STRICT, WITHOUT ROWID;

CREATE INDEX sweeps_due ON sweeps (next_at) WHERE state = 'running';

-- Rounds: each run of a sweep.
CREATE TABLE rounds (
    round     TEXT    NOT NULL PRIMARY KEY,
    sweep     TEXT    NOT NULL,
    state     TEXT    NOT NULL CHECK (state IN ('opening', 'open', 'paused', 'cancelled', 'done')),
    opened_at INTEGER NOT NULL,
    ended_at  INTEGER,
    ads       INTEGER NOT NULL,
    landings  INTEGER NOT NULL,
    left_out  INTEGER NOT NULL,   -- landings that the budget did not allow, or that were not due
    jobs      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX rounds_by_sweep ON rounds (sweep, opened_at);
