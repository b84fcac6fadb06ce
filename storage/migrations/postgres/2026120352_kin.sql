-- Accounts that are taken for one advertiser's, by what they share.
CREATE TABLE kin (
    advertiser TEXT NOT NULL,
    platform   TEXT NOT NULL,
    entity     TEXT NOT NULL,
    PRIMARY KEY (advertiser, platform)
);

COMMENT ON TABLE  kin            IS 'Accounts that are taken for one advertiser''s, by what they share.';
COMMENT ON COLUMN kin.advertiser IS 'Its id on its platform.';
COMMENT ON COLUMN kin.platform   IS 'Empty where its ads name none.';
COMMENT ON COLUMN kin.entity     IS 'The first of those that are taken for one: platform, /, advertiser.';

CREATE TABLE kin_edges (
    a_advertiser TEXT NOT NULL,
    a_platform   TEXT NOT NULL,
    b_advertiser TEXT NOT NULL,
    b_platform   TEXT NOT NULL,
    edge         TEXT NOT NULL,
    PRIMARY KEY (a_advertiser, a_platform, b_advertiser, b_platform)
);

COMMENT ON TABLE  kin_edges              IS 'Why two accounts are taken for one advertiser''s.';
COMMENT ON COLUMN kin_edges.a_advertiser IS 'The one, which comes first.';
COMMENT ON COLUMN kin_edges.a_platform   IS 'Its platform; empty where its ads name none.';
COMMENT ON COLUMN kin_edges.b_advertiser IS 'The other.';
COMMENT ON COLUMN kin_edges.b_platform   IS 'Its platform; empty where its ads name none.';
COMMENT ON COLUMN kin_edges.edge         IS 'What both have and what it weighs, JSON.';

CREATE INDEX kin_edges_back ON kin_edges (b_advertiser, b_platform);
