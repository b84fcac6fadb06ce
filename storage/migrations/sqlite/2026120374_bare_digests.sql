-- What tells a complaint that comes again from another one once its words are forgotten: a digest of all of it but the words, since
-- short words could be tried out. Null of complaints that came before this was kept: of these whatever comes is as before.
ALTER TABLE complaints ADD COLUMN bare_digest TEXT;

-- Of what is forgotten already the digest of the words goes as well.
UPDATE complaints SET digest = '' WHERE forgotten = 1;
UPDATE complaint_words SET why = '' WHERE by_rule = 1 AND why <> '' AND EXISTS (SELECT 1 FROM complaints
    WHERE complaints.platform = complaint_words.platform AND complaints.id = complaint_words.id AND complaints.forgotten = 1);
