//! Baskets: those that were given a name here, what is known of them, their breakers and what they promise.

use alloy::primitives::{Address, U256};
use sqlx::FromRow;

use super::database::Store;
use super::error::StoreError;
use super::rows::text;
use crate::base::money::parse_base_units;
use crate::domain::breaker::Breaker;
use crate::domain::{Basket, BasketId};

/// Baskets that one gateway follows.
const FOLLOWED_MAX: i64 = 500;
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
    /// A basket's breaker; closed, where it never moved, and open, where it cannot be read.
    pub async fn breaker(&self, stablecoin: Address) -> Result<Breaker, StoreError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT breaker_json FROM baskets WHERE stablecoin = $1")
            .bind(text(stablecoin))
            .fetch_optional(&self.pool)
            .await?;
        Ok(match row {
            Some((json,)) if !json.is_empty() => {
                serde_json::from_str(&json).unwrap_or_else(|_| Breaker::unreadable())
            }
            _ => Breaker::default(),
        })
    }

    /// Base units that a basket's mints promise: the unfinished ones, and those minted above a block.
    pub async fn promised(&self, stablecoin: Address, minted_above: u64) -> Result<U256, StoreError> {
        let above = i64::try_from(minted_above).unwrap_or(i64::MAX);
        let amounts: Vec<(String,)> = sqlx::query_as(
            "SELECT promised FROM baskets WHERE stablecoin = $1 UNION ALL \
             SELECT amount FROM minted_blocks WHERE stablecoin = $1 AND block > $2",
        )
        .bind(text(stablecoin))
        .bind(above)
        .fetch_all(&self.pool)
        .await?;
        let figure = |(amount,): &(String,)| parse_base_units(amount).unwrap_or(U256::MAX);
        Ok(amounts.iter().map(figure).fold(U256::ZERO, U256::saturating_add))
    }

    /// The basket with this token or present consumer, if mints were made of it or it has a name.
    pub async fn basket_of(&self, address: Address) -> Result<Option<BasketId>, StoreError> {
        let row: Option<(String, String)> = sqlx::query_as(
            "SELECT stablecoin, consumer FROM (SELECT stablecoin, consumer, 0 AS place FROM baskets UNION ALL \
             SELECT stablecoin, consumer, 1 FROM basket_names) AS known WHERE stablecoin = $1 OR consumer = $1 \
             ORDER BY place LIMIT 1",
        )
        .bind(text(address))
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.and_then(|(stablecoin, consumer)| {
            Some(BasketId { stablecoin: stablecoin.parse().ok()?, consumer: consumer.parse().ok()? })
        }))
    }

    /// The baskets that were named here or minted from here.
    pub async fn followed_baskets(&self) -> Result<Vec<BasketId>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT stablecoin, consumer FROM baskets UNION SELECT stablecoin, consumer FROM basket_names \
             ORDER BY stablecoin LIMIT $1",
        )
        .bind(FOLLOWED_MAX)
        .fetch_all(&self.pool)
        .await?;
        let basket = |(stablecoin, consumer): &(String, String)| {
            Some(BasketId { stablecoin: stablecoin.parse().ok()?, consumer: consumer.parse().ok()? })
        };
        Ok(rows.iter().filter_map(basket).collect())
    }

    /// Notes what the factory said of a basket, for when the chain is silent, and which consumer it has now.
    pub async fn remember_basket(&self, basket: &Basket) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO baskets (stablecoin, consumer, decimals) VALUES ($1, $2, $3) \
             ON CONFLICT (stablecoin) DO UPDATE SET consumer = excluded.consumer, decimals = excluded.decimals",
        )
        .bind(text(basket.stablecoin))
        .bind(text(basket.consumer))
        .bind(i64::from(basket.decimals))
        .execute(&self.pool)
        .await?;
        sqlx::query("UPDATE basket_names SET consumer = $2 WHERE stablecoin = $1 AND consumer <> $2")
            .bind(text(basket.stablecoin))
            .bind(text(basket.consumer))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The basket with this token or consumer, if the factory was heard to own up to it before.
    pub async fn remembered_basket(&self, member: Address) -> Result<Option<Basket>, StoreError> {
        let row: Option<(String, String, i64)> = sqlx::query_as(
            "SELECT stablecoin, consumer, decimals FROM baskets WHERE (stablecoin = $1 OR consumer = $1) \
             AND decimals >= 0 LIMIT 1",
        )
        .bind(text(member))
        .fetch_optional(&self.pool)
        .await?;
        let read = |(stablecoin, consumer, decimals): (String, String, i64)| {
            let (stablecoin, consumer) = (stablecoin.parse().ok()?, consumer.parse().ok()?);
            Some(Basket { stablecoin, consumer, decimals: u8::try_from(decimals).ok()? })
        };
        Ok(row.and_then(read))
    }

    /// The basket registered under a name.
    pub async fn basket_named(&self, name: &str) -> Result<Option<BasketName>, StoreError> {
        let row =
            sqlx::query_as("SELECT name, stablecoin, consumer FROM basket_names WHERE name = $1").bind(name);
        Ok(row.fetch_optional(&self.pool).await?.and_then(NameRow::read))
    }

    /// Registered baskets by name.
    pub async fn basket_names(&self) -> Result<Vec<BasketName>, StoreError> {
        let rows =
            sqlx::query_as("SELECT name, stablecoin, consumer FROM basket_names ORDER BY name LIMIT $1");
        let rows: Vec<NameRow> = rows.bind(NAMES_MAX).fetch_all(&self.pool).await?;
        Ok(rows.into_iter().filter_map(NameRow::read).collect())
    }
}
