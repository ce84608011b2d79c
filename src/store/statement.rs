//! Statements: what became final of a basket, and the sums of everything before.

use std::sync::LazyLock;

use alloy::primitives::Address;

use super::database::Store;
use super::error::StoreError;
use super::mints::select;
use super::rows::{MintRow, StoredMint, readable, text};
use super::summary::Sum;
use super::totals::{DAY_MS, day_of};

// $1 account, $2 token, $3 day of the time, $4 its first millisecond, $5 the time.
pub(super) const BOOKED_BEFORE: &str = "SELECT mints, amount FROM booked_days WHERE account_id = $1 AND stablecoin = $2 \
    AND day < $3 UNION ALL SELECT CAST(1 AS BIGINT), amount FROM mints WHERE account_id = $1 AND stablecoin = $2 \
    AND outcome = 'finalized' AND updated_at >= $4 AND updated_at < $5";
pub(super) static BOOKED: LazyLock<&'static str> = LazyLock::new(|| {
    select(
        "m.account_id = $1 AND m.stablecoin = $2 AND m.outcome = 'finalized' AND (m.updated_at, m.id) > ($3, $4) \
         AND m.updated_at < $5 ORDER BY m.updated_at, m.id LIMIT $6",
    )
});
pub(super) static ANY_OF_BASKET: LazyLock<&'static str> = LazyLock::new(|| {
    select("m.account_id = $1 AND m.stablecoin = $2 ORDER BY m.created_at DESC, m.id DESC LIMIT 1")
});

/// Which lines of a statement are read.
#[derive(Clone, Debug)]
pub struct StatementLines {
    /// Those of this account.
    pub account: String,
    /// Those of the basket with this token.
    pub stablecoin: Address,
    /// Those after this place: the time at which a mint became final, and its id.
    pub after: (i64, String),
    /// Those that became final before this time, unix ms.
    pub to: i64,
    /// Most of them.
    pub limit: usize,
}

impl Store {
    /// What an account's mints of a basket add up to that became final before a time, unix ms.
    pub async fn booked_before(
        &self,
        account: &str,
        stablecoin: Address,
        time: i64,
    ) -> Result<Sum, StoreError> {
        let day = day_of(time);
        let rows: Vec<(i64, String)> = sqlx::query_as(BOOKED_BEFORE)
            .bind(account.to_owned())
            .bind(text(stablecoin))
            .bind(day)
            .bind(day * DAY_MS)
            .bind(time)
            .fetch_all(&self.pool)
            .await?;
        let mut sum = Sum::default();
        rows.iter().for_each(|(mints, amount)| sum.add(*mints, amount));
        Ok(sum)
    }

    /// Mints in the order in which they became final, and where the next ones begin, if there are more. Their last
    /// change is that they became final.
    pub async fn booked_mints(
        &self,
        lines: &StatementLines,
    ) -> Result<(Vec<StoredMint>, Option<(i64, String)>), StoreError> {
        let limit = lines.limit;
        let mut rows = sqlx::query_as::<_, MintRow>(*BOOKED)
            .bind(lines.account.clone())
            .bind(text(lines.stablecoin))
            .bind(lines.after.0)
            .bind(lines.after.1.clone())
            .bind(lines.to)
            .bind(i64::try_from(limit + 1).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await?;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(|row| (row.updated_at, row.id.clone()));
        Ok((rows.into_iter().filter_map(readable).collect(), next))
    }

    /// Decimals of a basket's token, if an account has a mint of it.
    pub async fn decimals_of(&self, account: &str, stablecoin: Address) -> Result<Option<u8>, StoreError> {
        let row =
            sqlx::query_as::<_, MintRow>(*ANY_OF_BASKET).bind(account.to_owned()).bind(text(stablecoin));
        let mint = row.fetch_optional(&self.pool).await?.and_then(readable);
        Ok(mint.map(|stored| stored.mint.order.decimals))
    }
}
