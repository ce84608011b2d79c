//! `GET`, `POST /accounts` and `PATCH /accounts/{id}`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::grant::{GrantAnswer, shown_grants};
use super::text::{TextField, name};
use crate::base::wire::Timestamp;
use crate::domain::access::Account;
use crate::http::problem::Problem;

/// Most characters of an account's id.
const ACCOUNT_CHARS_MAX: usize = 32;

/// The id of an account, as it may stand in a path.
#[must_use]
pub fn is_account_id(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=ACCOUNT_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_plain) && !text.starts_with('-')
}

/// Reads the id of an account.
///
/// # Errors
/// 400 that names the field.
pub fn account_id(field: &str, text: &str) -> Result<String, Problem> {
    if is_account_id(text) {
        return Ok(text.to_owned());
    }
    let message = format!("{field} must be 1 to {ACCOUNT_CHARS_MAX} of a-z, 0-9 and -, and not begin with -");
    Err(Problem::field(field, message))
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
