//! Accounts, grants and keys on their way into and out of the database: domain types outside, text only here.

use alloy::hex;
use alloy::primitives::{Address, U256};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use super::error::StoreError;
use super::rows::text;
use crate::base::money::parse_base_units;
use crate::domain::access::{ApiKey, Grant, Grants, Scope, Scopes};

/// What stands for every basket.
const EVERY: &str = "*";

/// An account as stored, without its grants.
#[derive(FromRow)]
pub(super) struct AccountRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) created_at: i64,
    pub(super) disabled_at: i64,
}

/// A grant of an account as stored.
#[derive(FromRow)]
pub(super) struct GrantRow {
    pub(super) account_id: String,
    stablecoin: String,
    decimals: i64,
    per_mint: String,
    per_day: String,
    per_beneficiary: String,
}

impl GrantRow {
    pub(super) fn read(&self) -> Option<Grant> {
        read_grant(&self.stablecoin, self.decimals, [&self.per_mint, &self.per_day, &self.per_beneficiary])
    }
}

/// A grant of a key, as it stands in its row.
#[derive(Serialize, Deserialize)]
struct StoredGrant {
    stablecoin: String,
    decimals: i64,
    per_mint: String,
    per_day: String,
    per_beneficiary: String,
}

impl StoredGrant {
    fn read(&self) -> Option<Grant> {
        read_grant(&self.stablecoin, self.decimals, [&self.per_mint, &self.per_day, &self.per_beneficiary])
    }
}

/// A key as stored.
#[derive(FromRow)]
pub(super) struct KeyRow {
    id: String,
    account_id: String,
    holder: String,
    name: String,
    live: i64,
    digest: String,
    scopes: String,
    networks: String,
    grants_json: String,
    bootstrap: i64,
    created_at: i64,
    expires_at: i64,
    revoked_at: i64,
    last_used_at: i64,
    replaces: String,
}

impl KeyRow {
    fn read(&self) -> Option<ApiKey> {
        let time = |at: i64| Some(at).filter(|at| *at > 0);
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        Some(ApiKey {
            id: self.id.clone(),
            account: self.account_id.clone(),
            holder: self.holder.clone(),
            name: self.name.clone(),
            is_live: self.live == 1,
            digest: hex::decode_to_array(&self.digest).ok()?,
            scopes: words(&self.scopes).iter().map(|word| Scope::of_word(word)).collect::<Option<_>>()?,
            networks: words(&self.networks)
                .iter()
                .map(|word| word.parse::<IpNet>().ok())
                .collect::<Option<_>>()?,
            grants: match self.grants_json.as_str() {
                "" => None,
                json => {
                    let grants: Vec<StoredGrant> = serde_json::from_str(json).ok()?;
                    Some(grants.iter().map(StoredGrant::read).collect::<Option<Grants>>()?)
                }
            },
            is_bootstrap: self.bootstrap == 1,
            created_at: self.created_at,
            expires_at: time(self.expires_at),
            revoked_at: time(self.revoked_at),
            last_used_at: time(self.last_used_at),
            replaces: Some(self.replaces.clone()).filter(|id| !id.is_empty()),
        })
    }
}

/// A key that cannot be read counts for nothing.
pub(super) fn readable_key(row: KeyRow) -> Option<ApiKey> {
    let key = row.read();
    if key.is_none() {
        tracing::error!(key = row.id, "a stored key cannot be read and does not count");
    }
    key
}

fn read_grant(stablecoin: &str, decimals: i64, limits: [&String; 3]) -> Option<Grant> {
    let stablecoin = match stablecoin {
        EVERY => None,
        address => Some(address.parse().ok()?),
    };
    let limit = |text: &String| match text.as_str() {
        "" => Some(None),
        units => Some(Some(parse_base_units(units)?)),
    };
    let [per_mint, per_day, per_beneficiary] = limits;
    Some(Grant {
        stablecoin,
        decimals: decimals.try_into().ok()?,
        per_mint: limit(per_mint)?,
        per_day: limit(per_day)?,
        per_beneficiary: limit(per_beneficiary)?,
    })
}

/// A basket in a grant, as it is stored.
pub(super) fn stablecoin_text(stablecoin: Option<Address>) -> String {
    stablecoin.map_or_else(|| EVERY.to_owned(), text)
}

/// A limit as it is stored.
pub(super) fn limit_text(limit: Option<U256>) -> String {
    limit.map(|limit| limit.to_string()).unwrap_or_default()
}

/// A digest as it is stored.
pub(super) fn digest_text(digest: &[u8; 32]) -> String {
    hex::encode(digest)
}

/// Scopes as they are stored.
pub(super) fn scopes_text(scopes: Scopes) -> String {
    scopes.iter().map(Scope::word).collect::<Vec<_>>().join(" ")
}

/// Networks as they are stored.
pub(super) fn networks_text(networks: &[IpNet]) -> String {
    networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// The grants of a key as they are stored.
pub(super) fn grants_json(grants: Option<&Grants>) -> Result<String, StoreError> {
    let Some(grants) = grants else { return Ok(String::new()) };
    let stored = |grant: &Grant| StoredGrant {
        stablecoin: stablecoin_text(grant.stablecoin),
        decimals: i64::from(grant.decimals),
        per_mint: limit_text(grant.per_mint),
        per_day: limit_text(grant.per_day),
        per_beneficiary: limit_text(grant.per_beneficiary),
    };
    Ok(serde_json::to_string(&grants.iter().map(stored).collect::<Vec<_>>())?)
}
