//! What was spent of a day's limits: counted in the transaction that accepts a mint, given back in the one that ends it
//! unminted. A basket's counts are changed under the lock of its row.

use alloy::primitives::U256;
use sqlx::{Any, Executor};

use super::commit::Commit;
use super::error::StoreError;
use crate::base::money::parse_base_units;
use crate::domain::access::{Allowance, OverLimit, day_of, end_of};

/// What was spent of a limit on a day, base units; the greatest number where it cannot be read, which lets nothing through.
pub(super) async fn read_spent(
    from: impl Executor<'_, Database = Any>,
    bucket: &str,
    day: i64,
) -> Result<U256, StoreError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT amount FROM spent WHERE bucket = $1 AND day = $2")
        .bind(bucket)
        .bind(day)
        .fetch_optional(from)
        .await?;
    Ok(row.map_or(U256::ZERO, |(amount,)| parse_base_units(&amount).unwrap_or(U256::MAX)))
}

impl Commit<'_> {
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
            let spent = self.spent(&limit.bucket, day).await?;
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
            let spent = self.spent(&limit.bucket, day).await?;
            self.store_spent(&limit.bucket, day, spent.saturating_add(amount)).await?;
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
            let spent = self.spent(bucket, day).await?;
            // A day that is over was forgotten; nothing counts against it.
            if !spent.is_zero() {
                self.store_spent(bucket, day, spent.saturating_sub(amount)).await?;
            }
        }
        Ok(())
    }

    async fn spent(&mut self, bucket: &str, day: i64) -> Result<U256, StoreError> {
        read_spent(&mut *self.tx, bucket, day).await
    }

    async fn store_spent(&mut self, bucket: &str, day: i64, amount: U256) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO spent (bucket, day, amount) VALUES ($1, $2, $3) \
             ON CONFLICT (bucket, day) DO UPDATE SET amount = excluded.amount",
        )
        .bind(bucket)
        .bind(day)
        .bind(amount.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
