-- One text for SQLite and PostgreSQL: columns are TEXT and BIGINT only. Times are unix milliseconds of the database's
-- clock; amounts are base units in decimal digits; JSON beside a version number is read by that version only.
--
-- Whoever touches queue, lanes or promises of a basket takes the basket's row first (several: sorted), and the head row
-- of the event log last.

-- The gateway's clients.
CREATE TABLE accounts (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
INSERT INTO accounts (id, name, created_at) VALUES ('default', '', 0);

-- A basket, by its token: consumers can be replaced.
CREATE TABLE baskets (
  stablecoin TEXT NOT NULL PRIMARY KEY,
  consumer TEXT NOT NULL,
  -- Decimals of the token, once the factory has said that the basket is one of its own; -1 = not asked yet.
  decimals BIGINT NOT NULL DEFAULT -1,
  -- Sum of the amounts of its mints that are neither minted nor ended, and their number.
  promised TEXT NOT NULL DEFAULT '0',
  alive BIGINT NOT NULL DEFAULT 0 CHECK (alive >= 0),
  -- '' = it never moved.
  breaker_json TEXT NOT NULL DEFAULT '',
  -- No run begins before; when it had its turn among the baskets.
  runs_at BIGINT NOT NULL DEFAULT 0,
  served_at BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL DEFAULT 0
);

-- Names that baskets were given here.
CREATE TABLE basket_names (
  name TEXT NOT NULL PRIMARY KEY,
  stablecoin TEXT NOT NULL,
  consumer TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- History: one row a mint, for ever; written when it is accepted and when it ends.
CREATE TABLE mints (
  id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  stablecoin TEXT NOT NULL,
  consumer TEXT NOT NULL,
  beneficiary TEXT NOT NULL,
  amount TEXT NOT NULL,
  bank_reference TEXT NOT NULL,
  reference TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  order_version BIGINT NOT NULL,
  order_json TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN
    ('open', 'finalized', 'rejected', 'failed', 'cancelled', 'declined', 'lapsed')),
  -- Code of the failure it ended with, or ''.
  code TEXT NOT NULL DEFAULT '',
  -- 1 = the reference is this mint's: it lives or was minted.
  holds BIGINT NOT NULL,
  -- 0 = refused at admission; repeats counts equal refusals that came soon after.
  accepted BIGINT NOT NULL,
  repeats BIGINT NOT NULL DEFAULT 0,
  -- The transaction of the mint event once it is final, or ''.
  tx TEXT NOT NULL DEFAULT '',
  -- 1 = it came with neither a key nor a bank reference.
  keyless BIGINT NOT NULL,
  version BIGINT NOT NULL,
  end_version BIGINT NOT NULL DEFAULT 0,
  end_json TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  CHECK ((holds = 1 AND outcome IN ('open', 'finalized')) OR (holds = 0 AND outcome NOT IN ('open', 'finalized')))
);
CREATE UNIQUE INDEX mints_reference ON mints (stablecoin, reference) WHERE holds = 1;
-- On purpose an expression: a list without a filter must not be served by the primary key.
CREATE INDEX mints_all ON mints ((account_id || ''), created_at, id);
-- The same of all accounts: what is 0 for each of them serves no other list.
CREATE INDEX mints_of_all ON mints ((accepted - accepted), created_at, id);
CREATE INDEX mints_outcome ON mints (account_id, outcome, created_at, id);
CREATE INDEX mints_stablecoin ON mints (account_id, stablecoin, created_at, id);
CREATE INDEX mints_beneficiary ON mints (account_id, beneficiary, created_at, id);
CREATE INDEX mints_code ON mints (account_id, code, created_at, id) WHERE code <> '';
CREATE INDEX mints_open ON mints (account_id, fingerprint) WHERE outcome = 'open';
CREATE INDEX mints_refused ON mints (account_id, fingerprint, code, created_at) WHERE accepted = 0;
CREATE INDEX mints_let_go ON mints (stablecoin, reference) WHERE holds = 0;
CREATE INDEX mints_bank_reference ON mints (account_id, bank_reference, created_at, id) WHERE bank_reference <> '';
CREATE INDEX mints_tx ON mints (account_id, tx, created_at, id) WHERE tx <> '';
-- What still changed two days after it was accepted: little.
CREATE INDEX mints_late ON mints (account_id, created_at, id) WHERE updated_at > created_at + 172800000;
-- What a statement shows, in the order in which it became final.
CREATE INDEX mints_booked ON mints (account_id, stablecoin, updated_at, id) WHERE outcome = 'finalized';

-- How mints ended, by the day on which they were accepted: what a summary adds up. One row a day for each ending.
CREATE TABLE totals (
  account_id TEXT NOT NULL,
  day BIGINT NOT NULL,
  stablecoin TEXT NOT NULL,
  outcome TEXT NOT NULL,
  code TEXT NOT NULL,
  mints BIGINT NOT NULL CHECK (mints >= 0),
  amount TEXT NOT NULL,
  PRIMARY KEY (account_id, day, stablecoin, outcome, code)
);

-- How many mints of a basket ended in which way, ever: what a scraper reads without adding up the days.
CREATE TABLE outcomes (
  stablecoin TEXT NOT NULL,
  outcome TEXT NOT NULL,
  mints BIGINT NOT NULL CHECK (mints >= 0),
  PRIMARY KEY (stablecoin, outcome)
);

-- What became final, by the day on which it did: what a statement opens with. One row a day and basket.
CREATE TABLE booked_days (
  account_id TEXT NOT NULL,
  stablecoin TEXT NOT NULL,
  day BIGINT NOT NULL,
  mints BIGINT NOT NULL CHECK (mints >= 0),
  amount TEXT NOT NULL,
  PRIMARY KEY (account_id, stablecoin, day)
);

-- What lives: a row leaves when its mint is final or ends unminted.
CREATE TABLE queue (
  mint_id TEXT NOT NULL PRIMARY KEY REFERENCES mints (id),
  account_id TEXT NOT NULL,
  stablecoin TEXT NOT NULL,
  beneficiary TEXT NOT NULL,
  amount TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('awaiting_approval', 'queued', 'executing', 'submitted', 'uncertain', 'minted')),
  -- When the worker should look; the greatest number while it is claimed or only watched by block.
  ready_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  -- '' = not claimed.
  lease_owner TEXT NOT NULL DEFAULT '',
  fence BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL,
  block BIGINT NOT NULL DEFAULT 0,
  block_hash TEXT NOT NULL DEFAULT '',
  -- The transaction of the mint event while it is not final, or ''.
  tx TEXT NOT NULL DEFAULT '',
  progress_version BIGINT NOT NULL,
  progress_json TEXT NOT NULL,
  -- That of the mint, also when it lives again.
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  CHECK ((state = 'minted' AND block > 0) OR (state <> 'minted' AND block = 0))
);
CREATE INDEX queue_waiting ON queue (stablecoin, beneficiary, ready_at, mint_id) WHERE state = 'queued';
CREATE INDEX queue_settle ON queue (ready_at, mint_id) WHERE state IN ('executing', 'submitted', 'uncertain');
CREATE INDEX queue_lease ON queue (lease_owner) WHERE lease_owner <> '';
CREATE INDEX queue_block ON queue (block, block_hash) WHERE state = 'minted';
CREATE INDEX queue_expires ON queue (expires_at) WHERE state = 'queued';
CREATE INDEX queue_state ON queue (account_id, state, created_at, mint_id);
CREATE INDEX queue_tx ON queue (account_id, tx, created_at, mint_id) WHERE tx <> '';

