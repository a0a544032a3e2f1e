-- The ledger on PostgreSQL, made once, in an empty schema. The hub runs this itself when it may create tables;
-- otherwise the owner of the database does: psql -1 -f postgres.sql, then the grants of docs/operations.md.

CREATE TABLE log (
    pos bigint PRIMARY KEY,
    stream text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    topic text COLLATE "C" NOT NULL,
    record bytea NOT NULL,
    leaf_hash bytea NOT NULL,
    committed_at bigint NOT NULL,
    CONSTRAINT log_stream_version_key UNIQUE (stream, version)
);

-- One row, updated at every commit: room on its page keeps the update off the indexes.
CREATE TABLE head (
    id integer PRIMARY KEY CHECK (id = 1),
    n bigint NOT NULL,
    at bigint NOT NULL,
    format integer NOT NULL
) WITH (fillfactor = 10);

INSERT INTO head VALUES (1, 0, 0, 1);

CREATE TABLE claim (
    kind text COLLATE "C",
    key bytea,
    stream text COLLATE "C" NOT NULL,
    CONSTRAINT claim_pkey PRIMARY KEY (kind, key)
);

CREATE TABLE command (
    cmd_id bytea CONSTRAINT command_pkey PRIMARY KEY,
    fingerprint bytea NOT NULL,
    first_pos bigint NOT NULL,
    last_pos bigint NOT NULL
);

CREATE TABLE subject (
    subject text COLLATE "C" CONSTRAINT subject_pkey PRIMARY KEY,
    key_id bigint NOT NULL
);

-- What tells the keys of this ledger from others, and nothing of them.
CREATE TABLE key_mark (
    name text COLLATE "C" PRIMARY KEY,
    mark bytea NOT NULL
);

CREATE FUNCTION a_fact_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a fact is never changed and never removed' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER log_is_never_updated BEFORE UPDATE ON log FOR EACH ROW EXECUTE FUNCTION a_fact_stays();
CREATE TRIGGER log_is_never_deleted BEFORE DELETE ON log FOR EACH ROW EXECUTE FUNCTION a_fact_stays();
CREATE TRIGGER log_is_never_truncated BEFORE TRUNCATE ON log FOR EACH STATEMENT EXECUTE FUNCTION a_fact_stays();
ALTER TABLE log ENABLE ALWAYS TRIGGER log_is_never_updated;
ALTER TABLE log ENABLE ALWAYS TRIGGER log_is_never_deleted;
ALTER TABLE log ENABLE ALWAYS TRIGGER log_is_never_truncated;
