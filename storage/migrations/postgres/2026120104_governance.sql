-- Views for the SQL of other teams: a contract. Columns are added behind the last one, and none is renamed or taken away.
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
    to_timestamp(latest.decided_at / 1000.0) AS decided_at
FROM cases JOIN facts ON facts.case_number = cases.number
LEFT JOIN decisions AS latest ON latest.number =
    (SELECT max(number) FROM decisions WHERE decisions.case_id = cases.case_id AND decisions.violation IS NULL)
WHERE cases.deleted_at IS NULL;

COMMENT ON VIEW governance_cases IS 'Each case that is kept: one ad examined once.';
COMMENT ON COLUMN governance_cases.case_id         IS 'Names the case everywhere.';
COMMENT ON COLUMN governance_cases.number          IS '1, 2, 3, … in the order of sealing.';
COMMENT ON COLUMN governance_cases.ad_id           IS 'The ad''s id on its platform.';
COMMENT ON COLUMN governance_cases.platform        IS 'Where the ad runs.';
COMMENT ON COLUMN governance_cases.advertiser      IS 'The advertiser''s id on its platform.';
COMMENT ON COLUMN governance_cases.advertiser_name IS 'As the ad names it.';
COMMENT ON COLUMN governance_cases.trade           IS 'The advertiser''s trade, or the ad''s declared category.';
COMMENT ON COLUMN governance_cases.title           IS 'Of the ad.';
COMMENT ON COLUMN governance_cases.verdict         IS 'violating, clean or inconclusive.';
COMMENT ON COLUMN governance_cases.severity        IS 'Of its gravest violation, S1 to S4; null where there is none.';
COMMENT ON COLUMN governance_cases.violations      IS 'How many violations it has.';
COMMENT ON COLUMN governance_cases.gaps            IS 'Why something could not be seen, each reason once: a JSON array.';
COMMENT ON COLUMN governance_cases.opened_at       IS 'When the examination began.';
COMMENT ON COLUMN governance_cases.sealed_at       IS 'When the case was sealed.';
COMMENT ON COLUMN governance_cases.manifest_sha256 IS 'Of the sealed manifest: what `postlink verify` holds it against.';
COMMENT ON COLUMN governance_cases.decision        IS 'What was decided last about the whole case; null where nothing was.';
COMMENT ON COLUMN governance_cases.decided_at      IS 'When.';

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
    to_timestamp(latest.decided_at / 1000.0) AS decided_at
FROM violations JOIN cases ON cases.number = violations.case_number JOIN facts ON facts.case_number = cases.number
LEFT JOIN decisions AS latest ON latest.number =
    (SELECT max(number) FROM decisions WHERE decisions.case_id = cases.case_id
     AND (decisions.violation IS NULL OR decisions.violation = violations.number));

COMMENT ON VIEW governance_violations IS 'Each violation of the cases that are kept.';
COMMENT ON COLUMN governance_violations.case_id         IS 'The case.';
COMMENT ON COLUMN governance_violations.number          IS 'Its place among the violations of its case, from 1.';
COMMENT ON COLUMN governance_violations.ad_id           IS 'The ad''s id on its platform.';
COMMENT ON COLUMN governance_violations.platform        IS 'Where the ad runs.';
COMMENT ON COLUMN governance_violations.advertiser      IS 'The advertiser''s id on its platform.';
COMMENT ON COLUMN governance_violations.advertiser_name IS 'As the ad names it.';
COMMENT ON COLUMN governance_violations.trade           IS 'The advertiser''s trade, or the ad''s declared category.';
COMMENT ON COLUMN governance_violations.title           IS 'Of the ad.';
COMMENT ON COLUMN governance_violations.check_id        IS 'The check whose finding was judged (docs/checks.md).';
COMMENT ON COLUMN governance_violations.rule            IS 'The rule that judged it (docs/policies.md).';
COMMENT ON COLUMN governance_violations.pack            IS 'The rule''s pack, <pack>@<version>.';
COMMENT ON COLUMN governance_violations.severity        IS 'S1 to S4.';
COMMENT ON COLUMN governance_violations.confidence      IS 'low, medium or high.';
COMMENT ON COLUMN governance_violations.scope           IS 'next-level, deeper or platform.';
COMMENT ON COLUMN governance_violations.cite            IS 'Instruments and clauses: a JSON array.';
COMMENT ON COLUMN governance_violations.promised_source IS 'The part of the ad: title, description, cta, image, video, speech or click.';
COMMENT ON COLUMN governance_violations.promised        IS 'What the ad says, cut where it is long.';
COMMENT ON COLUMN governance_violations.promised_at_s   IS 'Seconds of the video; null elsewhere.';
COMMENT ON COLUMN governance_violations.visitor         IS 'As whom it was seen.';
COMMENT ON COLUMN governance_violations.level           IS '1 is the landing page, 2 the page behind it.';
COMMENT ON COLUMN governance_violations.url             IS 'The page.';
COMMENT ON COLUMN governance_violations.delivered       IS 'What stands there, cut where it is long.';
COMMENT ON COLUMN governance_violations.opened_at       IS 'When the examination began.';
COMMENT ON COLUMN governance_violations.sealed_at       IS 'When the case was sealed.';
COMMENT ON COLUMN governance_violations.decision        IS 'What was decided last about it, or about its whole case; null where nothing was.';
COMMENT ON COLUMN governance_violations.reason          IS 'Why, as it was given.';
COMMENT ON COLUMN governance_violations.decided_by      IS 'By whom.';
COMMENT ON COLUMN governance_violations.decided_at      IS 'When.';

