//! Claims with a time limit: who works on mints, and who sends with a transmitter key.
//!
//! A claim is held by heartbeats. Whoever loses it (crash, pause, network) is fenced off: the numbers of its rows are
//! older than those of the next holder, and its writes change nothing.

use std::sync::LazyLock;
use std::time::Duration;

use alloy::primitives::Address;
use uuid::Uuid;

use super::database::Store;
use super::error::StoreError;
use super::rows::{MintRow, NEVER_MS, StoredMint, sql_list};
use crate::domain::State;

/// Which mints a claim is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Those that wait for a run; one claim takes several of one consumer, each for another beneficiary.
    Mint,
    /// One of those whose fate the chain has to tell.
    Settle,
}

/// Mints that one task of this process works on.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Names this claim among all claims of all processes.
    pub owner: String,
    /// The mints, those that were due longest first; what cannot be read is logged and left out.
    pub mints: Vec<StoredMint>,
}

/// A transmitter key held by this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SlotLease {
    /// Index of the key.
    pub slot: i64,
    /// Number of this claim.
    pub fence: i64,
}

const ANY_QUEUED: &str = "SELECT consumer FROM mints WHERE state = 'queued' AND due_at <= $1 AND lease_until <= $1 \
    ORDER BY due_at, id LIMIT 1";
/// One report takes one order of each beneficiary; among a thousand that wait there are enough.
const CLAIM_QUEUED: &str = "UPDATE mints SET lease_owner = $1, lease_until = $2, fence = fence + 1 WHERE id IN \
    (SELECT id FROM (SELECT id, due_at, ROW_NUMBER() OVER (PARTITION BY beneficiary ORDER BY due_at, id) AS turn FROM \
    (SELECT id, due_at, beneficiary FROM mints WHERE state = 'queued' AND consumer = $4 AND due_at <= $3 \
    AND lease_until <= $3 ORDER BY due_at, id LIMIT 1000) AS waiting) AS turns WHERE turn = 1 \
    ORDER BY due_at, id LIMIT $5) \
    AND due_at <= $3 AND lease_until <= $3 AND state = 'queued' RETURNING *";
static ANY_OPEN: LazyLock<&'static str> = LazyLock::new(|| {
    let open = sql_list(State::is_open);
    format!(
        "SELECT consumer FROM mints WHERE state IN ({open}) AND due_at <= $1 AND lease_until <= $1 LIMIT 1"
    )
    .leak()
});
static CLAIM_OPEN: LazyLock<&'static str> = LazyLock::new(|| {
    let open = sql_list(State::is_open);
    format!(
        "UPDATE mints SET lease_owner = $1, lease_until = $2, fence = fence + 1 WHERE id = \
         (SELECT id FROM mints WHERE state IN ({open}) AND due_at <= $3 AND lease_until <= $3 \
         ORDER BY due_at, id LIMIT 1) AND due_at <= $3 AND lease_until <= $3 RETURNING *"
    )
    .leak()
});

impl Store {
    /// Claims what has been due longest: for [`Work::Mint`] at most as many as `most` says for the consumer, for
    /// [`Work::Settle`] one.
    pub async fn claim(
        &self,
        work: Work,
        lease: Duration,
        most: impl Fn(Address) -> usize,
    ) -> Result<Option<Claimed>, StoreError> {
        let now = self.clock.now_ms();
        let any = match work {
            Work::Mint => ANY_QUEUED,
            Work::Settle => *ANY_OPEN,
        };
        // A read first: an idle worker must not take the write lock of SQLite again and again.
        let due: Option<(String,)> = sqlx::query_as(any).bind(now).fetch_optional(&self.pool).await?;
        let Some((consumer,)) = due else { return Ok(None) };
        let owner = self.claim_name();
        let until = now.saturating_add(millis(lease));
        let mut rows: Vec<MintRow> = match work {
            Work::Mint => {
                let most =
                    consumer.parse().map_or(1, |consumer| i64::try_from(most(consumer)).unwrap_or(i64::MAX));
                let claim = sqlx::query_as(CLAIM_QUEUED).bind(&owner).bind(until).bind(now);
                claim.bind(consumer).bind(most).fetch_all(&self.pool).await?
            }
            Work::Settle => {
                let claim = sqlx::query_as(*CLAIM_OPEN).bind(&owner).bind(until).bind(now);
                claim.fetch_all(&self.pool).await?
            }
        };
        rows.sort_by(|one, other| (one.due_at, &one.id).cmp(&(other.due_at, &other.id)));
        if rows.is_empty() {
            return Ok(None);
        }
        Ok(Some(Claimed { owner, mints: rows.into_iter().filter_map(readable).collect() }))
    }

    /// Prolongs a claim; `false` when nothing of it is left.
    pub async fn renew_claim(&self, owner: &str, lease: Duration) -> Result<bool, StoreError> {
        let until = self.clock.now_ms().saturating_add(millis(lease));
        let done =
            sqlx::query("UPDATE mints SET lease_until = $1 WHERE lease_owner = $2 AND lease_until > 0")
                .bind(until)
                .bind(owner)
                .execute(&self.pool)
                .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Gives a mint back without a change; it is due again at `due_at` (unix ms).
    pub async fn release_mint(&self, id: Uuid, fence: i64, due_at: i64) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE mints SET lease_until = 0, lease_owner = '', due_at = $1 \
             WHERE id = $2 AND fence = $3 AND due_at <> $4",
        )
        .bind(due_at)
        .bind(id.to_string())
        .bind(fence)
        .bind(NEVER_MS)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Gives back whatever is left of a claim; it is due again at `due_at` (unix ms).
    pub async fn release_claim(&self, owner: &str, due_at: i64) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE mints SET lease_until = 0, lease_owner = '', due_at = $1 \
             WHERE lease_owner = $2 AND lease_until > 0 AND due_at <> $3",
        )
        .bind(due_at)
        .bind(owner)
        .bind(NEVER_MS)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Makes sure that a row exists for each of `count` transmitter keys.
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
    pub async fn renew_slot(&self, slot: SlotLease, lease: Duration) -> Result<bool, StoreError> {
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

fn readable(row: MintRow) -> Option<StoredMint> {
    StoredMint::try_from(row).map_err(|error| tracing::error!(%error, "a stored mint is unreadable")).ok()
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
