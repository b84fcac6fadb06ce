-- Whose entries of the ledger are seen by whom. It is beside the ledger, whose rows and hashes are what they were: what an entry is
-- about follows from its case or its measure, and is written down with it, since a case may be deleted. An entry without a row here,
-- as one whose case was gone before, is seen by those who see everything.
CREATE TABLE ledger_scopes (
    number     INTEGER PRIMARY KEY REFERENCES ledger (number), -- the entry
    platform   TEXT,
    advertiser TEXT,                                           -- its id on its platform
    region     TEXT                                            -- an administrative code (GB/T 2260); null where nobody says
) STRICT;

INSERT INTO ledger_scopes (number, platform, advertiser, region)
SELECT ledger.number, facts.platform, facts.advertiser, facts.region FROM ledger
JOIN facts ON facts.case_id = CASE ledger.act WHEN 'finding' THEN ledger.what ELSE json_extract(ledger.body, '$.case') END;

INSERT INTO ledger_scopes (number, platform, advertiser, region)
SELECT ledger.number, measures.platform, measures.advertiser, measures.region FROM ledger
JOIN measures ON ledger.what IN ('measure-' || measures.number, 'measure-' || measures.number || '-lifted');

CREATE TRIGGER ledger_scopes_are_not_changed BEFORE UPDATE ON ledger_scopes
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TRIGGER ledger_scopes_are_not_deleted BEFORE DELETE ON ledger_scopes
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