CREATE VIEW governance_decisions AS SELECT
    decisions.number,
    decisions.case_id,
    decisions.violation,
    cases.ad_id,
    cases.advertiser,
    decisions.decision,
    decisions.reason,
    decisions.decided_by,
    to_timestamp(decisions.decided_at / 1000.0) AS decided_at,
    decisions.leaf_index
FROM decisions JOIN cases ON cases.case_id = decisions.case_id;

COMMENT ON VIEW governance_decisions IS 'What people decided about the cases that are kept; the last one counts.';
COMMENT ON COLUMN governance_decisions.number     IS '1, 2, 3, … in the order of deciding.';
COMMENT ON COLUMN governance_decisions.case_id    IS 'The case.';
COMMENT ON COLUMN governance_decisions.violation  IS 'The number of the violation; null where it is about the whole case.';
COMMENT ON COLUMN governance_decisions.ad_id      IS 'The ad''s id on its platform.';
COMMENT ON COLUMN governance_decisions.advertiser IS 'The advertiser''s id on its platform.';
COMMENT ON COLUMN governance_decisions.decision   IS 'confirm, reject, or again for another visit.';
COMMENT ON COLUMN governance_decisions.reason     IS 'As it was given.';
COMMENT ON COLUMN governance_decisions.decided_by IS 'Who decided, as they were named.';
COMMENT ON COLUMN governance_decisions.decided_at IS 'When.';
COMMENT ON COLUMN governance_decisions.leaf_index IS 'Its entry of the log.';

CREATE VIEW governance_coverage AS SELECT
    ads.ad_id,
    ads.platform,
    ads.advertiser,
    ads.trade,
    landings.host,
    to_timestamp(ads.imported_at / 1000.0) AS imported_at,
    to_timestamp(ads.ends_at / 1000.0) AS ends_at,
    cases.case_id,
    cases.sealed_at AS examined_at,
    cases.verdict,
    facts.gaps
FROM ads JOIN landings ON landings.landing = ads.landing
LEFT JOIN cases ON cases.number = (SELECT max(number) FROM cases AS its WHERE its.ad_id = ads.ad_id AND its.deleted_at IS NULL)
LEFT JOIN facts ON facts.case_number = cases.number;

COMMENT ON VIEW governance_coverage IS 'Each ad that was imported, with the case that looked at it last: which were checked, when, and which not and why.';
COMMENT ON COLUMN governance_coverage.ad_id       IS 'The ad''s id on its platform.';
COMMENT ON COLUMN governance_coverage.platform    IS 'Where it runs.';
COMMENT ON COLUMN governance_coverage.advertiser  IS 'The advertiser''s id on its platform.';
COMMENT ON COLUMN governance_coverage.trade       IS 'The advertiser''s trade, or the ad''s declared category.';
COMMENT ON COLUMN governance_coverage.host        IS 'The host that its click asks first.';
COMMENT ON COLUMN governance_coverage.imported_at IS 'When it was imported first.';
COMMENT ON COLUMN governance_coverage.ends_at     IS 'When it stops running; null where it does not say.';
COMMENT ON COLUMN governance_coverage.case_id     IS 'The case that looked at it last; null where none did.';
COMMENT ON COLUMN governance_coverage.examined_at IS 'When that was.';
COMMENT ON COLUMN governance_coverage.verdict     IS 'How it came out.';
COMMENT ON COLUMN governance_coverage.gaps        IS 'Why something could not be seen, each reason once: a JSON array.';
