-- Which of two changes that overlap came first, and how a session began.
ALTER TABLE accounts ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN way TEXT NOT NULL DEFAULT 'password' CHECK (way IN ('password', 'provider'));

COMMENT ON COLUMN accounts.version IS 'Grows with every change.';
COMMENT ON COLUMN sessions.way     IS 'password, or provider: by an identity that is kept elsewhere.';
