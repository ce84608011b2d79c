//! Access keys: what administrators send and get.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::account::account_id;
use super::grant::{GrantAnswer, KeyGrantBody, shown_grants};
use super::object::JsonObject;
use super::scope::ScopeWord;
use super::text::{TextField, name, texts, whole_number};
use crate::access::issue::KeySpec;
use crate::base::wire::Timestamp;
use crate::domain::access::{ApiKey, Scope, Scopes};
use crate::domain::mint::DEFAULT_ACCOUNT;
use crate::http::problem::Problem;

/// Networks of one key.
const NETWORKS_MAX: usize = 32;
/// Grants of one key.
const GRANTS_MAX: usize = 100;
/// Keys in one page of a list, unless the caller asks for fewer.
const PAGE_MAX: i64 = 100;
/// Longest overlap of a rotation: thirty days.
const OVERLAP_SECONDS_MAX: i64 = 30 * 86_400;
/// Overlap where none is named: a day.
const OVERLAP_SECONDS: i64 = 86_400;

/// A new key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = KeyRequest)]
pub struct KeyBody {
    /// What it is for.
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 64, examples("settlement system"))]
    name: TextField,
    /// Who holds it; the same as its name, unless given.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64)]
    holder: TextField,
    /// The account that it acts for; `default`, unless given.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9][a-z0-9-]{0,31}$")]
    account: TextField,
    /// What it may do.
    #[serde(default)]
    #[schema(value_type = Vec<ScopeWord>, required = true, min_items = 1)]
    scopes: Option<Value>,
    /// From where it counts: addresses and networks such as `192.0.2.0/24`; everywhere, unless given.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 32)]
    networks: Option<Value>,
    /// What it may mint of what its account may; all of it, unless given.
    #[serde(default)]
    #[schema(value_type = Option<Vec<KeyGrantBody>>, max_items = 100)]
    grants: Option<Vec<JsonObject<KeyGrantBody>>>,
    /// When it ends (RFC 3339); never, unless given.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: TextField,
}

impl KeyBody {
    /// What the key is to be, and its grants, whose baskets have to be found.
    ///
    /// # Errors
    /// 400 that names the field.
    pub fn read(self, now_ms: i64) -> Result<(KeySpec, Option<Vec<KeyGrantBody>>), Problem> {
        let own_name = name("name", &self.name.required("name")?)?;
        let holder = match self.holder.optional("holder")? {
            Some(text) => name("holder", &text)?,
            None => own_name.clone(),
        };
        let account = match self.account.optional("account")? {
            Some(text) => account_id("account", &text)?,
            None => DEFAULT_ACCOUNT.to_owned(),
        };
        if self.grants.as_ref().is_some_and(|grants| grants.len() > GRANTS_MAX || grants.is_empty()) {
            let message = format!("grants must have 1 to {GRANTS_MAX} entries, or be left out");
            return Err(Problem::field("grants", message));
        }
        let spec = KeySpec {
            account,
            holder,
            name: own_name,
            scopes: scopes(self.scopes)?,
            networks: networks(self.networks)?,
            grants: None,
            expires_at: self
                .expires_at
                .optional("expiresAt")?
                .map(|text| instant(&text, now_ms))
                .transpose()?,
        };
        let grants = self.grants.map(|grants| grants.into_iter().map(|JsonObject(grant)| grant).collect());
        Ok((spec, grants))
    }
}

fn scopes(value: Option<Value>) -> Result<Scopes, Problem> {
    let known = || Scope::ALL.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(", ");
    let words = texts("scopes", value)?.filter(|words| !words.is_empty());
    let words = words
        .ok_or_else(|| Problem::field("scopes", format!("scopes must name at least one of {}", known())))?;
    let scope = |word: &String| {
        Scope::of_word(word).ok_or_else(|| Problem::field("scopes", format!("scopes must be of {}", known())))
    };
    words.iter().map(scope).collect()
}

fn networks(value: Option<Value>) -> Result<Vec<IpNet>, Problem> {
    let texts = texts("networks", value)?.unwrap_or_default();
    if texts.len() > NETWORKS_MAX {
        return Err(Problem::field("networks", format!("networks must be at most {NETWORKS_MAX}")));
    }
    let network = |text: &String| {
        let one = || text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
        text.parse::<IpNet>().or_else(|_| one()).map(|network| network.trunc()).map_err(|_| {
            Problem::field("networks", "networks must list addresses or networks such as 192.0.2.0/24")
        })
    };
    texts.iter().map(network).collect()
}

fn instant(text: &str, now_ms: i64) -> Result<i64, Problem> {
    let wrong = |what: &str| Problem::field("expiresAt", format!("expiresAt must be {what}"));
    let at = text.parse::<jiff::Timestamp>().map_err(|_| wrong("an RFC 3339 instant"))?.as_millisecond();
    if at > now_ms { Ok(at) } else { Err(wrong("in the future")) }
}

/// A key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Key)]
pub struct KeyAnswer {
    /// Its id.
    #[schema(pattern = "^[0-9a-f]{12}$")]
    pub id: String,
    /// The account that it acts for.
    pub account: String,
    /// Who holds it.
    pub holder: String,
    /// What it is for.
    pub name: String,
    /// Whether it is for a chain that is no test network.
    pub live: bool,
    /// What it may do.
    #[schema(value_type = Vec<ScopeWord>)]
    pub scopes: Vec<&'static str>,
    /// From where it counts; empty = from everywhere.
    pub networks: Vec<String>,
    /// What it may mint of what its account may; null = all of it.
    #[schema(required = true)]
    pub grants: Option<Vec<GrantAnswer>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; null = never.
    #[schema(required = true)]
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    #[schema(required = true)]
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    #[schema(required = true)]
    pub last_used_at: Option<Timestamp>,
    /// The key whose successor it is.
    #[schema(required = true)]
    pub replaces: Option<String>,
}

