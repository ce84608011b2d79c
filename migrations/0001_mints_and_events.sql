-- Columns are TEXT and BIGINT only, so that one text serves SQLite and PostgreSQL. Times are unix milliseconds.
CREATE TABLE mints (
  id TEXT PRIMARY KEY,
  consumer TEXT NOT NULL,
  stablecoin TEXT NOT NULL,
  beneficiary TEXT NOT NULL,
  reference TEXT NOT NULL,
  idempotency_key TEXT,
  fingerprint TEXT NOT NULL,
  order_json TEXT NOT NULL,
  state TEXT NOT NULL,
  progress_json TEXT NOT NULL,
  version BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  lease_owner TEXT NOT NULL,
  lease_until BIGINT NOT NULL,
  fence BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX mints_reference ON mints (consumer, reference);
CREATE UNIQUE INDEX mints_idempotency_key ON mints (idempotency_key);
CREATE INDEX mints_due ON mints (due_at, lease_until);

-- Append only; each row's hash covers the row before it.
CREATE TABLE events (
  seq BIGINT PRIMARY KEY,
  mint_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  data TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX events_mint ON events (mint_id, seq);

-- One row: whoever writes takes it first, which puts all writers in order.
CREATE TABLE event_head (
  id BIGINT PRIMARY KEY,
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL
);
INSERT INTO event_head (id, seq, hash) VALUES (1, 0, '');

-- Transmitter keys by index; a run holds one, so two runs never race for a nonce.
CREATE TABLE slots (
  slot BIGINT PRIMARY KEY,
  lease_owner TEXT NOT NULL,
  lease_until BIGINT NOT NULL,
  fence BIGINT NOT NULL
);

CREATE TABLE baskets (
  name TEXT PRIMARY KEY,
  stablecoin TEXT NOT NULL,
  consumer TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
