//! What was spent of a day's limits: counted in the transaction that accepts a mint, given back in the one that ends it
//! unminted. A basket's counts are changed under the lock of its row.
//!
//! A transaction reads the counts of all its orders at once, counts in memory, and writes what changed at its end: two
//! statements, however many orders it accepts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use alloy::primitives::U256;
use sqlx::{Any, Transaction};

use super::commit::Commit;
use super::error::StoreError;
use crate::base::money::parse_base_units;
use crate::domain::access::{Allowance, OverLimit, day_of, end_of};

/// Counts in one statement; a place that is not needed is empty.
pub(super) const COUNTS_AT_ONCE: usize = 32;
// $1 day.
pub(super) static SPENT: LazyLock<&'static str> = LazyLock::new(|| {
    let places: Vec<String> = (2..2 + COUNTS_AT_ONCE).map(|place| format!("${place}")).collect();
    let places = places.join(", ");
    format!("SELECT bucket, amount FROM spent WHERE day = $1 AND bucket IN ({places})").leak()
});
// $1 day; then a bucket and an amount for each count.
static STORE_SPENT: LazyLock<&'static str> = LazyLock::new(|| {
    let rows = (0..COUNTS_AT_ONCE).map(|at| format!("(${}, ${})", 2 + 2 * at, 3 + 2 * at));
    let rows = rows.collect::<Vec<_>>().join(", ");
    format!(
        "INSERT INTO spent (bucket, day, amount) SELECT column1, $1, column2 FROM (VALUES {rows}) AS counted \
         WHERE column1 <> '' ON CONFLICT (bucket, day) DO UPDATE SET amount = excluded.amount"
    )
    .leak()
});

/// Counts that a transaction has read, by day and bucket, and what it makes of them.
#[derive(Debug, Default)]
pub(super) struct SpentCounts(BTreeMap<i64, BTreeMap<String, SpentCount>>);

#[derive(Clone, Copy, Debug, Default)]
struct SpentCount {
    /// Base units.
    amount: U256,
    is_changed: bool,
}

/// A stored amount; the greatest number where it cannot be read, which lets nothing through.
pub(super) fn spent_amount(stored: &str) -> U256 {
    parse_base_units(stored).unwrap_or(U256::MAX)
}

impl SpentCounts {
    /// Reads those that are not known yet.
    async fn read(
        &mut self,
        tx: &mut Transaction<'_, Any>,
        day: i64,
        buckets: impl Iterator<Item = &str>,
    ) -> Result<(), StoreError> {
        let counts = self.0.entry(day).or_default();
        let unknown: BTreeSet<&str> = buckets.filter(|bucket| !counts.contains_key(*bucket)).collect();
        let unknown: Vec<&str> = unknown.into_iter().collect();
        for some in unknown.chunks(COUNTS_AT_ONCE) {
            let mut query = sqlx::query_as::<_, (String, String)>(*SPENT).bind(day);
            for at in 0..COUNTS_AT_ONCE {
                query = query.bind(some.get(at).copied().unwrap_or_default());
            }
            let stored = query.fetch_all(&mut **tx).await?;
            counts.extend(some.iter().map(|bucket| ((*bucket).to_owned(), SpentCount::default())));
            counts.extend(stored.into_iter().map(|(bucket, amount)| {
                (bucket, SpentCount { amount: spent_amount(&amount), is_changed: false })
            }));
        }
        Ok(())
    }

    /// Writes down what changed.
    pub(super) async fn write(&mut self, tx: &mut Transaction<'_, Any>) -> Result<(), StoreError> {
        for (day, counts) in std::mem::take(&mut self.0) {
            let changed = counts.into_iter().filter(|(_, count)| count.is_changed);
            let changed: Vec<_> = changed.map(|(bucket, count)| (bucket, count.amount.to_string())).collect();
            for some in changed.chunks(COUNTS_AT_ONCE) {
                let mut query = sqlx::query(*STORE_SPENT).bind(day);
                for at in 0..COUNTS_AT_ONCE {
                    let (bucket, amount) = some.get(at).cloned().unwrap_or_default();
                    query = query.bind(bucket).bind(amount);
                }
                query.execute(&mut **tx).await?;
            }
        }
        Ok(())
    }
}

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
            let spent = self.spent(&limit.bucket, day).await?.amount;
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
            let count = self.spent(&limit.bucket, day).await?;
            *count = SpentCount { amount: count.amount.saturating_add(amount), is_changed: true };
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
            let count = self.spent(bucket, day).await?;
            // A day that is over was forgotten; nothing counts against it.
            if !count.amount.is_zero() {
                *count = SpentCount { amount: count.amount.saturating_sub(amount), is_changed: true };
            }
        }
        Ok(())
    }

    async fn spent(&mut self, bucket: &str, day: i64) -> Result<&mut SpentCount, StoreError> {
        self.spent.read(&mut self.tx, day, std::iter::once(bucket)).await?;
        Ok(self.spent.0.entry(day).or_default().entry(bucket.to_owned()).or_default())
    }
}
