-- What users did in the end.
CREATE TABLE conversions (
    platform      TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    at            BIGINT NOT NULL,
    user_id       TEXT,
    ad            TEXT,
    click         TEXT,
    value         BIGINT,
    belongs       TEXT,
    linked_by     TEXT,
    via           TEXT,
    invalid       TEXT,
    invalid_click TEXT,
    digest        TEXT   NOT NULL,
    PRIMARY KEY (platform, id)
);

COMMENT ON TABLE  conversions               IS 'What users did in the end: an order, a registration, an installation.';
COMMENT ON COLUMN conversions.platform      IS 'The platform; empty where nobody said.';
COMMENT ON COLUMN conversions.id            IS 'Its id on the platform.';
COMMENT ON COLUMN conversions.kind          IS 'order, register, install, …, as the platform names it.';
COMMENT ON COLUMN conversions.at            IS 'When it was. Milliseconds since 1970, UTC.';
COMMENT ON COLUMN conversions.user_id       IS 'A pseudonym; of the click''s user, where the conversion did not say.';
COMMENT ON COLUMN conversions.ad            IS 'The ad that it names.';
COMMENT ON COLUMN conversions.click         IS 'The click that it names.';
COMMENT ON COLUMN conversions.value         IS 'Hundredths of the currency''s unit.';
COMMENT ON COLUMN conversions.belongs       IS 'The ad that it belongs to: which it names, or that of a click.';
COMMENT ON COLUMN conversions.linked_by     IS 'ad, click or last-click.';
COMMENT ON COLUMN conversions.via           IS 'The click by which it belongs.';
COMMENT ON COLUMN conversions.invalid       IS 'By which rules it is invalid traffic, with a space between; null: it is valid.';
COMMENT ON COLUMN conversions.invalid_click IS 'By which rules the click that it belongs by is; null: it is valid.';
COMMENT ON COLUMN conversions.digest        IS 'Of what was sent: the same id with another one is refused.';

CREATE INDEX conversions_by_user ON conversions (platform, user_id, at) WHERE user_id IS NOT NULL;
CREATE INDEX conversions_by_click ON conversions (platform, click) WHERE click IS NOT NULL;
CREATE INDEX conversions_by_time ON conversions (at, platform, id);
CREATE INDEX conversions_by_ad ON conversions (belongs, at);
