-- What signs links to the badges of cases.
CREATE TABLE badge_keys (
    name TEXT NOT NULL PRIMARY KEY,
    key  TEXT NOT NULL
);

COMMENT ON TABLE  badge_keys      IS 'What signs links to the badges of cases.';
COMMENT ON COLUMN badge_keys.name IS 'There is one: badge.';
COMMENT ON COLUMN badge_keys.key  IS '64 hex digits of chance; whoever has it can make links.';
