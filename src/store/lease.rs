//! Claims with a time limit: who works on a mint, and who sends with a transmitter key.
//!
//! A claim is held by heartbeats. Whoever loses it (crash, pause, network) is fenced off: its number is older than
//! that of the next holder, and its writes change nothing.

use std::time::Duration;

use super::{MintRow, NEVER_MS, Store, StoreError};

/// Which mints a claim is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Those that may need a run or an answer from the chain.
    Drive,
    /// Those that were minted and wait for finality.
    Watch,
}

/// A transmitter key held by this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SlotLease {
    /// Index of the key.
    pub slot: i64,
    /// Number of this claim.
    pub fence: i64,
}

const CLAIM_DRIVE: &str = "UPDATE mints SET lease_owner = $1, lease_until = $2, fence = fence + 1 WHERE id = \
    (SELECT id FROM mints WHERE due_at <= $3 AND lease_until <= $3 AND state <> 'minted' ORDER BY due_at, id LIMIT 1) \
    AND due_at <= $3 AND lease_until <= $3 RETURNING *";
const CLAIM_WATCH: &str = "UPDATE mints SET lease_owner = $1, lease_until = $2, fence = fence + 1 WHERE id = \
    (SELECT id FROM mints WHERE due_at <= $3 AND lease_until <= $3 AND state = 'minted' ORDER BY due_at, id LIMIT 1) \
    AND due_at <= $3 AND lease_until <= $3 RETURNING *";
const ANY_DRIVE: &str =
    "SELECT id FROM mints WHERE due_at <= $1 AND lease_until <= $1 AND state <> 'minted' LIMIT 1";
const ANY_WATCH: &str =
    "SELECT id FROM mints WHERE due_at <= $1 AND lease_until <= $1 AND state = 'minted' LIMIT 1";

impl Store {
    /// Claims the mint that has been due longest, if there is one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn claim(&self, work: Work, lease: Duration) -> Result<Option<MintRow>, StoreError> {
        let now = self.clock.now_ms();
        let (any, claim) = match work {
            Work::Drive => (ANY_DRIVE, CLAIM_DRIVE),
            Work::Watch => (ANY_WATCH, CLAIM_WATCH),
        };
        // A read first: an idle worker must not take the write lock of SQLite again and again.
        let due: Option<(String,)> = sqlx::query_as(any).bind(now).fetch_optional(&self.pool).await?;
        if due.is_none() {
            return Ok(None);
        }
        let row = sqlx::query_as::<_, MintRow>(claim)
            .bind(self.instance())
            .bind(now.saturating_add(millis(lease)))
            .bind(now);
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// Prolongs a claim; `false` when it was lost.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn hold(&self, id: &str, fence: i64, lease: Duration) -> Result<bool, StoreError> {
        let until = self.clock.now_ms().saturating_add(millis(lease));
        let done = sqlx::query(
            "UPDATE mints SET lease_until = $1 WHERE id = $2 AND fence = $3 AND lease_owner = $4",
        )
        .bind(until)
        .bind(id)
        .bind(fence)
        .bind(self.instance())
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives a claim back without a change of the mint; it is due again at `due_at` (unix ms).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn let_go(&self, id: &str, fence: i64, due_at: i64) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE mints SET lease_until = 0, lease_owner = '', due_at = $1 \
             WHERE id = $2 AND fence = $3 AND due_at <> $4",
        )
        .bind(due_at)
        .bind(id)
        .bind(fence)
        .bind(NEVER_MS)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Makes sure that a row exists for each of `count` transmitter keys.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn prepare_slots(&self, count: usize) -> Result<(), StoreError> {
        for slot in 0..i64::try_from(count).unwrap_or(i64::MAX) {
            sqlx::query(
                "INSERT INTO slots (slot, lease_owner, lease_until, fence) VALUES ($1, '', 0, 0) \
                 ON CONFLICT DO NOTHING",
            )
            .bind(slot)
            .execute(&self.pool)
            .await?;
        }
        Ok(())
    }

    /// Claims a free transmitter key below `count`, if there is one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn claim_slot(&self, count: usize, lease: Duration) -> Result<Option<SlotLease>, StoreError> {
        let now = self.clock.now_ms();
        let slot = sqlx::query_as::<_, SlotLease>(
            "UPDATE slots SET lease_owner = $1, lease_until = $2, fence = fence + 1 WHERE slot = \
             (SELECT slot FROM slots WHERE lease_until <= $3 AND slot < $4 ORDER BY slot LIMIT 1) \
             AND lease_until <= $3 RETURNING slot, fence",
        )
        .bind(self.instance())
        .bind(now.saturating_add(millis(lease)))
        .bind(now)
        .bind(i64::try_from(count).unwrap_or(i64::MAX));
        Ok(slot.fetch_optional(&self.pool).await?)
    }

    /// Prolongs (or with a zero lease frees) a transmitter key; `false` when it was lost.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn hold_slot(&self, slot: SlotLease, lease: Duration) -> Result<bool, StoreError> {
        let until = if lease.is_zero() { 0 } else { self.clock.now_ms().saturating_add(millis(lease)) };
        let done = sqlx::query(
            "UPDATE slots SET lease_until = $1 WHERE slot = $2 AND fence = $3 AND lease_owner = $4",
        )
        .bind(until)
        .bind(slot.slot)
        .bind(slot.fence)
        .bind(self.instance())
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Frees every claim of a predecessor; only where no other process can hold one.
    pub(super) async fn release_all_leases(&self) -> Result<(), StoreError> {
        sqlx::query("UPDATE mints SET lease_until = 0, lease_owner = '' WHERE lease_until > 0")
            .execute(&self.pool)
            .await?;
        sqlx::query("UPDATE slots SET lease_until = 0 WHERE lease_until > 0").execute(&self.pool).await?;
        Ok(())
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
