//! What one of several instances does for all, and what it read for them.

use std::time::Duration;

use alloy::primitives::Address;

use super::database::Store;
use super::error::StoreError;
use super::rows::text;

/// Something that one instance does for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchName {
    /// Following the chain.
    Chain,
}

impl WatchName {
    const fn word(self) -> &'static str {
        match self {
            Self::Chain => "chain",
        }
    }
}

impl Store {
    /// Takes or prolongs a watch; `false` when another instance has it. Where the database has one user, that one has it.
    pub async fn take_watch(&self, watch: WatchName, lease: Duration) -> Result<bool, StoreError> {
        if self.is_exclusive() {
            return Ok(true);
        }
        let taken = sqlx::query(
            "INSERT INTO watches (name, owner, until_at) VALUES ($1, $2, (SELECT now_ms FROM clock) + $3) \
             ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until_at = excluded.until_at \
             WHERE watches.owner = excluded.owner OR watches.until_at <= (SELECT now_ms FROM clock)",
        )
        .bind(watch.word())
        .bind(self.instance())
        .bind(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX))
        .execute(&self.pool)
        .await?;
        Ok(taken.rows_affected() == 1)
    }

    /// Whether this instance has a watch.
    pub async fn has_watch(&self, watch: WatchName) -> Result<bool, StoreError> {
        if self.is_exclusive() {
            return Ok(true);
        }
        let (held,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM watches WHERE name = $1 AND owner = $2 AND until_at > (SELECT now_ms FROM clock)",
        )
        .bind(watch.word())
        .bind(self.instance())
        .fetch_one(&self.pool)
        .await?;
        Ok(held > 0)
    }

    /// Lets another instance have a watch.
    pub async fn leave_watch(&self, watch: WatchName) -> Result<(), StoreError> {
        if self.is_exclusive() {
            return Ok(());
        }
        sqlx::query("UPDATE watches SET until_at = 0 WHERE name = $1 AND owner = $2")
            .bind(watch.word())
            .bind(self.instance())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Keeps what was read of a basket in a block, unless something newer is there.
    pub async fn share_figures(&self, stablecoin: Address, block: u64, json: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO basket_figures (stablecoin, block, figures_json) VALUES ($1, $2, $3) \
             ON CONFLICT (stablecoin) DO UPDATE SET block = excluded.block, figures_json = excluded.figures_json \
             WHERE basket_figures.block <= excluded.block",
        )
        .bind(text(stablecoin))
        .bind(i64::try_from(block).unwrap_or(i64::MAX))
        .bind(json)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// What was read last of each basket, by token.
    pub async fn shared_figures(&self) -> Result<Vec<(Address, String)>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT stablecoin, figures_json FROM basket_figures")
                .fetch_all(&self.pool)
                .await?;
        Ok(rows.into_iter().filter_map(|(token, json)| Some((token.parse().ok()?, json))).collect())
    }
}
