-- What users did in the end. Times are milliseconds since 1970, UTC.
CREATE TABLE conversions (
    platform      TEXT    NOT NULL, -- empty where nobody said
    id            TEXT    NOT NULL,
    kind          TEXT    NOT NULL, -- order, register, install, …
    at            INTEGER NOT NULL,
    user_id       TEXT,             -- a pseudonym; of the click's user, where the conversion did not say
    ad            TEXT,             -- the ad that it names
    click         TEXT,             -- the click that it names
    value         INTEGER,          -- hundredths of the currency's unit
    belongs       TEXT,             -- the ad that it belongs to: which it names, or that of a click
    linked_by     TEXT,             -- ad, click or last-click
    via           TEXT,             -- the click by which it belongs
    invalid       TEXT,             -- by which rules it is invalid traffic; null: it is valid
    invalid_click TEXT,         -- by which rules the click that it belongs by is; null: it is valid
    digest        TEXT    NOT NULL, -- of what was sent: the same id with another one is refused
    PRIMARY KEY (platform, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX conversions_by_user ON conversions (platform, user_id, at) WHERE user_id IS NOT NULL;
CREATE INDEX conversions_by_click ON conversions (platform, click) WHERE click IS NOT NULL;
CREATE INDEX conversions_by_time ON conversions (at, platform, id);
CREATE INDEX conversions_by_ad ON conversions (belongs, at);
