/** Calls by key and hour. A token's calls have an empty `key_id`, since a primary key holds no null. */
export const usage = `
  CREATE TABLE barbell.usage (
    account_id text COLLATE "C" NOT NULL REFERENCES barbell.accounts ON DELETE CASCADE,
    key_id text COLLATE "C" NOT NULL,
    hour_ms bigint NOT NULL,
    accepted bigint NOT NULL,
    refused bigint NOT NULL,
    limited bigint NOT NULL,
    failed bigint NOT NULL,
    PRIMARY KEY (account_id, hour_ms, key_id)
  );
  CREATE INDEX usage_by_hour ON barbell.usage (hour_ms);
`
