-- Where the mint event of a reference is: its block and that block's hash; 0 and '' while there is none. What is minted
-- is watched and counted by block, not row by row.
ALTER TABLE mints ADD COLUMN minted_block BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mints ADD COLUMN minted_hash TEXT NOT NULL DEFAULT '';
-- What a mint promises, in base units; older rows have it in order_json only.
ALTER TABLE mints ADD COLUMN amount TEXT NOT NULL DEFAULT '';
CREATE INDEX mints_consumer_minted ON mints (consumer, minted_block);
CREATE INDEX mints_state_minted ON mints (state, minted_block);

-- The next run takes what waits for one consumer.
CREATE INDEX mints_state_due ON mints (state, due_at);
