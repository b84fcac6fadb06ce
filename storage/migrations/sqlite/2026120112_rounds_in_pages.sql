-- A round's jobs are made page by page: whoever goes on after a crash begins where the last page ended.
ALTER TABLE rounds ADD COLUMN so_far TEXT;  -- how far its jobs are made, JSON; null before the first page is, and when all are
