//! Baskets that were given a name here.

use alloy::primitives::Address;
use sqlx::FromRow;

use super::database::Store;
use super::error::StoreError;

/// Names in one list.
const NAMES_MAX: i64 = 1_000;

/// A basket registered by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasketName {
    /// Its name.
    pub name: String,
    /// The token.
    pub stablecoin: Address,
    /// The consumer.
    pub consumer: Address,
}

#[derive(FromRow)]
struct NameRow {
    name: String,
    stablecoin: String,
    consumer: String,
}

impl NameRow {
    fn read(self) -> Option<BasketName> {
        let (stablecoin, consumer) = (self.stablecoin.parse().ok()?, self.consumer.parse().ok()?);
        Some(BasketName { name: self.name, stablecoin, consumer })
    }
}

impl Store {
    /// Registers a basket under a name; `false` when the name is taken by another pair.
    pub async fn register_basket(&self, basket: &BasketName) -> Result<bool, StoreError> {
        sqlx::query(
            "INSERT INTO baskets (name, stablecoin, consumer, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
        )
        .bind(&basket.name)
        .bind(basket.stablecoin.to_string())
        .bind(basket.consumer.to_string())
        .bind(self.clock.now_ms())
        .execute(&self.pool)
        .await?;
        Ok(self.basket_named(&basket.name).await?.as_ref() == Some(basket))
    }

    /// The basket registered under a name.
    pub async fn basket_named(&self, name: &str) -> Result<Option<BasketName>, StoreError> {
        let row = sqlx::query_as("SELECT name, stablecoin, consumer FROM baskets WHERE name = $1").bind(name);
        Ok(row.fetch_optional(&self.pool).await?.and_then(NameRow::read))
    }

    /// Registered baskets by name.
    pub async fn basket_names(&self) -> Result<Vec<BasketName>, StoreError> {
        let rows = sqlx::query_as("SELECT name, stablecoin, consumer FROM baskets ORDER BY name LIMIT $1");
        let rows: Vec<NameRow> = rows.bind(NAMES_MAX).fetch_all(&self.pool).await?;
        Ok(rows.into_iter().filter_map(NameRow::read).collect())
    }
}
