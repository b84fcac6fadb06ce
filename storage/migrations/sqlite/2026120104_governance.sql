-- Views for the SQL of other teams: a contract. Columns are added behind the last one, and none is renamed or taken away.
-- Times are RFC 3339, UTC. What each column says stands in docs/governance.md.
CREATE VIEW governance_cases AS SELECT
    cases.case_id,
    cases.number,
    cases.ad_id,
    facts.platform,
    cases.advertiser,
    facts.advertiser_name,
    facts.trade,
    facts.title,
    cases.verdict,
    facts.severity,
    facts.violations,
    facts.gaps,
    cases.opened_at,
    cases.sealed_at,
    cases.manifest_sha256,
    latest.decision,
    strftime('%Y-%m-%dT%H:%M:%fZ', latest.decided_at / 1000.0, 'unixepoch') AS decided_at
FROM cases JOIN facts ON facts.case_number = cases.number
LEFT JOIN decisions AS latest ON latest.number =
    (SELECT max(number) FROM decisions WHERE decisions.case_id = cases.case_id AND decisions.violation IS NULL)
WHERE cases.deleted_at IS NULL;

CREATE VIEW governance_violations AS SELECT
    cases.case_id,
    violations.number,
    cases.ad_id,
    facts.platform,
    cases.advertiser,
    facts.advertiser_name,
    facts.trade,
    facts.title,
    violations.check_id,
    violations.rule,
    violations.pack,
    violations.severity,
    violations.confidence,
    violations.scope,
    violations.cite,
    violations.promised_source,
    violations.promised,
    violations.promised_at_s,
    violations.visitor,
    violations.level,
    violations.url,
    violations.delivered,
    cases.opened_at,
    cases.sealed_at,
    latest.decision,
    latest.reason,
    latest.decided_by,
    strftime('%Y-%m-%dT%H:%M:%fZ', latest.decided_at / 1000.0, 'unixepoch') AS decided_at
FROM violations JOIN cases ON cases.number = violations.case_number JOIN facts ON facts.case_number = cases.number
LEFT JOIN decisions AS latest ON latest.number =
    (SELECT max(number) FROM decisions WHERE decisions.case_id = cases.case_id
     AND (decisions.violation IS NULL OR decisions.violation = violations.number));

CREATE VIEW governance_decisions AS SELECT
    decisions.number,
    decisions.case_id,
    decisions.violation,
    cases.ad_id,
    cases.advertiser,
    decisions.decision,
    decisions.reason,
    decisions.decided_by,
    strftime('%Y-%m-%dT%H:%M:%fZ', decisions.decided_at / 1000.0, 'unixepoch') AS decided_at,
    decisions.leaf_index
FROM decisions JOIN cases ON cases.case_id = decisions.case_id;

CREATE VIEW governance_coverage AS SELECT
    ads.ad_id,
    ads.platform,
    ads.advertiser,
    ads.trade,
    landings.host,
    strftime('%Y-%m-%dT%H:%M:%fZ', ads.imported_at / 1000.0, 'unixepoch') AS imported_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', ads.ends_at / 1000.0, 'unixepoch') AS ends_at,
    cases.case_id,
    cases.sealed_at AS examined_at,
    cases.verdict,
    facts.gaps
FROM ads JOIN landings ON landings.landing = ads.landing
LEFT JOIN cases ON cases.number = (SELECT max(number) FROM cases AS its WHERE its.ad_id = ads.ad_id AND its.deleted_at IS NULL)
LEFT JOIN facts ON facts.case_number = cases.number;
