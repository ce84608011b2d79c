//! Accounts, grants and keys inside a transaction of the writer: each change with the event that says who made it.

use alloy::primitives::U256;
use serde_json::{Map, Value, json};

use super::access_rows::{digest_text, grants_json, limit_text, networks_text, scopes_text, stablecoin_text};
use super::access_update::AccessUpdate;
use super::commit::Commit;
use super::error::StoreError;
use super::rows::text;
use crate::base::clock::rfc3339;
use crate::base::money::whole_tokens;
use crate::domain::access::{AccessChange, ApiKey, ChangeOutcome, Grant, Grants};
use crate::domain::mint::DEFAULT_ACCOUNT;
use crate::domain::{BasketId, EventKind};

/// Grants that one account may have.
const GRANTS_MAX: i64 = 100;
/// Accounts of one gateway.
const ACCOUNTS_MAX: i64 = 1_000;
/// Keys that one account may have at a time.
const KEYS_MAX: i64 = 1_000;

impl Commit<'_> {
    /// Makes a change of accounts, grants or keys.
    pub(super) async fn change_access(&mut self, update: &AccessUpdate) -> Result<ChangeOutcome, StoreError> {
        // Its row is what changes wait at for each other, and what other instances look at.
        sqlx::query("UPDATE access_state SET version = version + 1 WHERE id = 1")
            .execute(&mut *self.tx)
            .await?;
        let by = update.by.as_str();
        match &update.change {
            AccessChange::CreateAccount { id, name } => self.create_account(by, id, name).await,
            AccessChange::ChangeAccount { id, name, disabled } => {
                self.change_account(by, id, name.as_deref(), *disabled).await
            }
            AccessChange::SetGrant { account, grant } => self.set_grant(by, account, grant).await,
            AccessChange::RemoveGrant { account, stablecoin } => {
                let removed = sqlx::query("DELETE FROM grants WHERE account_id = $1 AND stablecoin = $2")
                    .bind(account)
                    .bind(stablecoin_text(*stablecoin))
                    .execute(&mut *self.tx)
                    .await?;
                if removed.rows_affected() == 0 {
                    return Ok(ChangeOutcome::Missing);
                }
                let what = [("stablecoin", json!(stablecoin_text(*stablecoin)))];
                self.log_access(by, account, account, EventKind::GrantRemoved, what);
                Ok(ChangeOutcome::Done)
            }
            AccessChange::CreateKey(key) => self.create_key(by, key).await,
            AccessChange::RotateKey { id, successor, ends_at } => {
                self.rotate_key(by, id, successor, *ends_at).await
            }
            AccessChange::RevokeKey(id) => self.revoke_key(by, id).await,
            AccessChange::NameBasket { name, basket } => self.name_basket(by, name, *basket).await,
            AccessChange::Restored => self.note_restored(by).await,
            AccessChange::KeepKeys(ids) => self.keep_keys(by, ids).await,
        }
    }

    /// Adds an event about an account, or about one of its keys (`subject`).
    fn log_access<const N: usize>(
        &mut self,
        by: &str,
        account: &str,
        subject: &str,
        kind: EventKind,
        what: [(&str, Value); N],
    ) {
        let mut data = Map::from_iter([("by".to_owned(), json!(by)), ("account".to_owned(), json!(account))]);
        if subject != account {
            data.insert("key".to_owned(), json!(subject));
        }
        data.extend(what.into_iter().map(|(name, value)| (name.to_owned(), value)));
        self.log(account, subject.to_owned(), kind, &Value::Object(data).to_string());
    }

    async fn count(&mut self, sql: &'static str, of: &str) -> Result<i64, StoreError> {
        let (count,): (i64,) = sqlx::query_as(sql).bind(of).fetch_one(&mut *self.tx).await?;
        Ok(count)
    }

    async fn has_account(&mut self, id: &str) -> Result<bool, StoreError> {
        Ok(self.count("SELECT COUNT(*) FROM accounts WHERE id = $1", id).await? > 0)
    }

    async fn create_account(&mut self, by: &str, id: &str, name: &str) -> Result<ChangeOutcome, StoreError> {
        if self.count("SELECT COUNT(*) FROM accounts WHERE id <> $1", "").await? >= ACCOUNTS_MAX {
            return Ok(ChangeOutcome::TooMany);
        }
        let made = sqlx::query(
            "INSERT INTO accounts (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(id)
        .bind(name)
        .bind(self.now_ms)
        .execute(&mut *self.tx)
        .await?;
        if made.rows_affected() == 0 {
            return Ok(ChangeOutcome::Taken);
        }
        self.log_access(by, id, id, EventKind::AccountCreated, [("name", json!(name))]);
        Ok(ChangeOutcome::Done)
    }

    async fn change_account(
        &mut self,
        by: &str,
        id: &str,
        name: Option<&str>,
        disabled: Option<bool>,
    ) -> Result<ChangeOutcome, StoreError> {
        let disabled_at = disabled.map(|disabled| if disabled { self.now_ms } else { 0 });
        let changed = sqlx::query(
            "UPDATE accounts SET name = CASE WHEN $2 = '' THEN name ELSE $2 END, \
             disabled_at = CASE WHEN $3 < 0 THEN disabled_at WHEN $3 > 0 AND disabled_at > 0 THEN disabled_at \
             ELSE $3 END WHERE id = $1",
        )
        .bind(id)
        .bind(name.unwrap_or_default())
        .bind(disabled_at.unwrap_or(-1))
        .execute(&mut *self.tx)
        .await?;
        if changed.rows_affected() == 0 {
            return Ok(ChangeOutcome::Missing);
        }
        let what = [("name", json!(name)), ("disabled", json!(disabled))];
        self.log_access(by, id, id, EventKind::AccountChanged, what);
        Ok(ChangeOutcome::Done)
    }

    async fn set_grant(
        &mut self,
        by: &str,
        account: &str,
        grant: &Grant,
    ) -> Result<ChangeOutcome, StoreError> {
        if !self.has_account(account).await? {
            return Ok(ChangeOutcome::Missing);
        }
        let stablecoin = stablecoin_text(grant.stablecoin);
        let limits =
            [&grant.per_mint, &grant.per_day, &grant.per_beneficiary].map(|limit| limit_text(*limit));
        sqlx::query(
            "INSERT INTO grants (account_id, stablecoin, per_mint, per_day, per_beneficiary, decimals) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id, stablecoin) DO UPDATE SET \
             per_mint = excluded.per_mint, per_day = excluded.per_day, per_beneficiary = excluded.per_beneficiary",
        )
        .bind(account)
        .bind(&stablecoin)
        .bind(&limits[0])
        .bind(&limits[1])
        .bind(&limits[2])
        .bind(i64::from(grant.decimals))
        .execute(&mut *self.tx)
        .await?;
        if self.count("SELECT COUNT(*) FROM grants WHERE account_id = $1", account).await? > GRANTS_MAX {
            sqlx::query("DELETE FROM grants WHERE account_id = $1 AND stablecoin = $2")
                .bind(account)
                .bind(&stablecoin)
                .execute(&mut *self.tx)
                .await?;
            return Ok(ChangeOutcome::TooMany);
        }
        let tokens = |limit: Option<U256>| json!(limit.map(|limit| whole_tokens(limit, grant.decimals)));
        let what = [
            ("stablecoin", json!(stablecoin)),
            ("perMint", tokens(grant.per_mint)),
            ("perDay", tokens(grant.per_day)),
            ("perBeneficiary", tokens(grant.per_beneficiary)),
        ];
        self.log_access(by, account, account, EventKind::GrantSet, what);
        Ok(ChangeOutcome::Done)
    }

    async fn create_key(&mut self, by: &str, key: &ApiKey) -> Result<ChangeOutcome, StoreError> {
        if !self.has_account(&key.account).await? {
            return Ok(ChangeOutcome::Missing);
        }
        let now = self.now_ms;
        let living = "SELECT COUNT(*) FROM api_keys WHERE account_id = $1 AND revoked_at = 0 \
            AND (expires_at = 0 OR expires_at > $2)";
        let (living,): (i64,) =
            sqlx::query_as(living).bind(&key.account).bind(now).fetch_one(&mut *self.tx).await?;
        if living >= KEYS_MAX {
            return Ok(ChangeOutcome::TooMany);
        }
        self.insert_key(key).await?;
        self.log_key(by, key, EventKind::KeyCreated);
        Ok(ChangeOutcome::Done)
    }

    fn log_key(&mut self, by: &str, key: &ApiKey, kind: EventKind) {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.word()).collect();
        let networks: Vec<String> = key.networks.iter().map(ToString::to_string).collect();
        let baskets = key.grants.as_ref().map(|grants: &Grants| {
            grants.iter().map(|grant| stablecoin_text(grant.stablecoin)).collect::<Vec<_>>()
        });
        let what = [
            ("holder", json!(key.holder)),
            ("name", json!(key.name)),
            ("scopes", json!(scopes)),
            ("networks", json!(networks)),
            ("baskets", json!(baskets)),
            ("expiresAt", json!(key.expires_at.map(rfc3339))),
            ("replaces", json!(key.replaces)),
        ];
        self.log_access(by, &key.account, &key.id, kind, what);
    }

    async fn insert_key(&mut self, key: &ApiKey) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO api_keys (id, account_id, holder, name, live, digest, scopes, networks, grants_json, \
             bootstrap, created_at, expires_at, replaces) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(&key.id)
        .bind(&key.account)
        .bind(&key.holder)
        .bind(&key.name)
        .bind(i64::from(key.is_live))
        .bind(digest_text(&key.digest))
        .bind(scopes_text(key.scopes))
        .bind(networks_text(&key.networks))
        .bind(grants_json(key.grants.as_ref())?)
        .bind(i64::from(key.is_bootstrap))
        .bind(self.now_ms)
        .bind(key.expires_at.unwrap_or_default())
        .bind(key.replaces.as_deref().unwrap_or_default())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn rotate_key(
        &mut self,
        by: &str,
        id: &str,
        successor: &ApiKey,
        ends_at: i64,
    ) -> Result<ChangeOutcome, StoreError> {
        let ended = sqlx::query(
            "UPDATE api_keys SET expires_at = CASE WHEN expires_at > 0 AND expires_at < $2 THEN expires_at ELSE $2 END \
             WHERE id = $1 AND revoked_at = 0 AND (expires_at = 0 OR expires_at > $3)",
        )
        .bind(id)
        .bind(ends_at)
        .bind(self.now_ms)
        .execute(&mut *self.tx)
        .await?;
        if ended.rows_affected() == 0 {
            return Ok(ChangeOutcome::Missing);
        }
        self.insert_key(successor).await?;
        self.log_key(by, successor, EventKind::KeyRotated);
        Ok(ChangeOutcome::Done)
    }

    async fn revoke_key(&mut self, by: &str, id: &str) -> Result<ChangeOutcome, StoreError> {
        let row: Option<(String,)> = sqlx::query_as(
            "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at = 0 RETURNING account_id",
        )
        .bind(id)
        .bind(self.now_ms)
        .fetch_optional(&mut *self.tx)
        .await?;
        let Some((account,)) = row else { return Ok(ChangeOutcome::Missing) };
        sqlx::query("DELETE FROM tokens WHERE key_id = $1").bind(id).execute(&mut *self.tx).await?;
        self.log_access(by, &account, id, EventKind::KeyRevoked, []);
        Ok(ChangeOutcome::Done)
    }

    async fn name_basket(
        &mut self,
        by: &str,
        name: &str,
        basket: BasketId,
    ) -> Result<ChangeOutcome, StoreError> {
        let (stablecoin, consumer) = (text(basket.stablecoin), text(basket.consumer));
        let made = sqlx::query(
            "INSERT INTO basket_names (name, stablecoin, consumer, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
        )
        .bind(name)
        .bind(&stablecoin)
        .bind(&consumer)
        .bind(self.now_ms)
        .execute(&mut *self.tx)
        .await?;
        if made.rows_affected() > 0 {
            let data = json!({ "by": by, "name": name, "consumer": consumer }).to_string();
            self.log(DEFAULT_ACCOUNT, stablecoin, EventKind::BasketRegistered, &data);
            return Ok(ChangeOutcome::Done);
        }
        let (same,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM basket_names WHERE name = $1 AND stablecoin = $2")
                .bind(name)
                .bind(&stablecoin)
                .fetch_one(&mut *self.tx)
                .await?;
        Ok(if same > 0 { ChangeOutcome::Done } else { ChangeOutcome::Taken })
    }

    async fn note_restored(&mut self, by: &str) -> Result<ChangeOutcome, StoreError> {
        let noted = sqlx::query("UPDATE access_state SET restored_at = $1 WHERE id = 1 AND restored_at = 0")
            .bind(self.now_ms)
            .execute(&mut *self.tx)
            .await?;
        if noted.rows_affected() > 0 {
            self.log_access(by, DEFAULT_ACCOUNT, DEFAULT_ACCOUNT, EventKind::KeyRestored, []);
        }
        Ok(ChangeOutcome::Done)
    }

    /// Ends the time after a restore: the keys of administrators and those named count, all others are revoked.
    async fn keep_keys(&mut self, by: &str, ids: &[String]) -> Result<ChangeOutcome, StoreError> {
        let (restored_at,): (i64,) = sqlx::query_as("SELECT restored_at FROM access_state WHERE id = 1")
            .fetch_one(&mut *self.tx)
            .await?;
        if restored_at == 0 {
            return Ok(ChangeOutcome::Taken);
        }
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT id, scopes FROM api_keys WHERE revoked_at = 0 AND (expires_at = 0 OR expires_at > $1) ORDER BY id",
        )
        .bind(self.now_ms)
        .fetch_all(&mut *self.tx)
        .await?;
        if ids.iter().any(|id| rows.iter().all(|(known, _)| known != id)) {
            return Ok(ChangeOutcome::Missing);
        }
        for (id, scopes) in rows {
            if !ids.contains(&id) && !scopes.split(' ').any(|word| word == "admin") {
                self.revoke_key(by, &id).await?;
            }
        }
        sqlx::query("UPDATE access_state SET restored_at = 0 WHERE id = 1").execute(&mut *self.tx).await?;
        self.log_access(by, DEFAULT_ACCOUNT, DEFAULT_ACCOUNT, EventKind::KeyKept, [("keys", json!(ids))]);
        Ok(ChangeOutcome::Done)
    }
}
