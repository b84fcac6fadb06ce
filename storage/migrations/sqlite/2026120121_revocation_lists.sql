-- Lists of certificates that their issuers took back, kept beside the stamps whose certificates name them.
CREATE TABLE revocation_lists (
    url        TEXT NOT NULL, -- where the certificate says that the list is
    issued_at  TEXT NOT NULL, -- as the list says, RFC 3339, UTC
    next_at    TEXT,          -- when the next one is due, as the list says
    fetched_at TEXT NOT NULL, -- RFC 3339, UTC
    list       BLOB NOT NULL, -- DER: what openssl crl -inform DER reads
    PRIMARY KEY (url, issued_at)
) STRICT;
