-- Lists of certificates that their issuers took back, kept beside the stamps whose certificates name them.
CREATE TABLE revocation_lists (
    url        TEXT        NOT NULL,
    issued_at  TIMESTAMPTZ NOT NULL,
    next_at    TIMESTAMPTZ,
    fetched_at TIMESTAMPTZ NOT NULL,
    list       BYTEA       NOT NULL,
    PRIMARY KEY (url, issued_at)
);

COMMENT ON TABLE  revocation_lists            IS 'Lists of certificates that their issuers took back, kept beside the stamps whose certificates name them.';
COMMENT ON COLUMN revocation_lists.url        IS 'Where the certificate says that the list is.';
COMMENT ON COLUMN revocation_lists.issued_at  IS 'When it was issued, as the list says.';
COMMENT ON COLUMN revocation_lists.next_at    IS 'When the next one is due, as the list says.';
COMMENT ON COLUMN revocation_lists.fetched_at IS 'When it was fetched.';
COMMENT ON COLUMN revocation_lists.list       IS 'DER: what openssl crl -inform DER reads.';
