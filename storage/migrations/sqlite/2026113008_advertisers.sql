-- Since when an advertiser is known, and what was found of its ads, are asked for each landing of a round.
CREATE INDEX ads_by_advertiser_since ON ads (advertiser, imported_at);
CREATE INDEX cases_violating_by_advertiser ON cases (advertiser, opened_at) WHERE verdict = 'violating';
