//! One transaction of the writer: the rows of the baskets it touches, locked first and in order; the events it causes,
//! appended last.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, U256};
use sqlx::{Any, FromRow, Transaction};

use super::admission::BreakerUpdate;
use super::basket_update::BasketUpdate;
use super::chain_cursor::move_cursor;
use super::error::StoreError;
use super::event::LoggedEvent;
use super::event_log::{PendingEvent, append};
use super::queue::Recount;
use super::rows::{sql_list, text};
use super::spent_counts::SpentCounts;
use super::totals::Totals;
use crate::base::clock::Clock;
use crate::base::fault;
use crate::base::money::parse_base_units;
use crate::domain::breaker::Breaker;
use crate::domain::mint::DEFAULT_ACCOUNT;
use crate::domain::{BasketId, EventKind, State};

/// A basket's row while it is locked.
#[derive(Clone, Debug)]
pub(super) struct LockedBasket {
    /// Base units that its unfinished mints promise.
    pub(super) promised: U256,
    /// Their number, and that of the minted ones that are not final.
    pub(super) alive: i64,
    /// Decimals of its token; -1 = not known.
    pub(super) decimals: i64,
    pub(super) breaker: Breaker,
    pub(super) runs_at: i64,
    pub(super) served_at: i64,
    is_changed: bool,
}

#[derive(FromRow)]
struct BasketRow {
    promised: String,
    alive: i64,
    decimals: i64,
    breaker_json: String,
    runs_at: i64,
    served_at: i64,
}

/// One transaction of the writer.
pub(super) struct Commit<'a> {
    pub(super) tx: Transaction<'a, Any>,
    pub(super) clock: &'a Clock,
    /// The database's time when the transaction began.
    pub(super) now_ms: i64,
    /// What ended and lives again in it.
    pub(super) totals: Totals,
    /// What was spent of the limits that it looked at.
    pub(super) spent: SpentCounts,
    baskets: BTreeMap<Address, LockedBasket>,
    events: Vec<PendingEvent>,
}

/// The database's time.
async fn database_time(tx: &mut Transaction<'_, Any>) -> Result<i64, sqlx::Error> {
    let (now_ms,): (i64,) = sqlx::query_as("SELECT now_ms FROM clock").fetch_one(&mut **tx).await?;
    Ok(now_ms)
}

impl<'a> Commit<'a> {
    /// Begins: reads the time, and takes the rows of these baskets, sorted.
    pub(super) async fn begin(
        mut tx: Transaction<'a, Any>,
        clock: &'a Clock,
        touched: BTreeSet<BasketId>,
    ) -> Result<Self, StoreError> {
        let now_ms = database_time(&mut tx).await?;
        let (totals, spent) = (Totals::default(), SpentCounts::default());
        let mut commit =
            Self { tx, clock, now_ms, totals, spent, baskets: BTreeMap::new(), events: Vec::new() };
        for basket in touched {
            commit.lock(basket).await?;
        }
        Ok(commit)
    }

