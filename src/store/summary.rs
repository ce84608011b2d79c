//! Counts and sums of mints by state and code.
//!
//! What ended is in the running totals, day by day, and what lives is in the queue; only of the days that a range begins
//! and ends in the mints themselves are read. One statement, so that a mint that ends meanwhile is counted once.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use alloy::primitives::{Address, U256};
use futures_util::TryStreamExt;
use sqlx::AnyConnection;

use super::database::Store;
use super::error::StoreError;
use super::rows::{sql_list, text};
use super::totals::{DAY_MS, day_of};
use crate::base::money::parse_base_units;

/// Mints of one basket in one state, with one code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SummaryKey {
    /// The token.
    pub stablecoin: Address,
    /// State word.
    pub state: String,
    /// Code that they ended with, or nothing.
    pub code: String,
}

/// Their number and their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub mints: u64,
    /// Base units.
    pub amount: U256,
}

impl Sum {
    /// Adds some mints; an amount that cannot be read makes the sum the greatest number.
    pub(super) fn add(&mut self, mints: i64, amount: &str) {
        self.mints = self.mints.saturating_add(u64::try_from(mints).unwrap_or(0));
        self.amount = self.amount.saturating_add(parse_base_units(amount).unwrap_or(U256::MAX));
    }
}

// $1 account, $2 token or nothing, $3 and $4 whole days, $5 and $6 the range, $7 to $8 and $9 to $10 what the whole days
// leave of it.
pub(super) static SUMMARY: LazyLock<&'static str> = LazyLock::new(|| {
    let living = sql_list(|state| !state.is_terminal());
    let ended = "SELECT stablecoin, outcome, code, CAST(1 AS BIGINT), amount FROM mints \
        WHERE (account_id || '') = $1 AND outcome <> 'open' AND ($2 = '' OR stablecoin = $2)";
    format!(
        "SELECT stablecoin, outcome AS state, code, mints, amount FROM totals \
         WHERE account_id = $1 AND day >= $3 AND day < $4 AND ($2 = '' OR stablecoin = $2) AND mints > 0 \
         UNION ALL SELECT stablecoin, state, '', CAST(1 AS BIGINT), amount FROM queue WHERE account_id = $1 \
         AND state IN ({living}) AND created_at >= $5 AND created_at < $6 AND ($2 = '' OR stablecoin = $2) \
         UNION ALL {ended} AND created_at >= $7 AND created_at < $8 \
         UNION ALL {ended} AND created_at >= $9 AND created_at < $10"
    )
    .leak()
});

/// A range of time as whole days and what is left of it at both ends.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Days {
    days: Range<i64>,
    first: Range<i64>,
    last: Range<i64>,
}

impl Days {
    fn of(range: &Range<i64>) -> Self {
        let days = day_of(range.start + DAY_MS - 1)..day_of(range.end);
        if days.start >= days.end {
            return Self { days: 0..0, first: range.clone(), last: 0..0 };
        }
        let (first, last) = (range.start..days.start * DAY_MS, days.end * DAY_MS..range.end);
        Self { days, first, last }
    }
}

impl Store {
    /// Counts and sums of the mints of an account, or of all, that were accepted in a range of time: all or those of one
    /// token.
    pub async fn summary(
        &self,
        account: Option<&str>,
        stablecoin: Option<Address>,
        range: Range<i64>,
    ) -> Result<BTreeMap<SummaryKey, Sum>, StoreError> {
        let mut sums = BTreeMap::new();
        for account in self.accounts_in(account).await? {
            self.sum_up(account, stablecoin, &range, &mut sums).await?;
        }
        Ok(sums)
    }

    async fn sum_up(
        &self,
        account: String,
        stablecoin: Option<Address>,
        range: &Range<i64>,
        sums: &mut BTreeMap<SummaryKey, Sum>,
    ) -> Result<(), StoreError> {
        let Days { days, first, last } = Days::of(range);
        let rows = sqlx::query_as::<_, (String, String, String, i64, String)>(*SUMMARY)
            .bind(account)
            .bind(stablecoin.map(text).unwrap_or_default())
            .bind(days.start)
            .bind(days.end)
            .bind(range.start)
            .bind(range.end)
            .bind(first.start)
            .bind(first.end)
            .bind(last.start)
            .bind(last.end);
        let read = async |connection: &mut AnyConnection| {
            let mut rows = rows.fetch(connection);
            while let Some((stablecoin, state, code, mints, amount)) = rows.try_next().await? {
                let stablecoin =
                    stablecoin.parse().map_err(|_| StoreError::Unreadable(format!("token {stablecoin}")))?;
                sums.entry(SummaryKey { stablecoin, state, code }).or_default().add(mints, &amount);
            }
            Ok(())
        };
        self.pool.with(read).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_range_is_whole_days_and_what_is_left() {
        let day = DAY_MS;
        let of = |start: i64, end: i64| {
            let Days { days, first, last } = Days::of(&(start..end));
            (days, first, last)
        };
        assert_eq!(of(0, 3 * day), (0..3, 0..0, 3 * day..3 * day));
        assert_eq!(of(5, 3 * day + 7), (1..3, 5..day, 3 * day..3 * day + 7));
        assert_eq!(of(5, 9), (0..0, 5..9, 0..0), "within a day");
        assert_eq!(of(5, day + 9), (0..0, 5..day + 9, 0..0), "around midnight");
    }
}
