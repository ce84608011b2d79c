//! Accounts, grants, keys and tokens: what administrators and clients send and get.

use std::net::IpAddr;
use std::time::Duration;

use alloy::primitives::U256;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::mint::MintBody;
use super::text::TextField;
use crate::access::issue::{KeySpec, ORDER_MS_MAX};
use crate::access::{Actor, Caller, RateStanding};
use crate::base::money::{Decimal, whole_tokens};
use crate::base::wire::{Timestamp, TokenAmount};
use crate::domain::Basket;
use crate::domain::access::{Account, ApiKey, Grant, Grants, Scope, Scopes};
use crate::domain::mint::DEFAULT_ACCOUNT;
use crate::http::problem::Problem;
use crate::store::Token;

/// Most characters of a name.
const NAME_CHARS_MAX: usize = 64;
/// Most characters of an account's id.
const ACCOUNT_CHARS_MAX: usize = 32;
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
/// Shortest life of a token, seconds.
const TOKEN_SECONDS_MIN: i64 = 10;
/// Longest life of a token, seconds.
const TOKEN_SECONDS_MAX: i64 = ORDER_MS_MAX / 1000;

/// A name for people: 1 to 64 printable characters.
fn name(field: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let count = text.chars().count();
    if count == 0 || count > NAME_CHARS_MAX || text.chars().any(char::is_control) {
        let message = format!("{field} must be 1 to {NAME_CHARS_MAX} printable characters");
        return Err(Problem::field(field, message));
    }
    Ok(text.to_owned())
}

/// The id of an account, as it may stand in a path.
#[must_use]
pub fn is_account_id(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=ACCOUNT_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_plain) && !text.starts_with('-')
}

fn account_id(field: &str, text: &str) -> Result<String, Problem> {
    if is_account_id(text) {
        return Ok(text.to_owned());
    }
    let message = format!("{field} must be 1 to {ACCOUNT_CHARS_MAX} of a-z, 0-9 and -, and not begin with -");
    Err(Problem::field(field, message))
}

/// A list of strings.
fn texts(field: &str, value: Option<Value>) -> Result<Option<Vec<String>>, Problem> {
    let wrong = || Problem::field(field, format!("{field} must be a list of JSON strings"));
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(items)) => {
            let text = |item: Value| item.as_str().map(str::to_owned).ok_or_else(wrong);
            items.into_iter().map(text).collect::<Result<_, _>>().map(Some)
        }
        Some(_) => Err(wrong()),
    }
}

/// A whole number of seconds in a range.
fn seconds(field: &str, value: Option<Value>, default: i64, range: (i64, i64)) -> Result<i64, Problem> {
    let number = match value {
        None | Some(Value::Null) => Some(default),
        Some(value) => value.as_i64(),
    };
    number.filter(|number| (range.0..=range.1).contains(number)).ok_or_else(|| {
        Problem::field(field, format!("{field} must be a whole number from {} to {}", range.0, range.1))
    })
}

/// A new account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountRequest)]
pub struct AccountBody {
    /// Its id: a short name of the operator's own.
    #[serde(default)]
    #[schema(value_type = String, required = true, pattern = "^[a-z0-9][a-z0-9-]{0,31}$", examples("acme"))]
    id: TextField,
    /// What people call it.
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 64, examples("Acme Bank"))]
    name: TextField,
}

impl AccountBody {
    /// Id and name.
    ///
    /// # Errors
    /// 400 that names the field.
    pub fn read(self) -> Result<(String, String), Problem> {
        let id = account_id("id", &self.id.required("id")?)?;
        Ok((id, name("name", &self.name.required("name")?)?))
    }
}

/// A change of an account; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountChange)]
pub struct AccountPatch {
    /// What people call it.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64)]
    name: TextField,
    /// Whether none of its keys counts.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    disabled: Option<Value>,
}

impl AccountPatch {
    /// The new name, and whether it is disabled.
    ///
    /// # Errors
    /// 400 that names the field.
    pub fn read(self) -> Result<(Option<String>, Option<bool>), Problem> {
        let new_name = self.name.optional("name")?.map(|text| name("name", &text)).transpose()?;
        let disabled = match self.disabled {
            None | Some(Value::Null) => None,
            Some(Value::Bool(disabled)) => Some(disabled),
            Some(_) => return Err(Problem::field("disabled", "disabled must be true or false")),
        };
        if new_name.is_none() && disabled.is_none() {
            return Err(Problem::invalid("nothing is to be changed; name or disabled must be there"));
        }
        Ok((new_name, disabled))
    }
}

