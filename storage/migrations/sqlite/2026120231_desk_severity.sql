-- A platform's gravest cases, newest first: without it every case of the platform is looked at for a page of them.
CREATE INDEX facts_by_platform_and_severity ON facts (platform, severity, case_number) WHERE severity IS NOT NULL;
