-- Whose entries of the ledger are seen by whom. It is beside the ledger, whose rows and hashes are what they were: what an entry is
-- about follows from its case or its measure, and is written down with it, since a case may be deleted. An entry without a row here,
-- as one whose case was gone before, is seen by those who see everything.
CREATE TABLE ledger_scopes (
    number     BIGINT NOT NULL PRIMARY KEY REFERENCES ledger (number),
    platform   TEXT,
    advertiser TEXT,
    region     TEXT
);

COMMENT ON TABLE  ledger_scopes            IS 'Whose entries of the ledger are seen by whom: rows are added, and nothing else.';
COMMENT ON COLUMN ledger_scopes.number     IS 'The entry.';
COMMENT ON COLUMN ledger_scopes.platform   IS 'Of its case or its measure.';
COMMENT ON COLUMN ledger_scopes.advertiser IS 'The advertiser''s id on its platform.';
COMMENT ON COLUMN ledger_scopes.region     IS 'An administrative code (GB/T 2260); null where nobody says.';

-- A body is JSON that may hold what people wrote: no quote stands in their words but behind a backslash.
INSERT INTO ledger_scopes (number, platform, advertiser, region)
SELECT ledger.number, facts.platform, facts.advertiser, facts.region FROM ledger
JOIN facts ON facts.case_id = CASE ledger.act WHEN 'finding' THEN ledger.what ELSE substring(ledger.body FROM '"case":"([^"]+)"') END;

INSERT INTO ledger_scopes (number, platform, advertiser, region)
SELECT ledger.number, measures.platform, measures.advertiser, measures.region FROM ledger
JOIN measures ON ledger.what IN ('measure-' || measures.number, 'measure-' || measures.number || '-lifted');

CREATE TRIGGER ledger_scopes_are_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_scopes
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
