-- A job holds a second host, where its landing's last look ended.
ALTER TABLE jobs ADD COLUMN also TEXT;

COMMENT ON COLUMN jobs.also IS 'A second host that it holds, where the last look ended; null when none is known.';

-- Hosts are freed by their lease.
CREATE INDEX hosts_held ON hosts (lease) WHERE lease IS NOT NULL;
