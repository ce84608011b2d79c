//! The right to mint a basket, and its limits.

use alloy::primitives::U256;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text::TextField;
use crate::base::money::{Decimal, whole_tokens};
use crate::base::wire::TokenAmount;
use crate::domain::Basket;
use crate::domain::access::{Grant, Grants};
use crate::http::problem::Problem;

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

/// Shows each grant.
#[must_use]
pub fn shown_grants(grants: &Grants) -> Vec<GrantAnswer> {
    grants.iter().map(GrantAnswer::from).collect()
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