-- The queued mints of one beneficiary of one basket: a report takes one of each lane.
CREATE TABLE lanes (
  stablecoin TEXT NOT NULL,
  beneficiary TEXT NOT NULL,
  ready_at BIGINT NOT NULL,
  PRIMARY KEY (stablecoin, beneficiary)
);
CREATE INDEX lanes_ready ON lanes (stablecoin, ready_at);

-- Who works on mints; whoever misses its heartbeats until then loses all of its claim.
CREATE TABLE claims (
  owner TEXT NOT NULL PRIMARY KEY,
  instance TEXT NOT NULL,
  stablecoin TEXT NOT NULL,
  until_at BIGINT NOT NULL
);

CREATE INDEX claims_until ON claims (until_at);

-- What was minted in which block, by basket; mints counts those that are not final.
CREATE TABLE minted_blocks (
  stablecoin TEXT NOT NULL,
  block BIGINT NOT NULL,
  block_hash TEXT NOT NULL,
  amount TEXT NOT NULL,
  mints BIGINT NOT NULL CHECK (mints >= 0),
  PRIMARY KEY (stablecoin, block, block_hash)
);

-- What a run of the workflow can show for itself: written once, with the outcome of the first of its mints, and never
-- changed. The JSON has at most 8 KiB, mostly 2 to 4.
--
-- Growth: one row a run, however many mints travel in it; what was or may have been signed stays as long as its mints.
-- Of the runs from which nothing was signed (an outage makes one every 15 seconds) a mint keeps the newest 16. Nothing
-- else refers to a run: where the table becomes too large, the oldest of run_mints and then the runs that no row of it
-- names can be moved away while the gateway works.
CREATE TABLE runs (
  execution_id TEXT NOT NULL PRIMARY KEY,
  stablecoin TEXT NOT NULL,
  -- Orders that its report carries; they share the gas.
  orders BIGINT NOT NULL,
  -- 0 = no node signed, or will sign, a report of it.
  signed BIGINT NOT NULL,
  -- The figures that it compared, base units, and the source's time of the first, unix seconds; '' and 0 = not reached.
  reserves TEXT NOT NULL,
  liability TEXT NOT NULL,
  observed_at BIGINT NOT NULL,
  evidence_version BIGINT NOT NULL,
  evidence_json TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- Which mints travelled in which run, and what it said of each.
CREATE TABLE run_mints (
  mint_id TEXT NOT NULL REFERENCES mints (id),
  execution_id TEXT NOT NULL REFERENCES runs (execution_id),
  outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'refused', 'unsigned', 'lost')),
  -- '' where there is none.
  code TEXT NOT NULL,
  policy TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (mint_id, execution_id)
);
CREATE INDEX run_mints_run ON run_mints (execution_id);

