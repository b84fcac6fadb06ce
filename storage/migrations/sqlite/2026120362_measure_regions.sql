-- Where all the cases are that a measure rests on: whoever sees but some of them does not see it.
ALTER TABLE measures ADD COLUMN region TEXT; -- the narrowest that holds them all; null where one says none, or they have none in common

UPDATE measures SET region = (SELECT CASE
        WHEN count(*) > count(facts.region) THEN NULL
        WHEN min(facts.region) = max(facts.region) THEN min(facts.region)
        WHEN min(substr(facts.region, 1, 4)) = max(substr(facts.region, 1, 4)) THEN min(substr(facts.region, 1, 4))
        WHEN min(substr(facts.region, 1, 2)) = max(substr(facts.region, 1, 2)) THEN min(substr(facts.region, 1, 2))
    END FROM measure_cases LEFT JOIN facts ON facts.case_id = measure_cases.case_id
    WHERE measure_cases.measure = measures.number);
