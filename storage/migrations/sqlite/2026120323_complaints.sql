-- What users said after the click. Times are milliseconds since 1970, UTC.
CREATE TABLE complaints (
    platform      TEXT    NOT NULL, -- empty where nobody said
    id            TEXT    NOT NULL,
    source        TEXT    NOT NULL, -- comment, report, hotline, rating or refund
    at            INTEGER NOT NULL,
    said          TEXT    NOT NULL, -- empty since its time was over
    user_id       TEXT,             -- a pseudonym; of the click's user, where the complaint did not say
    ad            TEXT,             -- the ad that it names
    click         TEXT,             -- the click that it names
    age           TEXT,             -- minor, adult or elderly
    rating        INTEGER,          -- stars, 1 to 5
    refunded      INTEGER,          -- hundredths of the currency's unit
    belongs       TEXT,             -- the ad that it belongs to: which it names, or that of a click
    linked_by     TEXT,             -- ad, click or last-click
    via           TEXT,             -- the click by which it belongs
    label         TEXT,             -- what it says, JSON
    scenario      TEXT,             -- of its label: goods, virtual or service
    kind          TEXT,             -- of its label: content, fulfilment, distribution or other
    severity      TEXT,             -- of its label: S1 to S4
    label_settled INTEGER NOT NULL DEFAULT 0, -- 1 since a person labelled it: no rule does any more
    excluded      TEXT,             -- why it does not count, JSON; null: nobody says that it does not
    doubted       TEXT,             -- why a person should say whether it counts, JSON
    noise_heeded  INTEGER NOT NULL DEFAULT 0, -- 1 since rules looked whether it is noise
    noise_settled INTEGER NOT NULL DEFAULT 0, -- 1 since a person excluded or restored it: no rule does any more
    digest        TEXT    NOT NULL, -- of what was sent: the same id with another one is refused
    kept_until    INTEGER NOT NULL, -- what was said is forgotten then, and the row counts on
    forgotten     INTEGER NOT NULL DEFAULT 0, -- 1 since then
    PRIMARY KEY (platform, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX complaints_by_user ON complaints (platform, user_id, at) WHERE user_id IS NOT NULL;
CREATE INDEX complaints_by_click ON complaints (platform, click) WHERE click IS NOT NULL;
CREATE INDEX complaints_by_time ON complaints (at, platform, id);
CREATE INDEX complaints_by_ad ON complaints (belongs, at);
CREATE INDEX complaints_unheeded ON complaints (at, platform, id) WHERE noise_heeded = 0;

-- What was said of complaints, by rules and by people: rows are added, and the last one of its sort counts.
CREATE TABLE complaint_words (
    number   INTEGER NOT NULL PRIMARY KEY, -- 1, 2, 3, … in the order of saying
    platform TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    word     TEXT    NOT NULL CHECK (word IN ('exclude', 'doubt', 'restore', 'label')),
    body     TEXT,             -- the exclusion or the label, JSON
    why      TEXT    NOT NULL, -- in words
    said_by  TEXT    NOT NULL, -- the account, or the rule
    by_rule  INTEGER NOT NULL, -- 1: a rule
    said_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX complaint_words_by_complaint ON complaint_words (platform, id, number);
