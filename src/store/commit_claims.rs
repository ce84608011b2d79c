//! Claims inside a transaction of the writer.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;

use alloy::primitives::Address;

use super::commit::Commit;
use super::error::StoreError;
use super::lease::{Claimed, SlotLease, Work};
use super::queue::{NewClaim, Release};
use super::rows::{MINT_COLUMNS, MintRow, NEVER_MS, readable, text};

/// Nothing begins within this time of a request's deadline.
const EXPIRY_MARGIN_MS: i64 = 30_000;

/// The first ready mint of each ready lane.
const CLAIM_QUEUED: &str = "UPDATE queue SET lease_owner = $1, ready_at = $2, fence = fence + 1 WHERE state = 'queued' \
    AND mint_id IN (SELECT (SELECT q.mint_id FROM queue q WHERE q.state = 'queued' AND q.stablecoin = l.stablecoin \
    AND q.beneficiary = l.beneficiary AND q.ready_at <= $3 AND q.expires_at > $4 ORDER BY q.ready_at, q.mint_id LIMIT 1) \
    FROM lanes l WHERE l.stablecoin = $5 AND l.ready_at <= $3 ORDER BY l.ready_at, l.beneficiary LIMIT $6)";
const CLAIM_OPEN: &str = "UPDATE queue SET lease_owner = $1, ready_at = $2, fence = fence + 1 WHERE mint_id = \
    (SELECT mint_id FROM queue WHERE state IN ('executing', 'submitted', 'uncertain') AND ready_at <= $3 \
    AND stablecoin = $4 ORDER BY ready_at, mint_id LIMIT 1)";
/// What a claim holds.
pub(super) static CLAIMED: LazyLock<&'static str> = LazyLock::new(|| {
    format!(
        "SELECT {MINT_COLUMNS} FROM queue q JOIN mints m ON m.id = q.mint_id WHERE q.lease_owner = $1 \
         AND q.lease_owner <> ''"
    )
    .leak()
});
/// A lane of which something was claimed shows when the next of its mints is due.
pub(super) const CLAIMED_LANES: &str = "UPDATE lanes SET ready_at = (SELECT MIN(q.ready_at) FROM queue q WHERE q.state = 'queued' \
    AND q.stablecoin = lanes.stablecoin AND q.beneficiary = lanes.beneficiary) WHERE stablecoin = $1 \
    AND beneficiary IN (SELECT beneficiary FROM queue WHERE lease_owner = $2 AND lease_owner <> '')";