    async fn lock(&mut self, basket: BasketId) -> Result<(), StoreError> {
        if self.baskets.contains_key(&basket.stablecoin) {
            return Ok(());
        }
        let row = match self.lock_row(basket.stablecoin).await? {
            Some(row) => row,
            None => {
                sqlx::query(
                    "INSERT INTO baskets (stablecoin, consumer) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                )
                .bind(text(basket.stablecoin))
                .bind(text(basket.consumer))
                .execute(&mut *self.tx)
                .await?;
                self.lock_row(basket.stablecoin).await?.ok_or(sqlx::Error::RowNotFound)?
            }
        };
        let breaker = match row.breaker_json.as_str() {
            "" => Breaker::default(),
            json => serde_json::from_str(json).unwrap_or_else(|_| Breaker::unreadable()),
        };
        let promised = match parse_base_units(&row.promised) {
            Some(promised) => promised,
            None => self.count_promised(basket.stablecoin).await?,
        };
        let BasketRow { alive, decimals, runs_at, served_at, .. } = row;
        let locked =
            LockedBasket { promised, alive, decimals, breaker, runs_at, served_at, is_changed: false };
        self.baskets.insert(basket.stablecoin, locked);
        Ok(())
    }

    async fn lock_row(&mut self, stablecoin: Address) -> Result<Option<BasketRow>, sqlx::Error> {
        sqlx::query_as(
            "UPDATE baskets SET version = version + 1 WHERE stablecoin = $1 \
             RETURNING promised, alive, decimals, breaker_json, runs_at, served_at",
        )
        .bind(text(stablecoin))
        .fetch_optional(&mut *self.tx)
        .await
    }

    /// A basket that was locked when the transaction began.
    pub(super) fn basket(&self, stablecoin: Address) -> Result<&LockedBasket, StoreError> {
        self.baskets.get(&stablecoin).ok_or_else(|| sqlx::Error::RowNotFound.into())
    }

    /// The same, to be changed.
    pub(super) fn change_basket(&mut self, stablecoin: Address) -> Result<&mut LockedBasket, StoreError> {
        let basket = self.baskets.get_mut(&stablecoin).ok_or(sqlx::Error::RowNotFound)?;
        basket.is_changed = true;
        Ok(basket)
    }

    /// Adds an event about a mint (its id) or a basket (its token).
    pub(super) fn log(&mut self, account: &str, subject: String, kind: EventKind, data: &str) {
        let salt = alloy::hex::encode(&self.clock.random32()[..16]);
        let (account, data) = (account.to_owned(), data.to_owned());
        self.events.push(PendingEvent { account, subject, kind: kind.word(), salt, data });
    }

    /// Writes down the baskets and the events, and commits; returns the events.
    pub(super) async fn finish(mut self) -> Result<Vec<LoggedEvent>, StoreError> {
        let baskets = std::mem::take(&mut self.baskets);
        for (stablecoin, basket) in baskets.into_iter().filter(|(_, basket)| basket.is_changed) {
            let breaker_json = match &basket.breaker {
                closed if *closed == Breaker::default() => String::new(),
                breaker => serde_json::to_string(breaker)?,
            };
            sqlx::query(
                "UPDATE baskets SET promised = $1, alive = $2, breaker_json = $3, runs_at = $4, served_at = $5, \
                 decimals = $6 WHERE stablecoin = $7",
            )
            .bind(basket.promised.to_string())
            .bind(basket.alive)
            .bind(breaker_json)
            .bind(basket.runs_at)
            .bind(basket.served_at)
            .bind(basket.decimals)
            .bind(text(stablecoin))
            .execute(&mut *self.tx)
            .await?;
        }
        self.totals.write(&mut self.tx).await?;
        self.spent.write(&mut self.tx).await?;
        let entries = append(&mut self.tx, std::mem::take(&mut self.events), self.now_ms).await?;
        fault::point("commit.before").await;
        self.tx.commit().await?;
        fault::point("commit.after").await;
        Ok(entries)
    }

    /// Writes down what befell baskets; `false` when the cursor had moved on.
    pub(super) async fn update_baskets(&mut self, update: &BasketUpdate) -> Result<bool, StoreError> {
        if let Some(cursor) = &update.cursor
            && !move_cursor(&mut self.tx, cursor).await?
        {
            return Ok(false);
        }
        for event in &update.events {
            self.log(DEFAULT_ACCOUNT, text(event.basket.stablecoin), event.kind, &event.data);
        }
        for (basket, rule) in &update.breakers {
            if let Some(update) = rule(&self.basket(basket.stablecoin)?.breaker, self.now_ms) {
                self.move_breaker(*basket, &update)?;
            }
        }
        Ok(true)
    }

    /// Moves a basket's breaker, and logs what that causes.
    pub(super) fn move_breaker(
        &mut self,
        basket: BasketId,
        update: &BreakerUpdate,
    ) -> Result<(), StoreError> {
        self.change_basket(basket.stablecoin)?.breaker = update.breaker.clone();
        for (kind, data) in &update.events {
            self.log(DEFAULT_ACCOUNT, text(basket.stablecoin), *kind, data);
        }
        Ok(())
    }

    /// Counts the promises of a basket anew, and keeps what was counted.
    pub(super) async fn recount(&mut self, basket: BasketId) -> Result<Recount, StoreError> {
        let counted = self.count_promised(basket.stablecoin).await?;
        let kept = self.basket(basket.stablecoin)?.promised;
        if kept != counted {
            self.change_basket(basket.stablecoin)?.promised = counted;
        }
        Ok(Recount { kept, counted })
    }

    /// The sum over a basket's unfinished mints; the greatest number where a row cannot be read, which lets nothing in.
    async fn count_promised(&mut self, stablecoin: Address) -> Result<U256, StoreError> {
        let unfinished = sqlx::query_as::<_, (String,)>(unfinished_amounts());
        let amounts = unfinished.bind(text(stablecoin)).fetch_all(&mut *self.tx).await?;
        let sum = amounts
            .iter()
            .try_fold(U256::ZERO, |sum, (amount,)| Some(sum.saturating_add(parse_base_units(amount)?)));
        Ok(sum.unwrap_or(U256::MAX))
    }
}

fn unfinished_amounts() -> &'static str {
    static SQL: std::sync::LazyLock<&'static str> = std::sync::LazyLock::new(|| {
        let unfinished = sql_list(State::is_unfinished);
        format!("SELECT amount FROM queue WHERE stablecoin = $1 AND state IN ({unfinished})").leak()
    });
    *SQL
}