/// The limits of a grant, in whole tokens; what is left out has no limit.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = GrantRequest)]
pub struct GrantBody {
    /// Most of one mint.
    #[serde(default)]
    #[schema(value_type = Option<String>, examples("1000"))]
    per_mint: TextField,
    /// Most of one day (UTC).
    #[serde(default)]
    #[schema(value_type = Option<String>, examples("50000"))]
    per_day: TextField,
    /// Most of one day (UTC) for one beneficiary.
    #[serde(default)]
    #[schema(value_type = Option<String>, examples("5000"))]
    per_beneficiary: TextField,
}

impl GrantBody {
    /// The grant for a basket; `None` = for every one, which can have no limits, because amounts of different tokens
    /// cannot be compared.
    ///
    /// # Errors
    /// 400 that names the field.
    pub fn read(self, basket: Option<&Basket>) -> Result<Grant, Problem> {
        let limit = |field: &str, text: TextField| {
            let Some(text) = text.optional(field)? else { return Ok(None) };
            let Some(basket) = basket else {
                return Err(Problem::field(field, format!("{field} takes a grant for one basket")));
            };
            let number =
                Decimal::parse(&text).map_err(|why| Problem::field(field, format!("{field} {why}")))?;
            let units = number.base_units(basket.decimals);
            units.map(Some).ok_or_else(|| {
                let message = format!(
                    "{field} has more than the token's {} decimals, or too many digits",
                    basket.decimals
                );
                Problem::field(field, message)
            })
        };
        Ok(Grant {
            stablecoin: basket.map(|basket| basket.stablecoin),
            decimals: basket.map_or(0, |basket| basket.decimals),
            per_mint: limit("perMint", self.per_mint)?,
            per_day: limit("perDay", self.per_day)?,
            per_beneficiary: limit("perBeneficiary", self.per_beneficiary)?,
        })
    }
}

/// The right to mint a basket; amounts in whole tokens, null = no limit.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Grant)]
pub struct GrantAnswer {
    /// The token of the basket; `*` = every basket.
    #[schema(examples("0x532323de74BAb864b7005D910E5bD8562D038b9b"))]
    pub stablecoin_address: String,
    /// Most of one mint.
    #[schema(required = true)]
    pub per_mint: Option<TokenAmount>,
    /// Most of one day (UTC).
    #[schema(required = true)]
    pub per_day: Option<TokenAmount>,
    /// Most of one day (UTC) for one beneficiary.
    #[schema(required = true)]
    pub per_beneficiary: Option<TokenAmount>,
    /// What was asked for today of `perDay`; in `GET /whoami` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spent_today: Option<TokenAmount>,
}

impl From<&Grant> for GrantAnswer {
    fn from(grant: &Grant) -> Self {
        let tokens = |limit| TokenAmount(whole_tokens(limit, grant.decimals));
        Self {
            stablecoin_address: grant.stablecoin.map_or_else(|| "*".to_owned(), |it| it.to_string()),
            per_mint: grant.per_mint.map(tokens),
            per_day: grant.per_day.map(tokens),
            per_beneficiary: grant.per_beneficiary.map(tokens),
            spent_today: None,
        }
    }
}

fn shown_grants(grants: &Grants) -> Vec<GrantAnswer> {
    grants.iter().map(GrantAnswer::from).collect()
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Account)]
pub struct AccountAnswer {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when none of its keys counts.
    #[schema(required = true)]
    pub disabled_at: Option<Timestamp>,
    /// The baskets that it may mint.
    pub grants: Vec<GrantAnswer>,
}

impl From<&Account> for AccountAnswer {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.clone(),
            name: account.name.clone(),
            created_at: Timestamp::of_ms(account.created_at),
            disabled_at: account.disabled_at.map(Timestamp::of_ms),
            grants: shown_grants(&account.grants),
        }
    }
}

/// Every account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountList {
    /// The accounts, by id.
    pub accounts: Vec<AccountAnswer>,
}

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
    grants: Option<Vec<KeyGrantBody>>,
    /// When it ends (RFC 3339); never, unless given.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: TextField,
}

