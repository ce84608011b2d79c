//! `GET /whoami`.

use serde::Serialize;
use utoipa::ToSchema;

use super::grant::GrantSet;
use super::scope::ScopeWord;
use crate::access::{Actor, Caller, RateStanding};
use crate::domain::access::Scope;

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhoAmI {
    /// The account.
    pub account: String,
    /// The key; null without one.
    #[schema(required = true, pattern = "^[0-9a-f]{12}$")]
    pub key: Option<String>,
    /// Who holds it.
    #[schema(required = true)]
    pub holder: Option<String>,
    /// What the caller may do.
    #[schema(value_type = Vec<ScopeWord>)]
    pub scopes: Vec<&'static str>,
    /// Grants of the account and, where it has some, of the key: both count.
    pub grants: Vec<GrantSet>,
    /// How many requests are left; null where there is no limit.
    #[schema(required = true)]
    pub requests: Option<RequestsLeft>,
}

/// Requests that are left of a limit.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestsLeft {
    /// Requests a minute.
    pub per_minute: u32,
    /// Requests that are left.
    pub remaining: u32,
}

impl WhoAmI {
    /// Shows a caller.
    #[must_use]
    pub fn of(caller: &Caller, grants: Vec<GrantSet>, standing: Option<RateStanding>) -> Self {
        let (key, holder) = match &caller.actor {
            Actor::Anonymous => (None, None),
            Actor::Key { id, holder } => (Some(id.to_string()), Some(holder.to_string())),
        };
        Self {
            account: caller.account.to_string(),
            key,
            holder,
            scopes: caller.scopes.iter().map(Scope::word).collect(),
            grants,
            requests: standing.map(|it| RequestsLeft { per_minute: it.quota, remaining: it.remaining }),
        }
    }
}
