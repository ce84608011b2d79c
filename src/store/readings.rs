//! What baskets owned and owed by time: one reading a minute at most, thinned out as it grows old.

use std::ops::Range;

use alloy::primitives::{Address, U256};
use sqlx::FromRow;

use super::database::Store;
use super::error::StoreError;
use super::rows::text;
use crate::base::money::parse_base_units;

const MINUTE_MS: i64 = 60_000;
/// Minutes for which every reading stays: two days.
const WHOLE_MINUTES: i64 = 2 * 1_440;
/// Minutes for which the last reading of each hour stays: 400 days.
const KEPT_MINUTES: i64 = 400 * 1_440;

/// What a basket owned and owed at one time, base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When it was read, unix ms.
    pub at_ms: i64,
    /// What backs it; `None` = that was never proven.
    pub reserves: Option<U256>,
    /// What is issued and neither redeemed nor written off.
    pub liability: U256,
}

#[derive(FromRow)]
struct ReadingRow {
    at: i64,
    reserves: String,
    liability: String,
}

impl ReadingRow {
    fn read(self) -> Option<Reading> {
        let reserves = parse_base_units(&self.reserves);
        Some(Reading { at_ms: self.at, reserves, liability: parse_base_units(&self.liability)? })
    }
}

impl Store {
    /// Keeps a reading; of two in one minute the later stays.
    pub async fn keep_reading(&self, stablecoin: Address, reading: &Reading) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO reserve_readings (stablecoin, minute, at, reserves, liability) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (stablecoin, minute) DO UPDATE SET at = excluded.at, reserves = excluded.reserves, \
             liability = excluded.liability WHERE excluded.at >= reserve_readings.at",
        )
        .bind(text(stablecoin))
        .bind(reading.at_ms / MINUTE_MS)
        .bind(reading.at_ms)
        .bind(reading.reserves.map(|reserves| reserves.to_string()).unwrap_or_default())
        .bind(reading.liability.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The readings of a basket in a range of time, oldest first, before them the one that held when it began: the range
    /// is cut into at most `points` equal parts, of each of which the last counts.
    pub async fn readings(
        &self,
        stablecoin: Address,
        range: Range<i64>,
        points: u16,
    ) -> Result<Vec<Reading>, StoreError> {
        let before = sqlx::query_as(
            "SELECT at, reserves, liability FROM reserve_readings WHERE stablecoin = $1 AND minute <= $2 AND at < $3 \
             ORDER BY minute DESC LIMIT 1",
        );
        let before = before.bind(text(stablecoin)).bind(range.start / MINUTE_MS).bind(range.start);
        let before: Option<ReadingRow> = before.fetch_optional(&self.pool).await?;
        let length = range.end.saturating_sub(range.start).max(1);
        let points = i64::from(points.max(1));
        let part = length / points + i64::from(length % points > 0);
        let within = sqlx::query_as(
            "SELECT at, reserves, liability FROM reserve_readings WHERE stablecoin = $1 AND minute IN \
             (SELECT MAX(minute) FROM reserve_readings WHERE stablecoin = $1 AND minute >= $2 AND minute <= $3 \
             AND at >= $4 AND at < $5 GROUP BY (at - $4) / $6) ORDER BY minute",
        )
        .bind(text(stablecoin))
        .bind(range.start / MINUTE_MS)
        .bind(range.end / MINUTE_MS)
        .bind(range.start)
        .bind(range.end)
        .bind(part);
        let within: Vec<ReadingRow> = within.fetch_all(&self.pool).await?;
        Ok(before.into_iter().chain(within).filter_map(ReadingRow::read).collect())
    }

    /// Leaves of a basket's readings as many as their age allows.
    pub async fn thin_readings(&self, stablecoin: Address, now_ms: i64) -> Result<(), StoreError> {
        let now = now_ms / MINUTE_MS;
        sqlx::query(
            "DELETE FROM reserve_readings WHERE stablecoin = $1 AND minute < $2 AND (minute < $3 OR EXISTS \
             (SELECT 1 FROM reserve_readings AS later WHERE later.stablecoin = $1 \
             AND later.minute > reserve_readings.minute \
             AND later.minute < reserve_readings.minute - reserve_readings.minute % 60 + 60))",
        )
        .bind(text(stablecoin))
        .bind(now - WHOLE_MINUTES)
        .bind(now - KEPT_MINUTES)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
