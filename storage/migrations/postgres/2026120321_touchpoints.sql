-- Contacts of users with ads, as platforms tell them.
CREATE TABLE touchpoints (
    platform   TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    kind       TEXT   NOT NULL CHECK (kind IN ('impression', 'click')),
    at         BIGINT NOT NULL,
    user_id    TEXT,
    ad         TEXT,
    channel    TEXT   NOT NULL,
    device     TEXT,
    ip         TEXT,
    ip_cut     BIGINT NOT NULL DEFAULT 0,
    user_agent TEXT,
    width      BIGINT,
    height     BIGINT,
    prefetch   BIGINT NOT NULL,
    north_e6   BIGINT,
    east_e6    BIGINT,
    invalid    TEXT,
    digest     TEXT   NOT NULL,
    kept_until BIGINT NOT NULL,
    PRIMARY KEY (platform, id)
);

COMMENT ON TABLE  touchpoints            IS 'Contacts of users with ads, as platforms tell them.';
COMMENT ON COLUMN touchpoints.platform   IS 'The platform; empty where nobody said.';
COMMENT ON COLUMN touchpoints.id         IS 'Its id on the platform; of a click, what complaints and conversions name.';
COMMENT ON COLUMN touchpoints.kind       IS 'impression or click.';
COMMENT ON COLUMN touchpoints.at         IS 'When it was. Milliseconds since 1970, UTC.';
COMMENT ON COLUMN touchpoints.user_id    IS 'A pseudonym of the platform''s.';
COMMENT ON COLUMN touchpoints.ad         IS 'The ad; null: not by an ad.';
COMMENT ON COLUMN touchpoints.channel    IS 'feed, search, direct, …, as the platform names it.';
COMMENT ON COLUMN touchpoints.device     IS 'A pseudonym of the device.';
COMMENT ON COLUMN touchpoints.ip         IS 'The address, cut to its network (1.2.3.0 or 2001:db8:1::) after a time.';
COMMENT ON COLUMN touchpoints.ip_cut     IS '1 since the address was cut.';
COMMENT ON COLUMN touchpoints.user_agent IS 'The browser, as it said.';
COMMENT ON COLUMN touchpoints.width      IS 'On the screen, CSS pixels.';
COMMENT ON COLUMN touchpoints.height     IS 'On the screen, CSS pixels.';
COMMENT ON COLUMN touchpoints.prefetch   IS '1: it was fetched ahead of any user.';
COMMENT ON COLUMN touchpoints.north_e6   IS 'Where the device was, millionths of a degree.';
COMMENT ON COLUMN touchpoints.east_e6    IS 'Where the device was, millionths of a degree.';
COMMENT ON COLUMN touchpoints.invalid    IS 'By which rules it is invalid traffic, with a space between; null: it is valid.';
COMMENT ON COLUMN touchpoints.digest     IS 'Of what was sent: the same id with another one is refused.';
COMMENT ON COLUMN touchpoints.kept_until IS 'Milliseconds since 1970, UTC.';

CREATE INDEX touchpoints_by_user ON touchpoints (platform, user_id, at) WHERE user_id IS NOT NULL;
CREATE INDEX touchpoints_by_time ON touchpoints (at, platform, id);
