//! What was spent of a day's limits: counted in the transaction that accepts a mint, given back in the one that ends it
//! unminted. A basket's counts are changed under the lock of its row.

use alloy::primitives::U256;

use super::commit::Commit;
use super::error::StoreError;
use crate::domain::access::{Allowance, OverLimit, day_of, end_of};

impl Commit<'_> {
    /// Reads at once what was spent today of all these limits; their baskets are locked.
    pub(super) async fn read_spent<'a>(
        &mut self,
        allowances: impl Iterator<Item = &'a Allowance>,
    ) -> Result<(), StoreError> {
        let buckets = allowances.flat_map(|allowance| &allowance.daily).map(|limit| limit.bucket.as_str());
        self.spent.read(&mut self.tx, day_of(self.now_ms), buckets).await
    }

    /// The limit that an amount is over, if there is one.
    pub(super) async fn over_limit(
        &mut self,
        allowance: &Allowance,
        requested: U256,
    ) -> Result<Option<OverLimit>, StoreError> {
        if let Some(limit) = allowance.per_mint.filter(|limit| requested > *limit) {
            return Ok(Some(OverLimit { limit, spent: U256::ZERO, requested, resets_at: None }));
        }
        let day = day_of(self.now_ms);
        for limit in &allowance.daily {
            let spent = self.spent.of(&mut self.tx, day, &limit.bucket).await?.amount;
            if spent.saturating_add(requested) > limit.most {
                let resets_at = Some(end_of(day));
                return Ok(Some(OverLimit { limit: limit.most, spent, requested, resets_at }));
            }
        }
        Ok(None)
    }

    /// Counts an amount; returns the day, and where it was counted.
    pub(super) async fn spend(
        &mut self,
        allowance: &Allowance,
        amount: U256,
    ) -> Result<(i64, String), StoreError> {
        let day = day_of(self.now_ms);
        for limit in &allowance.daily {
            let count = self.spent.of(&mut self.tx, day, &limit.bucket).await?;
            count.set(count.amount.saturating_add(amount));
        }
        let buckets: Vec<&str> = allowance.daily.iter().map(|limit| limit.bucket.as_str()).collect();
        Ok(if buckets.is_empty() { (0, String::new()) } else { (day, buckets.join(" ")) })
    }

    /// Takes an amount back that was counted.
    pub(super) async fn give_back(
        &mut self,
        day: i64,
        buckets: &str,
        amount: U256,
    ) -> Result<(), StoreError> {
        for bucket in buckets.split(' ').filter(|bucket| !bucket.is_empty()) {
            let count = self.spent.of(&mut self.tx, day, bucket).await?;
            // A day that is over was forgotten; nothing counts against it.
            if !count.amount.is_zero() {
                count.set(count.amount.saturating_sub(amount));
            }
        }
        Ok(())
    }
}
