//! Claims inside a transaction of the writer.

use std::collections::BTreeSet;
use std::time::Duration;

use super::commit::Commit;
use super::error::StoreError;
use super::lease::{Claimed, SlotLease, Work};
use super::queue::{NewClaim, Release};
use super::rows::{NEVER_MS, text};

/// Nothing begins within this time of a request's deadline.
const EXPIRY_MARGIN_MS: i64 = 30_000;

/// The first ready mint of each ready lane.
const CLAIM_QUEUED: &str = "UPDATE queue SET lease_owner = $1, ready_at = $2, fence = fence + 1 WHERE state = 'queued' \
    AND mint_id IN (SELECT (SELECT q.mint_id FROM queue q WHERE q.state = 'queued' AND q.stablecoin = l.stablecoin \
    AND q.beneficiary = l.beneficiary AND q.ready_at <= $3 AND q.expires_at > $4 ORDER BY q.ready_at, q.mint_id LIMIT 1) \
    FROM lanes l WHERE l.stablecoin = $5 AND l.ready_at <= $3 ORDER BY l.ready_at, l.beneficiary LIMIT $6) \
    RETURNING mint_id, beneficiary";
const CLAIM_OPEN: &str = "UPDATE queue SET lease_owner = $1, ready_at = $2, fence = fence + 1 WHERE mint_id = \
    (SELECT mint_id FROM queue WHERE state IN ('executing', 'submitted', 'uncertain') AND ready_at <= $3 \
    AND stablecoin = $4 ORDER BY ready_at, mint_id LIMIT 1) RETURNING mint_id, beneficiary";

impl Commit<'_> {
    /// Claims what is due of a basket; nothing when somebody else was faster.
    pub(super) async fn claim(&mut self, claim: &NewClaim) -> Result<Option<Claimed>, StoreError> {
        let stablecoin = claim.basket.stablecoin;
        let now = self.now_ms;
        let rows: Vec<(String, String)> = match claim.work {
            Work::Mint => {
                if self.basket(stablecoin)?.runs_at > now {
                    return Ok(None);
                }
                self.change_basket(stablecoin)?.served_at = now;
                sqlx::query_as(CLAIM_QUEUED)
                    .bind(&claim.owner)
                    .bind(NEVER_MS)
                    .bind(now)
                    .bind(now + EXPIRY_MARGIN_MS)
                    .bind(text(stablecoin))
                    .bind(i64::try_from(claim.most).unwrap_or(i64::MAX))
                    .fetch_all(&mut *self.tx)
                    .await?
            }
            Work::Settle => {
                sqlx::query_as(CLAIM_OPEN)
                    .bind(&claim.owner)
                    .bind(NEVER_MS)
                    .bind(now)
                    .bind(text(stablecoin))
                    .fetch_all(&mut *self.tx)
                    .await?
            }
        };
        if rows.is_empty() {
            return Ok(None);
        }
        sqlx::query("INSERT INTO claims (owner, instance, stablecoin, until_at) VALUES ($1, '', $2, $3)")
            .bind(&claim.owner)
            .bind(text(stablecoin))
            .bind(now.saturating_add(millis(claim.lease)))
            .execute(&mut *self.tx)
            .await?;
        let mut mints = Vec::with_capacity(rows.len());
        for (id, beneficiary) in &rows {
            match self.stored_text(id).await {
                Ok(stored) => mints.push(stored),
                Err(StoreError::Unreadable(id)) => {
                    tracing::error!(mint_id = id, "a stored mint cannot be read and is set aside");
                }
                Err(error) => return Err(error),
            }
            if claim.work == Work::Mint {
                self.refresh_lane(stablecoin, beneficiary).await?;
            }
        }
        mints.sort_by_key(|stored| (stored.mint.created_at, stored.mint.id));
        Ok(Some(Claimed { owner: claim.owner.clone(), basket: claim.basket, mints }))
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