impl From<&ApiKey> for KeyAnswer {
    fn from(key: &ApiKey) -> Self {
        Self {
            id: key.id.clone(),
            account: key.account.clone(),
            holder: key.holder.clone(),
            name: key.name.clone(),
            live: key.is_live,
            scopes: key.scopes.iter().map(Scope::word).collect(),
            networks: key.networks.iter().map(ToString::to_string).collect(),
            grants: key.grants.as_ref().map(shown_grants),
            created_at: Timestamp::of_ms(key.created_at),
            expires_at: key.expires_at.map(Timestamp::of_ms),
            revoked_at: key.revoked_at.map(Timestamp::of_ms),
            last_used_at: key.last_used_at.map(Timestamp::of_ms),
            replaces: key.replaces.clone(),
        }
    }
}

/// A new key with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewKeyAnswer {
    /// The whole key.
    #[schema(pattern = "^cre_(test|live)_[0-9a-f]{12}_[0-9a-f]{72}$")]
    pub key: String,
    /// What is kept of it.
    #[serde(flatten)]
    pub about: KeyAnswer,
}

/// One page of keys.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyList {
    /// The keys, by id.
    pub keys: Vec<KeyAnswer>,
    /// What to send as `cursor` for the next page; null when this is the last.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// Which keys a list shows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct KeyQuery {
    /// Only keys after this one: the `nextCursor` of the page before.
    #[param(pattern = "^[0-9a-f]{12}$")]
    cursor: Option<String>,
    /// Most keys in the page.
    #[param(minimum = 1, maximum = 100, default = 100)]
    limit: Option<i64>,
}

impl KeyQuery {
    /// Where the page begins, and most keys in it.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn read(self) -> Result<(String, i64), Problem> {
        let limit = self.limit.unwrap_or(PAGE_MAX);
        if !(1..=PAGE_MAX).contains(&limit) {
            return Err(Problem::field("limit", format!("limit must be from 1 to {PAGE_MAX}")));
        }
        let cursor = self.cursor.unwrap_or_default();
        if !cursor.is_empty() && !is_key_id(&cursor) {
            return Err(Problem::field("cursor", "cursor must be the nextCursor of a page"));
        }
        Ok((cursor, limit))
    }
}

/// Whether a text can be the id of a key.
#[must_use]
pub fn is_key_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// How a key gets its successor.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = RotateRequest)]
pub struct RotateBody {
    /// How long the old key counts beside the new one.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 2_592_000, default = 86_400)]
    overlap_seconds: Option<Value>,
}

impl RotateBody {
    /// The overlap.
    ///
    /// # Errors
    /// 400 when it is out of range.
    pub fn overlap_ms(self) -> Result<i64, Problem> {
        let range = 0..=OVERLAP_SECONDS_MAX;
        Ok(whole_number("overlapSeconds", self.overlap_seconds, OVERLAP_SECONDS, range)? * 1000)
    }
}

/// The keys that count again after a restore.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeepRequest)]
pub struct KeepBody {
    /// Their ids; all others, but those of administrators, are revoked.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = true)]
    keys: Option<Value>,
}

impl KeepBody {
    /// The ids.
    ///
    /// # Errors
    /// 400 when they are no list of ids.
    pub fn read(self) -> Result<Vec<String>, Problem> {
        let ids = texts("keys", self.keys)?.ok_or_else(|| Problem::field("keys", "keys is missing"))?;
        if !ids.iter().all(|id| is_key_id(id)) {
            return Err(Problem::field("keys", "keys must be the ids of keys"));
        }
        Ok(ids)
    }
}

/// The keys that count again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeptKeys)]
pub struct KeepAnswer {
    /// Their ids, besides those of administrators.
    pub keys: Vec<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(body: Value) -> Option<String> {
        let body: KeyBody = serde_json::from_value(body).unwrap();
        let problem = body.read(1_790_000_000_000).err()?;
        let shown = serde_json::to_value(problem.field_name()).unwrap();
        shown.as_str().map(str::to_owned)
    }

    #[test]
    fn key_request_names_the_field_that_is_wrong() {
        let good = json!({ "name": "n", "scopes": ["mint:write"], "networks": ["10.0.0.0/8", "::1"] });
        assert_eq!(refused(good.clone()), None);
        for (field, value) in [
            ("name", json!("")),
            ("name", json!("x".repeat(65))),
            ("name", json!("a\u{7}")),
            ("holder", json!("a\u{202e}b")),
            ("name", json!(7)),
            ("holder", json!(" ")),
            ("account", json!("Acme")),
            ("account", json!("-a")),
            ("scopes", json!([])),
            ("scopes", json!(["mint:everything"])),
            ("scopes", json!("mint:write")),
            ("networks", json!(["10.0.0.0/33"])),
            ("networks", json!(vec!["10.0.0.1"; 33])),
            ("grants", json!([])),
            ("expiresAt", json!("2026-09-21T14:13:19Z")),
            ("expiresAt", json!("tomorrow")),
        ] {
            let mut body = good.clone();
            body[field] = value.clone();
            assert_eq!(refused(body).as_deref(), Some(field), "{field} {value}");
        }
    }
}
