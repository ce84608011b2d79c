//! What was spent of a day's limits, as one transaction reads and writes it: the counts of all its orders at once, in two
//! statements, however many orders there are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use alloy::primitives::U256;
use sqlx::{Any, Transaction};

use super::error::StoreError;
use crate::base::money::parse_base_units;

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

/// One of them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SpentCount {
    /// Base units.
    pub(super) amount: U256,
    is_changed: bool,
}

impl SpentCount {
    /// Changes it.
    pub(super) fn set(&mut self, amount: U256) {
        *self = Self { amount, is_changed: true };
    }
}

/// A stored amount; the greatest number where it cannot be read, which lets nothing through.
pub(super) fn spent_amount(stored: &str) -> U256 {
    parse_base_units(stored).unwrap_or(U256::MAX)
}

impl SpentCounts {
    /// Reads those that are not known yet.
    pub(super) async fn read(
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

    /// One of them, read where it is not known yet.
    pub(super) async fn of(
        &mut self,
        tx: &mut Transaction<'_, Any>,
        day: i64,
        bucket: &str,
    ) -> Result<&mut SpentCount, StoreError> {
        self.read(tx, day, std::iter::once(bucket)).await?;
        Ok(self.0.entry(day).or_default().entry(bucket.to_owned()).or_default())
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
