-- One row per basket whose breaker ever moved; closed, where there is none.
CREATE TABLE breakers (
  consumer TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  breaker_json TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- How far the chain was followed: every block up to the cursor is final and was judged; seen_json names what was
-- judged above it.
CREATE TABLE watches (
  name TEXT PRIMARY KEY,
  cursor_block BIGINT NOT NULL,
  seen_json TEXT NOT NULL,
  version BIGINT NOT NULL
);

-- What is promised but not minted yet is summed up at every acceptance.
CREATE INDEX mints_consumer_state ON mints (consumer, state);
CREATE INDEX mints_consumer_updated ON mints (consumer, updated_at);