/// The words of scopes.
#[derive(Debug)]
pub enum ScopeWord {}

impl utoipa::PartialSchema for ScopeWord {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let words = utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::SchemaType::Type(utoipa::openapi::schema::Type::String))
            .description(Some("Something that a key may be allowed to do."))
            .enum_values(Some(Scope::ALL.iter().map(|scope| scope.word())));
        words.into()
    }
}

impl ToSchema for ScopeWord {
    fn name() -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed("Scope")
    }
}

/// A grant of a key, in whole tokens; what is left out has no limit besides the account's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = KeyGrantRequest)]
pub struct KeyGrantBody {
    /// The basket, by its token or consumer.
    #[serde(default)]
    #[schema(value_type = String, required = true, pattern = "^0x[0-9a-fA-F]{40}$")]
    stablecoin_address: TextField,
    /// Most of one mint.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    per_mint: TextField,
    /// Most of one day (UTC).
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    per_day: TextField,
    /// Most of one day (UTC) for one beneficiary.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    per_beneficiary: TextField,
}

impl KeyGrantBody {
    /// What names the basket, and the limits.
    ///
    /// # Errors
    /// 400 that names the field.
    pub fn split(self) -> Result<(String, GrantBody), Problem> {
        let Self { stablecoin_address, per_mint, per_day, per_beneficiary } = self;
        let basket = stablecoin_address.required("stablecoinAddress")?;
        Ok((basket, GrantBody { per_mint, per_day, per_beneficiary }))
    }
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
        Ok((spec, self.grants))
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
        let range = (0, OVERLAP_SECONDS_MAX);
        Ok(seconds("overlapSeconds", self.overlap_seconds, OVERLAP_SECONDS, range)? * 1000)
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

/// A token for one order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = TokenRequest)]
pub struct TokenBody {
    /// The order, exactly as it will be sent to `POST /mint`.
    pub order: MintBody,
    /// How long the order may be asked for.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 10, maximum = 900, default = 900)]
    expires_in_seconds: Option<Value>,
}

impl TokenBody {
    /// The order, and how long it may be asked for.
    ///
    /// # Errors
    /// 400 when that is out of range.
    pub fn split(self) -> Result<(MintBody, i64), Problem> {
        let range = (TOKEN_SECONDS_MIN, TOKEN_SECONDS_MAX);
        let lasts = seconds("expiresInSeconds", self.expires_in_seconds, TOKEN_SECONDS_MAX, range)?;
        Ok((self.order, lasts * 1000))
    }
}

/// A token, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrderToken)]
pub struct TokenAnswer {
    /// The whole token; it is sent as a key is.
    #[schema(pattern = "^cret_(test|live)_[0-9a-f]{12}_[0-9a-f]{72}$")]
    pub token: String,
    /// Its id, which is the idempotency key of its order.
    #[schema(pattern = "^[0-9a-f]{12}$")]
    pub id: String,
    /// Until when the order may be asked for.
    pub expires_at: Timestamp,
    /// Until when its mint can be read with it.
    pub reads_until: Timestamp,
}

impl TokenAnswer {
    /// Shows a token.
    #[must_use]
    pub fn of(token: Token, text: String) -> Self {
        Self {
            token: text,
            id: token.id,
            expires_at: Timestamp::of_ms(token.expires_at),
            reads_until: Timestamp::of_ms(token.reads_until),
        }
    }
}

/// A browser session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub struct SessionAnswer {
    /// Until when it lasts; null = it is over.
    #[schema(required = true)]
    pub expires_at: Option<Timestamp>,
}

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

/// Grants that count together.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantSet {
    /// Whose they are: `account/…` or `key/…`.
    pub of: String,
    /// The grants.
    pub grants: Vec<GrantAnswer>,
}

impl GrantAnswer {
    /// The same, with what was spent today in base units.
    #[must_use]
    pub fn with_spent(grant: &Grant, spent: U256) -> Self {
        let spent_today = Some(TokenAmount(whole_tokens(spent, grant.decimals)));
        Self { spent_today, ..Self::from(grant) }
    }
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

/// How long a cookie lasts that ends at a time.
#[must_use]
pub fn cookie_age(token: &Token, now_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(token.expires_at - now_ms).unwrap_or_default())
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
