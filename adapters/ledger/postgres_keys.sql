-- The keys of data subjects on PostgreSQL, made once, in an empty schema: a database of its own, whose role owns
-- the tables (VACUUM is for owners), and not that of the ledger. What stands here is wrapped.

CREATE TABLE subject_key (
    id bigint PRIMARY KEY,
    wrapped bytea NOT NULL
);

-- One row: which store this is, the last number given, how often keys were destroyed, and up to which fact of the ledger.
CREATE TABLE key_store (
    one integer PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    id bytea NOT NULL,
    sealed bytea NOT NULL,
    last bigint NOT NULL DEFAULT 0,
    destroyed bigint NOT NULL DEFAULT 0,
    settled bigint NOT NULL DEFAULT 0
);