CREATE TABLE idempotency_keys (
  account_id TEXT NOT NULL,
  name TEXT NOT NULL,
  mint_id TEXT NOT NULL REFERENCES mints (id),
  fingerprint TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, name)
);

-- Append only; each row's hash covers the row before it and the digest of salt and data, so that salt and data can be
-- emptied and every hash still verifies.
CREATE TABLE events (
  seq BIGINT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  salt TEXT NOT NULL,
  data TEXT NOT NULL,
  data_hash TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX events_subject ON events (subject, seq);
CREATE INDEX events_account ON events (account_id, seq);

-- One row: the last that a writer takes.
CREATE TABLE event_head (
  id BIGINT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL
);
INSERT INTO event_head (id, seq, hash) VALUES (1, 0, '');

-- Transmitter keys by index; a run holds one, so two runs never race for a nonce.
CREATE TABLE slots (
  slot BIGINT NOT NULL PRIMARY KEY,
  lease_owner TEXT NOT NULL,
  lease_until BIGINT NOT NULL,
  fence BIGINT NOT NULL
);

-- How far the chain was followed: every block up to the cursor is final and was judged; seen_json names what was
-- judged above it.
CREATE TABLE chain_cursors (
  name TEXT NOT NULL PRIMARY KEY,
  cursor_block BIGINT NOT NULL,
  seen_json TEXT NOT NULL,
  version BIGINT NOT NULL
);

-- What this database is tied to.
CREATE TABLE facts (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);
