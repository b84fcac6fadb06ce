-- What is counted over all violations is counted by an index alone, and which ads run is read without the ads themselves.
CREATE INDEX violations_counted ON violations (check_id, decision, case_number);
CREATE INDEX ads_running ON ads (ad_id, ends_at, platform, advertiser);
