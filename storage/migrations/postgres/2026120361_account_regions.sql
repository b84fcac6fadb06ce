-- The province, city or district that a regulator is of: what lies below it is seen, and not what lies beside it.
ALTER TABLE accounts ADD COLUMN region TEXT;
COMMENT ON COLUMN accounts.region IS 'The province, city or district it is of: two, four or six digits of an administrative code (GB/T 2260); null: every one.';
