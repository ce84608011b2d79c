//! Reading accounts, grants and keys; and what is written beside the event log: last use, who is alive.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use alloy::primitives::U256;

use super::access_rows::{AccountRow, GrantRow, KeyRow, readable_key};
use super::access_update::AccessUpdate;
use super::database::Store;
use super::error::StoreError;
use super::queue::Write;
use super::spent_counts::spent_amount;
use super::totals::DAY_MS;
use crate::domain::access::{Account, ApiKey, ChangeOutcome, Grant};

/// How long after its last sign of life an instance counts as running, ms.
const INSTANCE_MS: i64 = 15_000;
/// Days for which what was spent is kept after they are over.
const SPENT_DAYS_KEPT: i64 = 2;

/// A look at the counter of changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccessStamp {
    /// Changes of accounts, grants and keys so far.
    pub version: i64,
    /// The database's time, unix ms.
    pub now_ms: i64,
}

/// All that decides who may do what, as it was at one version.
#[derive(Clone, Debug, Default)]
pub struct AccessSnapshot {
    /// When it was read, and how many changes there were by then.
    pub stamp: AccessStamp,
    /// Whether only keys of administrators count, since the database is older than the chain.
    pub is_restored: bool,
    /// Whether there ever was a key that an administrator made.
    pub has_keys: bool,
    /// Accounts by id.
    pub accounts: BTreeMap<String, Account>,
    /// Keys that were neither revoked nor have expired.
    pub keys: Vec<ApiKey>,
}

const KEY_COLUMNS: &str = "id, account_id, holder, name, live, digest, scopes, networks, grants_json, bootstrap, \
    created_at, expires_at, revoked_at, last_used_at, replaces";

static LIVING_KEYS: LazyLock<&'static str> = LazyLock::new(|| {
    let living = "revoked_at = 0 AND (expires_at = 0 OR expires_at > (SELECT now_ms FROM clock))";
    format!("SELECT {KEY_COLUMNS} FROM api_keys WHERE {living} ORDER BY created_at, id").leak()
});
static KEY: LazyLock<&'static str> =
    LazyLock::new(|| format!("SELECT {KEY_COLUMNS} FROM api_keys WHERE id = $1").leak());
static KEY_PAGE: LazyLock<&'static str> =
    LazyLock::new(|| format!("SELECT {KEY_COLUMNS} FROM api_keys WHERE id > $1 ORDER BY id LIMIT $2").leak());

impl Store {
    /// Makes a change of accounts, grants or keys, and logs who made it. On an error it may or may not be made.
    pub async fn change_access(&self, update: AccessUpdate) -> Result<ChangeOutcome, StoreError> {
        self.commit(|answer| Write::Access(Box::new(update), answer)).await
    }

