-- Accounts that are taken for one advertiser's, by what they share.
CREATE TABLE kin (
    advertiser TEXT NOT NULL,
    platform   TEXT NOT NULL, -- empty where its ads name none
    entity     TEXT NOT NULL, -- the first of those that are taken for one: platform, /, advertiser
    PRIMARY KEY (advertiser, platform)
) STRICT, WITHOUT ROWID;

-- Why: one of two shares with the other what outweighs that they are two.
CREATE TABLE kin_edges (
    a_advertiser TEXT NOT NULL,
    a_platform   TEXT NOT NULL,
    b_advertiser TEXT NOT NULL,
    b_platform   TEXT NOT NULL,
    edge         TEXT NOT NULL, -- what both have and what it weighs, JSON
    PRIMARY KEY (a_advertiser, a_platform, b_advertiser, b_platform)
) STRICT, WITHOUT ROWID;

CREATE INDEX kin_edges_back ON kin_edges (b_advertiser, b_platform);
