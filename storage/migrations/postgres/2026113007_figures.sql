-- What is counted again and again for those who watch: only what is not over is looked through.
CREATE INDEX jobs_waiting ON jobs (pool, state, ready_at) WHERE state IN ('ready', 'held', 'leased');
CREATE INDEX hosts_failing ON hosts (failures DESC) WHERE failures > 0;
