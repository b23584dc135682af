/**
 * The first tables. Ids sort by their bytes, so that a page of a table is the same on every server. `seq` is the
 * order of making where two records are of the same millisecond.
 */
export const tables = `
  CREATE TABLE barbell.accounts (
    id text COLLATE "C" PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    username text NOT NULL,
    canonical_name text NOT NULL CONSTRAINT accounts_canonical_name_unique UNIQUE,
    kind text NOT NULL CHECK (kind IN ('own', 'sandbox')),
    password_hash text NOT NULL,
    password_version integer NOT NULL,
    seed_digest text CONSTRAINT accounts_seed_digest_unique UNIQUE,
    created_at_ms bigint NOT NULL,
    expires_at_ms bigint,
    disabled_at_ms bigint
  );
  CREATE INDEX accounts_by_end ON barbell.accounts (expires_at_ms) WHERE expires_at_ms IS NOT NULL;

  CREATE TABLE barbell.keys (
    id text COLLATE "C" PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    account_id text COLLATE "C" NOT NULL REFERENCES barbell.accounts ON DELETE CASCADE,
    digest text NOT NULL CONSTRAINT keys_digest_unique UNIQUE,
    label text NOT NULL,
    hint text NOT NULL,
    created_at_ms bigint NOT NULL,
    expires_at_ms bigint,
    revoked_at_ms bigint,
    last_used_at_ms bigint,
    successor_id text COLLATE "C"
  );
  CREATE INDEX keys_by_account ON barbell.keys (account_id);
  CREATE INDEX keys_by_end ON barbell.keys (LEAST(revoked_at_ms, expires_at_ms))
    WHERE revoked_at_ms IS NOT NULL OR expires_at_ms IS NOT NULL;

  CREATE TABLE barbell.sessions (
    id text COLLATE "C" PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    account_id text COLLATE "C" NOT NULL REFERENCES barbell.accounts ON DELETE CASCADE,
    created_at_ms bigint NOT NULL,
    expires_at_ms bigint NOT NULL,
    user_agent text NOT NULL,
    address text NOT NULL,
    confirmed_at_ms bigint NOT NULL
  );
  CREATE INDEX sessions_by_account ON barbell.sessions (account_id);
  CREATE INDEX sessions_by_end ON barbell.sessions (expires_at_ms);

  CREATE TABLE barbell.signing_keys (
    id text COLLATE "C" PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    public_x text NOT NULL,
    sealed_private_key text NOT NULL,
    created_at_ms bigint NOT NULL,
    ends_at_ms bigint
  );

  -- Events outlive what they are about: account_id refers to nothing.
  CREATE TABLE barbell.audit (
    id text COLLATE "C" PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    at_ms bigint NOT NULL,
    action text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('done', 'refused')),
    account_id text COLLATE "C",
    subject_id text,
    because text,
    address text NOT NULL,
    request_id text NOT NULL,
    user_agent text NOT NULL
  );
  CREATE INDEX audit_by_time ON barbell.audit (at_ms, seq);
  CREATE INDEX audit_by_account ON barbell.audit (account_id, at_ms, seq);
`
