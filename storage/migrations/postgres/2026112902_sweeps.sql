-- Ads, the landings that they share, and the sweeps over them. All times are milliseconds since 1970, UTC.
CREATE TABLE ads (
    ad_id       TEXT   NOT NULL PRIMARY KEY,
    platform    TEXT,
    advertiser  TEXT,
    trade       TEXT,
    approved_at BIGINT,
    ends_at     BIGINT,
    landing     TEXT   NOT NULL,
    ad          TEXT   NOT NULL,
    folder      TEXT   NOT NULL,
    imported_at BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);

COMMENT ON TABLE  ads             IS 'Ads as they were imported last. All times are milliseconds since 1970, UTC.';
COMMENT ON COLUMN ads.ad_id       IS 'The ad''s id on its platform.';
COMMENT ON COLUMN ads.platform    IS 'Where it runs.';
COMMENT ON COLUMN ads.advertiser  IS 'The advertiser''s id on its platform.';
COMMENT ON COLUMN ads.trade       IS 'The advertiser''s trade, or the ad''s declared category.';
COMMENT ON COLUMN ads.approved_at IS 'When the platform approved its landing page.';
COMMENT ON COLUMN ads.ends_at     IS 'When it stops running: no sweep looks after that.';
COMMENT ON COLUMN ads.landing     IS 'Where its click leads.';
COMMENT ON COLUMN ads.ad          IS 'The ad, JSON.';
COMMENT ON COLUMN ads.folder      IS 'What paths in it are relative to.';
COMMENT ON COLUMN ads.imported_at IS 'When it was imported first.';
COMMENT ON COLUMN ads.updated_at  IS 'When it was last imported otherwise than before.';

CREATE INDEX ads_by_landing ON ads (landing, ad_id);
CREATE INDEX ads_by_platform ON ads (platform, landing, ad_id);
CREATE INDEX ads_by_advertiser ON ads (advertiser, landing, ad_id);
CREATE INDEX ads_by_trade ON ads (trade, landing, ad_id);

CREATE TABLE ad_tags (
    tag   TEXT NOT NULL,
    ad_id TEXT NOT NULL,
    PRIMARY KEY (tag, ad_id)
);

COMMENT ON TABLE  ad_tags       IS 'Words by which ads are chosen.';
COMMENT ON COLUMN ad_tags.tag   IS 'The word.';
COMMENT ON COLUMN ad_tags.ad_id IS 'The ad.';

CREATE INDEX ad_tags_by_ad ON ad_tags (ad_id);

CREATE TABLE ad_moves (
    ad_id   TEXT   NOT NULL,
    until   BIGINT NOT NULL,
    landing TEXT   NOT NULL,
    PRIMARY KEY (ad_id, until, landing)
);

COMMENT ON TABLE  ad_moves         IS 'Where the clicks of ads led before they were changed.';
COMMENT ON COLUMN ad_moves.ad_id   IS 'The ad.';
COMMENT ON COLUMN ad_moves.until   IS 'When it was imported with another landing.';
COMMENT ON COLUMN ad_moves.landing IS 'Where its click led until then.';

CREATE TABLE landings (
    landing     TEXT   NOT NULL PRIMARY KEY,
    url         TEXT   NOT NULL,
    host        TEXT   NOT NULL,
    added_at    BIGINT NOT NULL,
    approved_at BIGINT,
    seen        TEXT,
    history     TEXT   NOT NULL,
    cost        TEXT,
    next_due    BIGINT
) WITH (fillfactor = 80);

COMMENT ON TABLE  landings             IS 'What ads share: where their clicks lead.';
COMMENT ON COLUMN landings.landing     IS '32 hex digits of the SHA-256 of its URL.';
COMMENT ON COLUMN landings.url         IS 'The click URL in its normal form.';
COMMENT ON COLUMN landings.host        IS 'The host that is asked first.';
COMMENT ON COLUMN landings.added_at    IS 'When the first ad that leads there was imported.';
COMMENT ON COLUMN landings.approved_at IS 'The latest approval of its ads.';
COMMENT ON COLUMN landings.seen        IS 'What was seen there last, JSON.';
COMMENT ON COLUMN landings.history     IS 'What was seen over time, JSON.';
COMMENT ON COLUMN landings.cost        IS 'What a visit takes, JSON.';
COMMENT ON COLUMN landings.next_due    IS 'When to look again, where its risk says.';

CREATE INDEX landings_due ON landings (next_due);
CREATE INDEX landings_by_host ON landings (host, added_at);

CREATE TABLE sweeps (
    name    TEXT   NOT NULL PRIMARY KEY,
    state   TEXT   NOT NULL CHECK (state IN ('running', 'paused', 'cancelled', 'done')),
    next_at BIGINT,
    sweep   TEXT   NOT NULL
);

COMMENT ON TABLE  sweeps         IS 'What is looked at, how often, as whom, and for how much.';
COMMENT ON COLUMN sweeps.name    IS 'Names its rounds and their jobs.';
COMMENT ON COLUMN sweeps.state   IS 'running, paused, cancelled or done.';
COMMENT ON COLUMN sweeps.next_at IS 'When its next round opens; null when there will be none.';
COMMENT ON COLUMN sweeps.sweep   IS 'The sweep, JSON.';

CREATE INDEX sweeps_due ON sweeps (next_at) WHERE state = 'running';

CREATE TABLE rounds (
    round     TEXT   NOT NULL PRIMARY KEY,
    sweep     TEXT   NOT NULL,
    state     TEXT   NOT NULL CHECK (state IN ('opening', 'open', 'paused', 'cancelled', 'done')),
    opened_at BIGINT NOT NULL,
    ended_at  BIGINT,
    ads       BIGINT NOT NULL,
    landings  BIGINT NOT NULL,
    left_out  BIGINT NOT NULL,
    jobs      BIGINT NOT NULL
);

COMMENT ON TABLE  rounds           IS 'Each run of a sweep.';
COMMENT ON COLUMN rounds.round     IS 'The sweep''s name and when it was due.';
COMMENT ON COLUMN rounds.sweep     IS 'The sweep.';
COMMENT ON COLUMN rounds.state     IS 'opening (its jobs are being made), open, paused, cancelled or done.';
COMMENT ON COLUMN rounds.opened_at IS 'When it was opened.';
COMMENT ON COLUMN rounds.ended_at  IS 'When its last job ended.';
COMMENT ON COLUMN rounds.ads       IS 'How many ads it examines.';
COMMENT ON COLUMN rounds.landings  IS 'How many landings they share.';
COMMENT ON COLUMN rounds.left_out  IS 'Landings that the budget did not allow, or that were not due.';
COMMENT ON COLUMN rounds.jobs      IS 'How many jobs it has.';

CREATE INDEX rounds_by_sweep ON rounds (sweep, opened_at);
