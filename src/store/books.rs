//! The books of a basket: its unfinished mints, its breaker, and how far the chain was followed.
//!
//! Whether one more mint may join is judged inside the transaction that stores it, after the head row of the log was
//! taken: no second acceptance, in this process or another, can come between the sum and the insert. The rules
//! themselves are the caller's; this module only shows them what is stored.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use sqlx::{Any, FromRow, Transaction};

use super::shelf::Shelf;
use super::writer::Tail;
use super::{MintRow, Store, StoreError};

/// Baskets that one gateway follows.
const FOLLOWED_MAX: i64 = 500;

/// What an admission rule sees.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// The breaker as JSON, if it ever moved.
    pub breaker: Option<String>,
    /// Mints of the basket that have not ended, and those that were minted above the block that was asked for; by id.
    pub promises: HashMap<String, Promise>,
}

/// What an unfinished or newly minted request promises.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Promise {
    /// Id of the mint.
    pub id: String,
    /// Reference on chain.
    pub reference: String,
    /// Base units in decimal digits, or (of rows that are older than this column) the whole order as JSON.
    pub amount: String,
    /// Block of its mint event; 0 = none was read.
    pub minted_block: i64,
}

/// A new state of a breaker, with the events it causes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breaking {
    /// State word.
    pub state: &'static str,
    /// The breaker as JSON.
    pub breaker_json: String,
    /// Events: kind and data.
    pub events: Vec<(&'static str, String)>,
}

/// What an admission rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// The mint may join; perhaps the breaker moves with it.
    Admit(Option<Breaking>),
    /// It may not; the reason as JSON.
    Refuse(String),
}

type AdmissionRule = dyn Fn(&Books) -> Ruling + Send + Sync;
type BreakerRule = dyn Fn(Option<&str>) -> Option<Breaking> + Send + Sync;

/// Judges whether one more mint may join the unfinished ones of its basket.
#[derive(Clone)]
pub struct Admission {
    /// Block above which minted ones are shown too.
    pub minted_above: i64,
    pub(super) rule: Arc<AdmissionRule>,
}

impl Admission {
    /// Wraps a pure rule; it may be asked more than once.
    #[must_use]
    pub fn new(minted_above: u64, rule: impl Fn(&Books) -> Ruling + Send + Sync + 'static) -> Self {
        Self { minted_above: i64::try_from(minted_above).unwrap_or(i64::MAX), rule: Arc::new(rule) }
    }
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admission").field("minted_above", &self.minted_above).finish_non_exhaustive()
    }
}

/// How far the chain was followed.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Watch {
    /// Every block up to this one was judged and is final.
    pub cursor_block: i64,
    /// What was judged above it, as JSON.
    pub seen_json: String,
    /// Counts the changes; 0 = not stored yet.
    pub version: i64,
}

/// An event about a basket instead of a mint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasketEvent {
    /// Consumer address.
    pub consumer: String,
    /// What happened.
    pub kind: &'static str,
    /// JSON text, one line.
    pub data: String,
}

/// Something that befell baskets: breakers move, events are logged, the watch goes on; all or nothing.
#[derive(Clone, Default)]
pub struct Turn {
    /// The watch to store, if it still has the version that was read.
    pub watch: Option<Watch>,
    /// Breakers by consumer address; the rule sees the stored JSON.
    pub breakers: Vec<(String, Arc<BreakerRule>)>,
    /// Events.
    pub events: Vec<BasketEvent>,
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn")
            .field("watch", &self.watch)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

impl Turn {
    /// Adds a move of one basket's breaker.
    pub fn move_breaker(
        &mut self,
        consumer: String,
        rule: impl Fn(Option<&str>) -> Option<Breaking> + Send + Sync + 'static,
    ) {
        self.breakers.push((consumer, Arc::new(rule)));
    }
}

/// Number of mints in one state.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct StateCount {
    /// State word.
    pub state: String,
    /// How many.
    pub mints: i64,
}

