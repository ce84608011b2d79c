-- Who may do what. One text for SQLite and PostgreSQL; times are unix milliseconds, 0 = never; amounts are base units in
-- decimal digits, '' = no limit.

ALTER TABLE accounts ADD COLUMN disabled_at BIGINT NOT NULL DEFAULT 0;

-- Which baskets an account may mint, and how much of them; stablecoin '*' = every basket.
CREATE TABLE grants (
  account_id TEXT NOT NULL REFERENCES accounts (id),
  stablecoin TEXT NOT NULL,
  decimals BIGINT NOT NULL DEFAULT 0,
  per_mint TEXT NOT NULL DEFAULT '',
  per_day TEXT NOT NULL DEFAULT '',
  per_beneficiary TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (account_id, stablecoin)
);
INSERT INTO grants (account_id, stablecoin) VALUES ('default', '*');

-- A row stays for ever, as the event that made it does; only what an administrator makes comes in here.
CREATE TABLE api_keys (
  id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  holder TEXT NOT NULL,
  name TEXT NOT NULL,
  live BIGINT NOT NULL,
  -- SHA-256 of the secret, in hex.
  digest TEXT NOT NULL,
  -- Words between spaces.
  scopes TEXT NOT NULL,
  networks TEXT NOT NULL,
  -- '' = those of the account, unchanged.
  grants_json TEXT NOT NULL,
  -- 1 = the one that the first start wrote to a file.
  bootstrap BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL DEFAULT 0,
  last_used_at BIGINT NOT NULL DEFAULT 0,
  replaces TEXT NOT NULL
);
CREATE INDEX api_keys_account ON api_keys (account_id, created_at, id);

-- One row: counts the changes of accounts, grants and keys, so that every instance sees that there was one.
CREATE TABLE access_state (
  id BIGINT NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  -- When the database was found to be older than the chain; no key but those of administrators counts until one of them
  -- names which to keep.
  restored_at BIGINT NOT NULL
);
INSERT INTO access_state (id, version, restored_at) VALUES (1, 0, 0);

-- What a key was exchanged for: browser sessions, and tokens for one order. Expired rows are deleted.
CREATE TABLE tokens (
  id TEXT NOT NULL PRIMARY KEY,
  key_id TEXT NOT NULL REFERENCES api_keys (id),
  kind TEXT NOT NULL CHECK (kind IN ('order', 'session')),
  digest TEXT NOT NULL,
  -- Of the one order that it is for.
  fingerprint TEXT NOT NULL,
  -- Until then it asks for its order, or opens the session; and until then it reads the mint of its order.
  expires_at BIGINT NOT NULL,
  reads_until BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX tokens_key ON tokens (key_id, kind, expires_at);
CREATE INDEX tokens_end ON tokens (reads_until);

-- What was asked for on a day (days since 1970, UTC) and did not end unminted. Rows of past days are deleted.
CREATE TABLE spent (
  bucket TEXT NOT NULL,
  day BIGINT NOT NULL,
  amount TEXT NOT NULL,
  PRIMARY KEY (bucket, day)
);
CREATE INDEX spent_day ON spent (day);

ALTER TABLE mints ADD COLUMN key_id TEXT NOT NULL DEFAULT '';
-- Where it was counted, between spaces, to be given back there.
ALTER TABLE mints ADD COLUMN spent_day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mints ADD COLUMN spent_buckets TEXT NOT NULL DEFAULT '';

-- Processes that use this database.
CREATE TABLE instances (
  id TEXT NOT NULL PRIMARY KEY,
  until_at BIGINT NOT NULL
);
