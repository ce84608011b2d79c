//! Reading mints.

use std::sync::LazyLock;

use alloy::primitives::{Address, B256};
use sqlx::FromRow;
use uuid::Uuid;

use super::database::Store;
use super::error::StoreError;
use super::rows::{MINT_COLUMNS, MintRow, NewMint, StoredMint, readable, text};
use crate::domain::OrderKey;
use crate::domain::access::Reader;

static BY_ID: LazyLock<&'static str> = LazyLock::new(|| select("m.id = $1"));
static BY_ID_OF_ACCOUNT: LazyLock<&'static str> = LazyLock::new(|| select("m.id = $1 AND m.account_id = $2"));
static BY_KEY: LazyLock<&'static str> = LazyLock::new(|| {
    select(
        "m.id = (SELECT mint_id FROM idempotency_keys WHERE account_id = $1 AND name = $2 AND fingerprint = $3)",
    )
});
static BY_REFERENCE: LazyLock<&'static str> =
    LazyLock::new(|| select("m.stablecoin = $1 AND m.reference = $2 AND m.holds = 1"));
static EXPIRED: LazyLock<&'static str> = LazyLock::new(|| {
    let due = "q.state = 'queued' AND q.expires_at <= (SELECT now_ms FROM clock) AND q.lease_owner = '' \
        ORDER BY q.expires_at LIMIT $1";
    select(due)
});
static ENDED: LazyLock<&'static str> = LazyLock::new(|| {
    let ended = "m.account_id = $1 AND m.code = $2 AND m.code <> '' AND m.stablecoin = $3 AND m.accepted = 1 \
        AND m.keyless = 0 AND m.outcome IN ('rejected', 'failed') ORDER BY m.created_at, m.id LIMIT $4";
    select(ended)
});

/// How many mints are in each state: what lives is counted, what ended was.
pub(super) const COUNTS: &str = "SELECT state, COUNT(*) AS mints FROM queue GROUP BY state UNION ALL \
    SELECT outcome, CAST(SUM(mints) AS BIGINT) FROM outcomes WHERE mints > 0 GROUP BY outcome ORDER BY state";

pub(super) fn select(condition: &str) -> &'static str {
    format!("SELECT {MINT_COLUMNS} FROM mints m LEFT JOIN queue q ON q.mint_id = m.id WHERE {condition}")
        .leak()
}

/// Number of mints in one state.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct StateCount {
    /// State word.
    pub state: String,
    /// How many.
    pub mints: i64,
}

/// All mints, as a graph shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MintCounts {
    /// How many there are in each state.
    pub by_state: Vec<StateCount>,
    /// When the oldest of those that are queued was accepted, unix ms.
    pub oldest_at: Option<i64>,
}

impl Store {
    /// One mint.
    pub async fn mint(&self, id: Uuid) -> Result<Option<StoredMint>, StoreError> {
        let found = sqlx::query_as::<_, MintRow>(*BY_ID).bind(id.to_string());
        found.fetch_optional(&self.pool).await?.map(StoredMint::try_from).transpose()
    }

    /// One mint, if the reader may see it.
    pub async fn mint_for(&self, id: Uuid, reader: Reader<'_>) -> Result<Option<StoredMint>, StoreError> {
        let Reader::Account(account) = reader else { return self.mint(id).await };
        let found = sqlx::query_as::<_, MintRow>(*BY_ID_OF_ACCOUNT).bind(id.to_string()).bind(account);
        found.fetch_optional(&self.pool).await?.map(StoredMint::try_from).transpose()
    }

    /// The mint that an equal request of the same account made under the same key.
    pub async fn mint_by_key(&self, new: &NewMint) -> Result<Option<StoredMint>, StoreError> {
        let Some(key) = &new.idempotency_key else { return Ok(None) };
        let row = sqlx::query_as::<_, MintRow>(*BY_KEY).bind(&new.account).bind(key).bind(&new.fingerprint);
        row.fetch_optional(&self.pool).await?.map(StoredMint::try_from).transpose()
    }

