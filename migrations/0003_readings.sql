-- What a basket owned and owed by time, as it was read from the chain; base units in decimal digits, times unix milliseconds.
--
-- Growth: at most one row a minute and basket, and only when a figure moved or ten minutes have passed. After two days the
-- last row of each hour stays, after 400 days none: some 12 000 rows a basket.
CREATE TABLE reserve_readings (
  stablecoin TEXT NOT NULL,
  -- Minutes since 1970.
  minute BIGINT NOT NULL,
  at BIGINT NOT NULL,
  -- '' = never proven.
  reserves TEXT NOT NULL,
  liability TEXT NOT NULL,
  PRIMARY KEY (stablecoin, minute)
);

-- The few events that somebody has to look at.
CREATE INDEX events_alarms ON events (seq) WHERE kind = 'chain.alarm';
