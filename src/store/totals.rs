//! Running totals: how mints ended, and what became final, day by day; and how many ended in which way, ever.
//!
//! They are written in the transaction that ends a mint, one row a day and ending however many mints it ends. Whoever
//! writes them holds the row of their basket, so nobody else changes them meanwhile.

use std::collections::BTreeMap;

use alloy::primitives::U256;
use sqlx::{Any, Transaction};

use super::error::StoreError;
use super::rows::text;
use crate::base::money::parse_base_units;
use crate::domain::{Order, Progress};

/// Milliseconds of a day (UTC).
pub(super) const DAY_MS: i64 = 86_400_000;

/// The day of a time, counted from 1970.
pub(super) const fn day_of(unix_ms: i64) -> i64 {
    unix_ms.div_euclid(DAY_MS)
}

/// The code that a mint ended with, as it is stored.
pub(super) fn code_of(progress: &Progress) -> &'static str {
    progress.failure.as_ref().map_or("", |failure| failure.code.name())
}

/// Mints of an account and a basket that were accepted on one day and ended in one way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ending {
    account: String,
    day: i64,
    stablecoin: String,
    outcome: &'static str,
    code: &'static str,
}

/// Mints of an account and a basket that became final on one day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Booking {
    account: String,
    stablecoin: String,
    day: i64,
}

/// How a total changes.
#[derive(Clone, Copy, Debug, Default)]
struct Change {
    mints: i64,
    plus: U256,
    minus: U256,
}

impl Change {
    /// A total after the change; what cannot be read is the greatest number, which nobody takes for a sum.
    fn apply(self, (mints, amount): (i64, String)) -> (i64, String) {
        let before = parse_base_units(&amount).unwrap_or(U256::MAX);
        let after = before.saturating_add(self.plus).saturating_sub(self.minus);
        ((mints + self.mints).max(0), after.to_string())
    }
}

/// The changes of one transaction.
#[derive(Debug, Default)]
pub(super) struct Totals {
    endings: BTreeMap<Ending, Change>,
    bookings: BTreeMap<Booking, Change>,
}

impl Totals {
    /// A mint that was accepted at `created_at` has ended.
    pub(super) fn ended(&mut self, account: &str, order: &Order, created_at: i64, progress: &Progress) {
        let change = self.endings.entry(ending(account, order, created_at, progress)).or_default();
        change.mints += 1;
        change.plus = change.plus.saturating_add(order.amount);
    }

    /// A mint that had ended lives again.
    pub(super) fn revived(&mut self, account: &str, order: &Order, created_at: i64, ended: &Progress) {
        let change = self.endings.entry(ending(account, order, created_at, ended)).or_default();
        change.mints -= 1;
        change.minus = change.minus.saturating_add(order.amount);
    }

    /// A mint became final.
    pub(super) fn booked(&mut self, account: &str, order: &Order, now_ms: i64) {
        let stablecoin = text(order.stablecoin);
        let booking = Booking { account: account.to_owned(), stablecoin, day: day_of(now_ms) };
        let change = self.bookings.entry(booking).or_default();
        change.mints += 1;
        change.plus = change.plus.saturating_add(order.amount);
    }

    /// Writes the changes down.
    pub(super) async fn write(&mut self, tx: &mut Transaction<'_, Any>) -> Result<(), StoreError> {
        let mut outcomes: BTreeMap<(String, &'static str), i64> = BTreeMap::new();
        for (ending, change) in std::mem::take(&mut self.endings) {
            write_ending(tx, &ending, change).await?;
            *outcomes.entry((ending.stablecoin, ending.outcome)).or_default() += change.mints;
        }
        for ((stablecoin, outcome), mints) in outcomes {
            write_outcome(tx, &stablecoin, outcome, mints).await?;
        }
        for (booking, change) in std::mem::take(&mut self.bookings) {
            write_booking(tx, &booking, change).await?;
        }
        Ok(())
    }
}

fn ending(account: &str, order: &Order, created_at: i64, progress: &Progress) -> Ending {
    Ending {
        account: account.to_owned(),
        day: day_of(created_at),
        stablecoin: text(order.stablecoin),
        outcome: progress.state.word(),
        code: code_of(progress),
    }
}

async fn write_ending(
    tx: &mut Transaction<'_, Any>,
    ending: &Ending,
    change: Change,
) -> Result<(), StoreError> {
    let before: Option<(i64, String)> = sqlx::query_as(
        "SELECT mints, amount FROM totals WHERE account_id = $1 AND day = $2 AND stablecoin = $3 \
         AND outcome = $4 AND code = $5",
    )
    .bind(&ending.account)
    .bind(ending.day)
    .bind(&ending.stablecoin)
    .bind(ending.outcome)
    .bind(ending.code)
    .fetch_optional(&mut **tx)
    .await?;
    let (mints, amount) = change.apply(before.unwrap_or_else(nothing));
    sqlx::query(
        "INSERT INTO totals (account_id, day, stablecoin, outcome, code, mints, amount) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id, day, stablecoin, outcome, code) \
         DO UPDATE SET mints = excluded.mints, amount = excluded.amount",
    )
    .bind(&ending.account)
    .bind(ending.day)
    .bind(&ending.stablecoin)
    .bind(ending.outcome)
    .bind(ending.code)
    .bind(mints)
    .bind(amount)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Not in one statement: a difference below zero is no row that the table would take.
async fn write_outcome(
    tx: &mut Transaction<'_, Any>,
    stablecoin: &str,
    outcome: &str,
    mints: i64,
) -> Result<(), StoreError> {
    let change = "UPDATE outcomes SET mints = mints + $3 WHERE stablecoin = $1 AND outcome = $2";
    let changed = sqlx::query(change).bind(stablecoin).bind(outcome).bind(mints).execute(&mut **tx).await?;
    if changed.rows_affected() == 0 {
        let insert = "INSERT INTO outcomes (stablecoin, outcome, mints) VALUES ($1, $2, $3)";
        sqlx::query(insert).bind(stablecoin).bind(outcome).bind(mints).execute(&mut **tx).await?;
    }
    Ok(())
}

async fn write_booking(
    tx: &mut Transaction<'_, Any>,
    booking: &Booking,
    change: Change,
) -> Result<(), StoreError> {
    let before: Option<(i64, String)> = sqlx::query_as(
        "SELECT mints, amount FROM booked_days WHERE account_id = $1 AND stablecoin = $2 AND day = $3",
    )
    .bind(&booking.account)
    .bind(&booking.stablecoin)
    .bind(booking.day)
    .fetch_optional(&mut **tx)
    .await?;
    let (mints, amount) = change.apply(before.unwrap_or_else(nothing));
    sqlx::query(
        "INSERT INTO booked_days (account_id, stablecoin, day, mints, amount) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (account_id, stablecoin, day) DO UPDATE SET mints = excluded.mints, amount = excluded.amount",
    )
    .bind(&booking.account)
    .bind(&booking.stablecoin)
    .bind(booking.day)
    .bind(mints)
    .bind(amount)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn nothing() -> (i64, String) {
    (0, "0".to_owned())
}
