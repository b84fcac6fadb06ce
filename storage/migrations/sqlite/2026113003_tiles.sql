-- Tiles of the log: the root of each 256 neighbours, and of 256 of those again. Made of the entries, and anew where rows are gone.
CREATE TABLE log_tiles (
    level INTEGER NOT NULL, -- 1: of entries; 2: of tiles of level 1; …
    tile  INTEGER NOT NULL, -- 0, 1, 2, … without a gap
    hash  TEXT    NOT NULL, -- hex
    PRIMARY KEY (level, tile)
) STRICT, WITHOUT ROWID;
