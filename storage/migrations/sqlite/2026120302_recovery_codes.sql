-- Codes that stand in for a second factor that was lost, each once: what was used is not there any more.
CREATE TABLE recovery_codes (
    account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    hash    TEXT NOT NULL, -- hex of SHA-256 of the code
    PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;
