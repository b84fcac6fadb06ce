-- What signs links to the badges of cases.
CREATE TABLE badge_keys (
    name TEXT NOT NULL PRIMARY KEY, -- there is one: badge
    key  TEXT NOT NULL              -- 64 hex digits of chance; whoever has it can make links
) STRICT, WITHOUT ROWID;