impl Commit<'_> {
    /// Claims what is due of a basket; nothing when somebody else was faster.
    pub(super) async fn claim(&mut self, claim: &NewClaim) -> Result<Option<Claimed>, StoreError> {
        let stablecoin = claim.basket.stablecoin;
        let now = self.now_ms;
        let claimed = match claim.work {
            Work::Mint => {
                if self.basket(stablecoin)?.runs_at > now {
                    return Ok(None);
                }
                self.change_basket(stablecoin)?.served_at = now;
                sqlx::query(CLAIM_QUEUED)
                    .bind(&claim.owner)
                    .bind(NEVER_MS)
                    .bind(now)
                    .bind(now + EXPIRY_MARGIN_MS)
                    .bind(text(stablecoin))
                    .bind(i64::try_from(claim.most).unwrap_or(i64::MAX))
                    .execute(&mut *self.tx)
                    .await?
            }
            Work::Settle => {
                sqlx::query(CLAIM_OPEN)
                    .bind(&claim.owner)
                    .bind(NEVER_MS)
                    .bind(now)
                    .bind(text(stablecoin))
                    .execute(&mut *self.tx)
                    .await?
            }
        };
        if claimed.rows_affected() == 0 {
            return Ok(None);
        }
        sqlx::query("INSERT INTO claims (owner, instance, stablecoin, until_at) VALUES ($1, '', $2, $3)")
            .bind(&claim.owner)
            .bind(text(stablecoin))
            .bind(now.saturating_add(millis(claim.lease)))
            .execute(&mut *self.tx)
            .await?;
        if claim.work == Work::Mint {
            self.refresh_claimed_lanes(stablecoin, &claim.owner).await?;
        }
        let rows: Vec<MintRow> = sqlx::query_as(*CLAIMED).bind(&claim.owner).fetch_all(&mut *self.tx).await?;
        let mut mints: Vec<_> = rows.into_iter().filter_map(readable).collect();
        mints.sort_by_key(|stored| (stored.mint.created_at, stored.mint.id));
        Ok(Some(Claimed { owner: claim.owner.clone(), basket: claim.basket, mints }))
    }

    /// The lanes of what was just claimed; none of them is empty, because what is claimed is queued still.
    async fn refresh_claimed_lanes(&mut self, stablecoin: Address, owner: &str) -> Result<(), StoreError> {
        sqlx::query(CLAIMED_LANES).bind(text(stablecoin)).bind(owner).execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Prolongs a claim; `false` when nothing of it is left.
    pub(super) async fn renew(&mut self, owner: &str, lease: Duration) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE claims SET until_at = $1 WHERE owner = $2")
            .bind(self.now_ms.saturating_add(millis(lease)))
            .bind(owner)
            .execute(&mut *self.tx)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Gives back one mint, or whatever is left of a claim.
    pub(super) async fn release(&mut self, release: &Release) -> Result<(), StoreError> {
        let stablecoin = release.basket.stablecoin;
        let ready_at = self.now_ms.saturating_add(release.pause_ms);
        let freed: Vec<(String, String)> = match release.mint {
            Some((id, fence)) => {
                sqlx::query_as(
                    "UPDATE queue SET lease_owner = '', ready_at = $1 WHERE mint_id = $2 AND fence = $3 \
                     AND lease_owner <> '' AND state <> 'minted' RETURNING beneficiary, state",
                )
                .bind(ready_at)
                .bind(id.to_string())
                .bind(fence)
                .fetch_all(&mut *self.tx)
                .await?
            }
            None => {
                let is_there =
                    sqlx::query("DELETE FROM claims WHERE owner = $1 AND ($2 = 0 OR until_at <= $3)")
                        .bind(&release.owner)
                        .bind(i64::from(release.if_lapsed))
                        .bind(self.now_ms)
                        .execute(&mut *self.tx)
                        .await?;
                if is_there.rows_affected() == 0 {
                    return Ok(());
                }
                sqlx::query_as(
                    "UPDATE queue SET lease_owner = '', ready_at = $1 WHERE lease_owner = $2 AND lease_owner <> '' \
                     AND state <> 'minted' RETURNING beneficiary, state",
                )
                .bind(ready_at)
                .bind(&release.owner)
                .fetch_all(&mut *self.tx)
                .await?
            }
        };
        let lanes: BTreeSet<String> = freed
            .into_iter()
            .filter(|(_, state)| state == "queued")
            .map(|(beneficiary, _)| beneficiary)
            .collect();
        for beneficiary in lanes {
            self.refresh_lane(stablecoin, &beneficiary).await?;
        }
        if release.basket_pause_ms > 0 {
            let runs_at = self.now_ms.saturating_add(release.basket_pause_ms);
            self.change_basket(stablecoin)?.runs_at = runs_at;
        }
        Ok(())
    }

    /// Claims a free transmitter key below `count`, if there is one.
    pub(super) async fn claim_slot(
        &mut self,
        instance: &str,
        count: usize,
        lease: Duration,
    ) -> Result<Option<SlotLease>, StoreError> {
        let slot = sqlx::query_as::<_, SlotLease>(
            "UPDATE slots SET lease_owner = $1, lease_until = $2, fence = fence + 1 WHERE slot = \
             (SELECT slot FROM slots WHERE lease_until <= $3 AND slot < $4 ORDER BY slot LIMIT 1) \
             AND lease_until <= $3 RETURNING slot, fence",
        )
        .bind(instance)
        .bind(self.now_ms.saturating_add(millis(lease)))
        .bind(self.now_ms)
        .bind(i64::try_from(count).unwrap_or(i64::MAX));
        Ok(slot.fetch_optional(&mut *self.tx).await?)
    }

    /// Prolongs (or with a zero lease frees) a transmitter key; `false` when it was lost.
    pub(super) async fn renew_slot(
        &mut self,
        instance: &str,
        slot: SlotLease,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let until = if lease.is_zero() { 0 } else { self.now_ms.saturating_add(millis(lease)) };
        let done = sqlx::query(
            "UPDATE slots SET lease_until = $1 WHERE slot = $2 AND fence = $3 AND lease_owner = $4",
        )
        .bind(until)
        .bind(slot.slot)
        .bind(slot.fence)
        .bind(instance)
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
