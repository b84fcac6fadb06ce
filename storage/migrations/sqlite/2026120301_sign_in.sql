-- Which of two changes that overlap came first, and how a session began.
ALTER TABLE accounts ADD COLUMN version INTEGER NOT NULL DEFAULT 0; -- grows with every change
ALTER TABLE sessions ADD COLUMN way TEXT NOT NULL DEFAULT 'password' CHECK (way IN ('password', 'provider')); -- provider: by an identity that is kept elsewhere
