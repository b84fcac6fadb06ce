-- Tiles of the log: the root of each 256 neighbours, and of 256 of those again. Made of the entries, and anew where rows are gone.
CREATE TABLE log_tiles (
    level BIGINT NOT NULL,
    tile  BIGINT NOT NULL,
    hash  TEXT   NOT NULL,
    PRIMARY KEY (level, tile)
);

COMMENT ON TABLE  log_tiles       IS 'Of the log, the root of each 256 neighbours, and of 256 of those again. Made of the entries, and anew where rows are gone.';
COMMENT ON COLUMN log_tiles.level IS '1: of entries; 2: of tiles of level 1; …';
COMMENT ON COLUMN log_tiles.tile  IS '0, 1, 2, … without a gap.';
COMMENT ON COLUMN log_tiles.hash  IS 'Hex.';