    /// The number of changes of accounts, grants and keys so far, and the time.
    pub async fn access_stamp(&self) -> Result<AccessStamp, StoreError> {
        let (version, now_ms): (i64, i64) = sqlx::query_as(
            "SELECT version, (SELECT now_ms FROM clock) AS now_ms FROM access_state WHERE id = 1",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(AccessStamp { version, now_ms })
    }

    /// Everything that decides who may do what. What changes while it is read has a later version, and is read again.
    pub async fn access(&self) -> Result<AccessSnapshot, StoreError> {
        let stamp = self.access_stamp().await?;
        let (restored_at,): (i64,) =
            sqlx::query_as("SELECT restored_at FROM access_state WHERE id = 1").fetch_one(&self.pool).await?;
        let (made,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM api_keys WHERE bootstrap = 0").fetch_one(&self.pool).await?;
        let keys = sqlx::query_as::<_, KeyRow>(*LIVING_KEYS);
        let keys = keys.fetch_all(&self.pool).await?.into_iter().filter_map(readable_key).collect();
        let accounts = self.accounts().await?.into_iter().map(|account| (account.id.clone(), account));
        Ok(AccessSnapshot {
            stamp,
            is_restored: restored_at > 0,
            has_keys: made > 0,
            accounts: accounts.collect(),
            keys,
        })
    }

    /// Every account, by id.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let mut grants: BTreeMap<String, Vec<Grant>> = BTreeMap::new();
        let rows = sqlx::query_as::<_, GrantRow>(
            "SELECT account_id, stablecoin, decimals, per_mint, per_day, per_beneficiary FROM grants \
             ORDER BY account_id, stablecoin",
        );
        for row in rows.fetch_all(&self.pool).await? {
            match row.read() {
                Some(grant) => grants.entry(row.account_id).or_default().push(grant),
                None => tracing::error!(account = row.account_id, "a stored grant cannot be read"),
            }
        }
        let rows = sqlx::query_as::<_, AccountRow>(
            "SELECT id, name, created_at, disabled_at FROM accounts ORDER BY id",
        );
        let account = |row: AccountRow| Account {
            grants: grants.remove(&row.id).unwrap_or_default().into_iter().collect(),
            id: row.id,
            name: row.name,
            created_at: row.created_at,
            disabled_at: Some(row.disabled_at).filter(|at| *at > 0),
        };
        Ok(rows.fetch_all(&self.pool).await?.into_iter().map(account).collect())
    }

    /// Whether there is such an account.
    pub async fn has_account(&self, id: &str) -> Result<bool, StoreError> {
        let found: Option<(String,)> = sqlx::query_as("SELECT id FROM accounts WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.is_some())
    }

    /// The ids of the accounts that a list or a report is about: one, or all. Their indexes begin with the account, so those
    /// of all are read one by one.
    pub(super) async fn accounts_in(&self, account: Option<&str>) -> Result<Vec<String>, StoreError> {
        if let Some(account) = account {
            return Ok(vec![account.to_owned()]);
        }
        let all: Vec<(String,)> =
            sqlx::query_as("SELECT id FROM accounts ORDER BY id").fetch_all(&self.pool).await?;
        Ok(all.into_iter().map(|(id,)| id).collect())
    }

    /// A key, also one that counts no more.
    pub async fn key(&self, id: &str) -> Result<Option<ApiKey>, StoreError> {
        let row = sqlx::query_as::<_, KeyRow>(*KEY).bind(id).fetch_optional(&self.pool).await?;
        Ok(row.and_then(readable_key))
    }

    /// Keys with an id above `after`, by id, also those that count no more.
    pub async fn keys(&self, after: &str, limit: i64) -> Result<Vec<ApiKey>, StoreError> {
        let rows = sqlx::query_as::<_, KeyRow>(*KEY_PAGE).bind(after).bind(limit);
        Ok(rows.fetch_all(&self.pool).await?.into_iter().filter_map(readable_key).collect())
    }

    /// Notes that keys were used.
    pub async fn note_key_use(&self, ids: &[String]) -> Result<(), StoreError> {
        for id in ids {
            sqlx::query(
                "UPDATE api_keys SET last_used_at = (SELECT now_ms FROM clock) \
                 WHERE id = $1 AND last_used_at < (SELECT now_ms FROM clock)",
            )
            .bind(id)
            .execute(&self.pool)
            .await?;
        }
        Ok(())
    }

    /// Says that this process uses the database, and forgets those that said so long ago.
    pub async fn show_life(&self) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO instances (id, until_at) VALUES ($1, (SELECT now_ms FROM clock) + $2) \
             ON CONFLICT (id) DO UPDATE SET until_at = excluded.until_at",
        )
        .bind(self.instance())
        .bind(INSTANCE_MS)
        .execute(&self.pool)
        .await?;
        sqlx::query("DELETE FROM instances WHERE until_at < (SELECT now_ms FROM clock)")
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Says that this process does not use the database any more.
    pub async fn end_life(&self) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM instances WHERE id = $1").bind(self.instance()).execute(&self.pool).await?;
        Ok(())
    }

    /// Whether another process uses the database, or did so a moment ago.
    pub async fn has_company(&self) -> Result<bool, StoreError> {
        let (others,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM instances WHERE id <> $1 AND until_at > (SELECT now_ms FROM clock)",
        )
        .bind(self.instance())
        .fetch_one(&self.pool)
        .await?;
        Ok(others > 0)
    }

    /// What was spent of a limit on a day, base units.
    pub async fn spent(&self, bucket: &str, day: i64) -> Result<U256, StoreError> {
        let row: Option<(String,)> =
            sqlx::query_as("SELECT amount FROM spent WHERE bucket = $1 AND day = $2")
                .bind(bucket)
                .bind(day)
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map_or(U256::ZERO, |(amount,)| spent_amount(&amount)))
    }

    /// Deletes what was spent on days that are over since long.
    pub async fn forget_spent(&self) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM spent WHERE day < (SELECT now_ms FROM clock) / $1 - $2")
            .bind(DAY_MS)
            .bind(SPENT_DAYS_KEPT)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