    /// The mint that holds a reference, if it was asked for here.
    pub async fn mint_of(
        &self,
        stablecoin: Address,
        reference: B256,
    ) -> Result<Option<StoredMint>, StoreError> {
        let row =
            sqlx::query_as::<_, MintRow>(*BY_REFERENCE).bind(text(stablecoin)).bind(reference.to_string());
        row.fetch_optional(&self.pool).await?.map(StoredMint::try_from).transpose()
    }

    /// The mint that holds a reference, if it was asked for here and the reader may see it.
    pub async fn mint_of_for(
        &self,
        stablecoin: Address,
        reference: B256,
        reader: Reader<'_>,
    ) -> Result<Option<Uuid>, StoreError> {
        let stored = self.mint_of(stablecoin, reference).await?;
        Ok(stored.filter(|stored| reader.sees(&stored.mint.account)).map(|stored| stored.mint.id))
    }

    /// The one accepted mint that asked for exactly this order, whatever became of it, if the reader may see it; `None`
    /// where there are several.
    pub async fn only_mint_of(
        &self,
        order: &OrderKey,
        reader: Reader<'_>,
    ) -> Result<Option<Uuid>, StoreError> {
        let found: Vec<(String, String)> = sqlx::query_as(
            "SELECT id, account_id FROM mints WHERE stablecoin = $1 AND reference = $2 AND holds = 1 \
             AND beneficiary = $3 AND amount = $4 UNION ALL SELECT id, account_id FROM mints WHERE stablecoin = $1 \
             AND reference = $2 AND holds = 0 AND beneficiary = $3 AND amount = $4 AND accepted = 1 LIMIT 2",
        )
        .bind(text(order.stablecoin))
        .bind(order.reference.to_string())
        .bind(text(order.account))
        .bind(order.amount.to_string())
        .fetch_all(&self.pool)
        .await?;
        match found.as_slice() {
            [(id, account)] if reader.sees(account) => Ok(id.parse().ok()),
            _ => Ok(None),
        }
    }

    /// Queued mints whose deadline has passed and that nobody works on.
    pub async fn expired_mints(&self, limit: i64) -> Result<Vec<StoredMint>, StoreError> {
        let rows = sqlx::query_as::<_, MintRow>(*EXPIRED).bind(limit);
        Ok(rows.fetch_all(&self.pool).await?.into_iter().filter_map(readable).collect())
    }

    /// Accepted mints of an account and a basket that came with a key or a bank reference and ended unminted with this
    /// code, oldest first.
    pub async fn ended_mints(
        &self,
        account: &str,
        code: &str,
        stablecoin: Address,
        limit: i64,
    ) -> Result<Vec<StoredMint>, StoreError> {
        let rows =
            sqlx::query_as::<_, MintRow>(*ENDED).bind(account).bind(code).bind(text(stablecoin)).bind(limit);
        Ok(rows.fetch_all(&self.pool).await?.into_iter().filter_map(readable).collect())
    }

    /// References of a basket's unfinished mints, oldest first.
    pub async fn unfinished_references(
        &self,
        stablecoin: Address,
        limit: i64,
    ) -> Result<Vec<B256>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT m.reference FROM queue q JOIN mints m ON m.id = q.mint_id WHERE q.stablecoin = $1 \
             AND q.state <> 'minted' ORDER BY q.created_at, q.mint_id LIMIT $2",
        )
        .bind(text(stablecoin))
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.iter().filter_map(|(reference,)| reference.parse().ok()).collect())
    }

    /// How many mints are in which state.
    pub async fn mint_counts(&self) -> Result<MintCounts, StoreError> {
        let by_state = sqlx::query_as(COUNTS).fetch_all(&self.pool).await?;
        // Account by account, as the index has them.
        let (oldest_at,) = sqlx::query_as(
            "SELECT MIN(oldest) FROM (SELECT (SELECT MIN(q.created_at) FROM queue q \
             WHERE q.account_id = a.id AND q.state = 'queued') AS oldest FROM accounts a) found",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(MintCounts { by_state, oldest_at })
    }
}
