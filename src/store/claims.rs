//! Taking, holding and giving back claims.

use std::time::Duration;

use alloy::primitives::Address;
use uuid::Uuid;

use super::database::Store;
use super::error::StoreError;
use super::lease::{Claimed, SlotLease, Work};
use super::queue::{NewClaim, Release, Write};
use super::rows::NEVER_MS;
use crate::domain::BasketId;

/// Lapsed claims that are given back before one is taken.
const SWEPT_AT_ONCE: i64 = 4;

/// A basket that may run, has something ready, and was served longest ago.
const READY_BASKET: &str = "SELECT b.stablecoin, b.consumer FROM baskets b \
    WHERE b.runs_at <= (SELECT now_ms FROM clock) AND EXISTS (SELECT 1 FROM lanes l \
    WHERE l.stablecoin = b.stablecoin AND l.ready_at <= (SELECT now_ms FROM clock)) \
    ORDER BY b.served_at, b.stablecoin LIMIT 1";
const OPEN_BASKET: &str = "SELECT b.stablecoin, b.consumer FROM queue q JOIN baskets b ON b.stablecoin = q.stablecoin \
    WHERE q.state IN ('executing', 'submitted', 'uncertain') AND q.ready_at <= (SELECT now_ms FROM clock) \
    ORDER BY q.ready_at, q.mint_id LIMIT 1";
const LAPSED: &str = "SELECT c.owner, b.stablecoin, b.consumer FROM claims c JOIN baskets b ON b.stablecoin = c.stablecoin \
    WHERE c.until_at <= (SELECT now_ms FROM clock) ORDER BY c.until_at LIMIT $1";

impl Store {
    /// Claims what has been due longest: for [`Work::Mint`] at most as many as `most` says for the token, for
    /// [`Work::Settle`] one.
    pub async fn claim(
        &self,
        work: Work,
        lease: Duration,
        most: impl Fn(Address) -> usize,
    ) -> Result<Option<Claimed>, StoreError> {
        self.sweep().await?;
        let ready = match work {
            Work::Mint => READY_BASKET,
            Work::Settle => OPEN_BASKET,
        };
        // A read first: an idle worker must not write again and again.
        let found: Option<(String, String)> = sqlx::query_as(ready).fetch_optional(&self.pool).await?;
        let Some(basket) = found.and_then(|(stablecoin, consumer)| basket(&stablecoin, &consumer)) else {
            return Ok(None);
        };
        let most = match work {
            Work::Mint => most(basket.stablecoin),
            Work::Settle => 1,
        };
        let claim = NewClaim { work, basket, owner: self.claim_name(), lease, most };
        self.commit(|answer| Write::Claim(Box::new(claim), answer)).await
    }

    /// Gives back claims that have missed their heartbeats, of whatever process.
    async fn sweep(&self) -> Result<(), StoreError> {
        let lapsed: Vec<(String, String, String)> =
            sqlx::query_as(LAPSED).bind(SWEPT_AT_ONCE).fetch_all(&self.pool).await?;
        for (owner, stablecoin, consumer) in lapsed {
            let Some(basket) = basket(&stablecoin, &consumer) else { continue };
            let release =
                Release { basket, owner, mint: None, pause_ms: 0, basket_pause_ms: 0, if_lapsed: true };
            self.commit(|answer| Write::Release(Box::new(release), answer)).await?;
        }
        Ok(())
    }

    /// Prolongs a claim; `false` when nothing of it is left.
    pub async fn renew_claim(&self, owner: &str, lease: Duration) -> Result<bool, StoreError> {
        self.commit(|answer| Write::Renew(owner.to_owned(), lease, answer)).await
    }

    /// Gives a mint back without a change; it is due again after the pause.
    pub async fn release_mint(
        &self,
        basket: BasketId,
        mint: Uuid,
        fence: i64,
        pause_ms: i64,
    ) -> Result<(), StoreError> {
        let (owner, mint) = (String::new(), Some((mint, fence)));
        let release = Release { basket, owner, mint, pause_ms, basket_pause_ms: 0, if_lapsed: false };
        self.commit(|answer| Write::Release(Box::new(release), answer)).await
    }

    /// Gives back whatever is left of a claim; it is due again after the pause, and no run of its basket begins before
    /// the basket's pause is over.
    pub async fn release_claim(
        &self,
        basket: BasketId,
        owner: &str,
        pause_ms: i64,
        basket_pause_ms: i64,
    ) -> Result<(), StoreError> {
        let owner = owner.to_owned();
        let release = Release { basket, owner, mint: None, pause_ms, basket_pause_ms, if_lapsed: false };
        self.commit(|answer| Write::Release(Box::new(release), answer)).await
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
        self.commit(|answer| Write::ClaimSlot(count, lease, answer)).await
    }

    /// Prolongs (or with a zero lease frees) a transmitter key; `false` when it was lost.
    pub async fn renew_slot(&self, slot: SlotLease, lease: Duration) -> Result<bool, StoreError> {
        self.commit(|answer| Write::RenewSlot(slot, lease, answer)).await
    }

    /// Frees every claim of a predecessor; only where no other process can hold one.
    pub(super) async fn release_all(&self) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE queue SET lease_owner = '', ready_at = (SELECT now_ms FROM clock) WHERE lease_owner <> ''",
        )
        .execute(&self.pool)
        .await?;
        sqlx::query("DELETE FROM claims").execute(&self.pool).await?;
        sqlx::query("DELETE FROM lanes").execute(&self.pool).await?;
        sqlx::query(
            "INSERT INTO lanes (stablecoin, beneficiary, ready_at) \
             SELECT stablecoin, beneficiary, MIN(ready_at) FROM queue WHERE state = 'queued' AND ready_at < $1 \
             GROUP BY stablecoin, beneficiary",
        )
        .bind(NEVER_MS)
        .execute(&self.pool)
        .await?;
        sqlx::query("UPDATE slots SET lease_until = 0 WHERE lease_until > 0").execute(&self.pool).await?;
        Ok(())
    }
}

fn basket(stablecoin: &str, consumer: &str) -> Option<BasketId> {
    Some(BasketId { stablecoin: stablecoin.parse().ok()?, consumer: consumer.parse().ok()? })
}