impl Store {
    /// A basket's breaker as JSON, if it ever moved.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn breaker(&self, consumer: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query_as("SELECT breaker_json FROM breakers WHERE consumer = $1").bind(consumer);
        Ok(row.fetch_optional(&self.pool).await?.map(|(json,): (String,)| json))
    }

    /// Mints of a basket that have not ended, and those minted above a block.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn promises(&self, consumer: &str, minted_above: u64) -> Result<Vec<Promise>, StoreError> {
        let above = i64::try_from(minted_above).unwrap_or(i64::MAX);
        let rows = sqlx::query_as::<_, Promise>(PROMISES).bind(consumer).bind(above);
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The mint of a reference, if it was asked for here.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn mint_of(&self, consumer: &str, reference: &str) -> Result<Option<MintRow>, StoreError> {
        let row = sqlx::query_as::<_, MintRow>("SELECT * FROM mints WHERE consumer = $1 AND reference = $2");
        Ok(row.bind(consumer).bind(reference).fetch_optional(&self.pool).await?)
    }

    /// Consumers of the baskets that were named here or minted from here.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn followed_baskets(&self) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT consumer FROM baskets UNION SELECT DISTINCT consumer FROM mints ORDER BY consumer LIMIT $1",
        )
        .bind(FOLLOWED_MAX)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|(consumer,)| consumer).collect())
    }

    /// How many mints are in which state.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn mints_by_state(&self) -> Result<Vec<StateCount>, StoreError> {
        let rows = sqlx::query_as("SELECT state, COUNT(*) AS mints FROM mints GROUP BY state ORDER BY state");
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// How far the chain was followed under a name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn watch(&self, name: &str) -> Result<Option<Watch>, StoreError> {
        let row =
            sqlx::query_as("SELECT cursor_block, seen_json, version FROM watches WHERE name = $1").bind(name);
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// Stores how far the chain was followed when nothing happened there; `false` when somebody else was first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn move_watch(&self, name: &str, watch: &Watch) -> Result<bool, StoreError> {
        let done = sqlx::query(MOVE_WATCH)
            .bind(name)
            .bind(watch.cursor_block)
            .bind(&watch.seen_json)
            .bind(watch.version + 1)
            .bind(watch.version)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }
}

/// The one chain that is followed.
pub const CHAIN_WATCH: &str = "chain";

pub(super) const PROMISES: &str = "SELECT id, reference, CASE WHEN amount = '' THEN order_json ELSE amount END AS amount, \
    minted_block FROM mints WHERE consumer = $1 AND state IN ('queued', 'executing', 'submitted', 'uncertain') \
    UNION ALL SELECT id, reference, CASE WHEN amount = '' THEN order_json ELSE amount END AS amount, minted_block \
    FROM mints WHERE consumer = $1 AND minted_block > $2";
const MOVE_WATCH: &str = "INSERT INTO watches (name, cursor_block, seen_json, version) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (name) DO UPDATE SET cursor_block = excluded.cursor_block, seen_json = excluded.seen_json, \
    version = excluded.version WHERE watches.version = $5";

/// Carries out a turn; `false` when the watch had moved on.
pub(super) async fn turn(
    tx: &mut Transaction<'_, Any>,
    log: &mut Tail,
    shelf: &mut Shelf,
    turn: &Turn,
) -> Result<bool, sqlx::Error> {
    if let Some(watch) = &turn.watch {
        let done = sqlx::query(MOVE_WATCH)
            .bind(CHAIN_WATCH)
            .bind(watch.cursor_block)
            .bind(&watch.seen_json)
            .bind(watch.version + 1)
            .bind(watch.version)
            .execute(&mut **tx)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
    }
    for event in &turn.events {
        log.append(&event.consumer, event.kind, &event.data);
    }
    for (consumer, rule) in &turn.breakers {
        let before = stored(tx, consumer).await?;
        if let Some(breaking) = rule(before.as_deref()) {
            put(tx, log, shelf, consumer, &breaking).await?;
        }
    }
    Ok(true)
}

pub(super) async fn stored(
    tx: &mut Transaction<'_, Any>,
    consumer: &str,
) -> Result<Option<String>, sqlx::Error> {
    let row = sqlx::query_as("SELECT breaker_json FROM breakers WHERE consumer = $1").bind(consumer);
    Ok(row.fetch_optional(&mut **tx).await?.map(|(json,): (String,)| json))
}

pub(super) async fn put(
    tx: &mut Transaction<'_, Any>,
    log: &mut Tail,
    shelf: &mut Shelf,
    consumer: &str,
    breaking: &Breaking,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO breakers (consumer, state, breaker_json, updated_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (consumer) DO UPDATE SET state = excluded.state, breaker_json = excluded.breaker_json, \
         updated_at = excluded.updated_at",
    )
    .bind(consumer)
    .bind(breaking.state)
    .bind(&breaking.breaker_json)
    .bind(log.now)
    .execute(&mut **tx)
    .await?;
    shelf.moved(consumer, breaking);
    for (kind, data) in &breaking.events {
        log.append(consumer, kind, data);
    }
    Ok(())
}
