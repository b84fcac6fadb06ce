-- Codes that stand in for a second factor that was lost, each once: what was used is not there any more.
CREATE TABLE recovery_codes (
    account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    hash    TEXT NOT NULL,
    PRIMARY KEY (account, hash)
);

COMMENT ON TABLE  recovery_codes         IS 'Codes that stand in for a second factor that was lost, each once: what was used is not there any more.';
COMMENT ON COLUMN recovery_codes.account IS 'Whose they are.';
COMMENT ON COLUMN recovery_codes.hash    IS 'Hex of SHA-256 of the code.';
