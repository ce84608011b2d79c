//! The stored breakers.

use alloy::primitives::Address;
use sqlx::{Any, FromRow, Transaction};

use super::database::Store;
use super::error::StoreError;
use crate::domain::breaker::Breaker;

/// Baskets that one gateway follows.
const FOLLOWED_MAX: i64 = 500;
const SELECT_BREAKER: &str = "SELECT breaker_json FROM breakers WHERE consumer = $1";

/// Number of mints in one state.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct StateCount {
    /// State word.
    pub state: String,
    /// How many.
    pub mints: i64,
}

impl Store {
    /// A basket's breaker; closed, where it never moved, and open, where it cannot be read.
    pub async fn breaker(&self, consumer: Address) -> Result<Breaker, StoreError> {
        let row = sqlx::query_as(SELECT_BREAKER).bind(consumer.to_string());
        Ok(read(row.fetch_optional(&self.pool).await?))
    }

    /// Consumers of the baskets that were named here or minted from here.
    pub async fn followed_baskets(&self) -> Result<Vec<Address>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT consumer FROM baskets UNION SELECT DISTINCT consumer FROM mints ORDER BY consumer LIMIT $1",
        )
        .bind(FOLLOWED_MAX)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.iter().filter_map(|(consumer,)| consumer.parse().ok()).collect())
    }

    /// How many mints are in which state.
    pub async fn mints_by_state(&self) -> Result<Vec<StateCount>, StoreError> {
        let rows = sqlx::query_as("SELECT state, COUNT(*) AS mints FROM mints GROUP BY state ORDER BY state");
        Ok(rows.fetch_all(&self.pool).await?)
    }
}

fn read(row: Option<(String,)>) -> Breaker {
    let Some((json,)) = row else { return Breaker::default() };
    serde_json::from_str(&json).unwrap_or_else(|_| Breaker::unreadable())
}

/// A basket's breaker inside a transaction.
pub(super) async fn stored(tx: &mut Transaction<'_, Any>, consumer: Address) -> Result<Breaker, StoreError> {
    let row = sqlx::query_as(SELECT_BREAKER).bind(consumer.to_string());
    Ok(read(row.fetch_optional(&mut **tx).await?))
}

/// Stores a basket's breaker inside a transaction.
pub(super) async fn put(
    tx: &mut Transaction<'_, Any>,
    consumer: Address,
    breaker: &Breaker,
    now_ms: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO breakers (consumer, state, breaker_json, updated_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (consumer) DO UPDATE SET state = excluded.state, breaker_json = excluded.breaker_json, \
         updated_at = excluded.updated_at",
    )
    .bind(consumer.to_string())
    .bind(breaker.state.word())
    .bind(serde_json::to_string(breaker)?)
    .bind(now_ms)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::breaker::BreakerState;

    #[test]
    fn breaker_that_cannot_be_read_is_open() {
        assert_eq!(read(None).state, BreakerState::Closed);
        let unreadable = read(Some(("{}".to_owned(),)));
        assert_eq!(unreadable.state, BreakerState::Open);
        assert!(unreadable.reasons.keys().all(|reason| !reason.is_automatic()));
    }
}
