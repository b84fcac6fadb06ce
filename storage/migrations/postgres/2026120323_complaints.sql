-- What users said after the click, and what was said of that.
CREATE TABLE complaints (
    platform      TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    source        TEXT   NOT NULL,
    at            BIGINT NOT NULL,
    said          TEXT   NOT NULL,
    user_id       TEXT,
    ad            TEXT,
    click         TEXT,
    age           TEXT,
    rating        BIGINT,
    refunded      BIGINT,
    belongs       TEXT,
    linked_by     TEXT,
    via           TEXT,
    label         TEXT,
    scenario      TEXT,
    kind          TEXT,
    severity      TEXT,
    label_settled BIGINT NOT NULL DEFAULT 0,
    excluded      TEXT,
    doubted       TEXT,
    noise_heeded  BIGINT NOT NULL DEFAULT 0,
    noise_settled BIGINT NOT NULL DEFAULT 0,
    digest        TEXT   NOT NULL,
    kept_until    BIGINT NOT NULL,
    forgotten     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (platform, id)
);

COMMENT ON TABLE  complaints               IS 'What users said after the click.';
COMMENT ON COLUMN complaints.platform      IS 'The platform; empty where nobody said.';
COMMENT ON COLUMN complaints.id            IS 'Its id on the platform.';
COMMENT ON COLUMN complaints.source        IS 'comment, report, hotline, rating or refund.';
COMMENT ON COLUMN complaints.at            IS 'When it was said. Milliseconds since 1970, UTC.';
COMMENT ON COLUMN complaints.said          IS 'What was said; empty since its time was over.';
COMMENT ON COLUMN complaints.user_id       IS 'A pseudonym; of the click''s user, where the complaint did not say.';
COMMENT ON COLUMN complaints.ad            IS 'The ad that it names.';
COMMENT ON COLUMN complaints.click         IS 'The click that it names.';
COMMENT ON COLUMN complaints.age           IS 'minor, adult or elderly.';
COMMENT ON COLUMN complaints.rating        IS 'Stars, 1 to 5.';
COMMENT ON COLUMN complaints.refunded      IS 'Hundredths of the currency''s unit.';
COMMENT ON COLUMN complaints.belongs       IS 'The ad that it belongs to: which it names, or that of a click.';
COMMENT ON COLUMN complaints.linked_by     IS 'ad, click or last-click.';
COMMENT ON COLUMN complaints.via           IS 'The click by which it belongs.';
COMMENT ON COLUMN complaints.label         IS 'What it says, JSON.';
COMMENT ON COLUMN complaints.scenario      IS 'Of its label: goods, virtual or service.';
COMMENT ON COLUMN complaints.kind          IS 'Of its label: content, fulfilment, distribution or other.';
COMMENT ON COLUMN complaints.severity      IS 'Of its label: S1 to S4.';
COMMENT ON COLUMN complaints.label_settled IS '1 since a person labelled it: no rule does any more.';
COMMENT ON COLUMN complaints.excluded      IS 'Why it does not count, JSON; null: nobody says that it does not.';
COMMENT ON COLUMN complaints.doubted       IS 'Why a person should say whether it counts, JSON.';
COMMENT ON COLUMN complaints.noise_heeded  IS '1 since rules looked whether it is noise.';
COMMENT ON COLUMN complaints.noise_settled IS '1 since a person excluded or restored it: no rule does any more.';
COMMENT ON COLUMN complaints.digest        IS 'Of what was sent: the same id with another one is refused.';
COMMENT ON COLUMN complaints.kept_until    IS 'What was said is forgotten then, and the row counts on. Milliseconds since 1970, UTC.';
COMMENT ON COLUMN complaints.forgotten     IS '1 since then.';

CREATE INDEX complaints_by_user ON complaints (platform, user_id, at) WHERE user_id IS NOT NULL;
CREATE INDEX complaints_by_click ON complaints (platform, click) WHERE click IS NOT NULL;
CREATE INDEX complaints_by_time ON complaints (at, platform, id);
CREATE INDEX complaints_by_ad ON complaints (belongs, at);
CREATE INDEX complaints_unheeded ON complaints (at, platform, id) WHERE noise_heeded = 0;

CREATE TABLE complaint_words (
    number   BIGINT NOT NULL PRIMARY KEY,
    platform TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    word     TEXT   NOT NULL CHECK (word IN ('exclude', 'doubt', 'restore', 'label')),
    body     TEXT,
    why      TEXT   NOT NULL,
    said_by  TEXT   NOT NULL,
    by_rule  BIGINT NOT NULL,
    said_at  BIGINT NOT NULL
);

COMMENT ON TABLE  complaint_words          IS 'What was said of complaints, by rules and by people: rows are added, and the last one of its sort counts.';
COMMENT ON COLUMN complaint_words.number   IS '1, 2, 3, … in the order of saying.';
COMMENT ON COLUMN complaint_words.platform IS 'Of the complaint.';
COMMENT ON COLUMN complaint_words.id       IS 'Of the complaint.';
COMMENT ON COLUMN complaint_words.word     IS 'exclude, doubt, restore or label.';
COMMENT ON COLUMN complaint_words.body     IS 'The exclusion or the label, JSON.';
COMMENT ON COLUMN complaint_words.why      IS 'Why, in words.';
COMMENT ON COLUMN complaint_words.said_by  IS 'The account, or the rule.';
COMMENT ON COLUMN complaint_words.by_rule  IS '1: a rule.';
COMMENT ON COLUMN complaint_words.said_at  IS 'Milliseconds since 1970, UTC.';

CREATE INDEX complaint_words_by_complaint ON complaint_words (platform, id, number);
