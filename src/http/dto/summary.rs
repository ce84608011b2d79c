//! `GET /mints/summary`.

use std::ops::Range;

use alloy::primitives::Address;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::mint_list::address;
use super::page::Bounds;
use crate::base::money::whole_tokens;
use crate::base::wire::{AddressText, Timestamp, TokenAmount};
use crate::http::problem::Problem;
use crate::mint::view::MintStatus;
use crate::store::{Sum, SummaryKey};

/// What is summed up.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct SummaryQuery {
    /// Mints accepted at this time or later.
    #[param(required, value_type = String, format = DateTime, example = "2026-11-01T00:00:00Z")]
    created_from: Option<String>,
    /// Mints accepted before this time, at most 92 days after `createdFrom`.
    #[param(required, value_type = String, format = DateTime, example = "2026-12-01T00:00:00Z")]
    created_to: Option<String>,
    /// Only mints of the basket with this token or present consumer.
    #[param(value_type = Option<AddressText>)]
    basket: Option<String>,
    /// Only mints that this account of the gateway asked for; that of others takes `audit:read`.
    #[param(pattern = "^[a-z0-9][a-z0-9-]{0,31}$", example = "acme")]
    pub account: Option<String>,
}

impl SummaryQuery {
    /// The range, and the token or consumer of the basket.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn selection(&self) -> Result<(Range<i64>, Option<Address>), Problem> {
        let bounds = Bounds { from: "createdFrom", to: "createdTo" };
        let range = bounds.report(self.created_from.as_deref(), self.created_to.as_deref())?;
        Ok((range, address("basket", self.basket.as_deref())?))
    }
}

/// Counts and sums of the mints that were accepted in a range of time, as they stand now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MintSummary)]
pub struct SummaryAnswer {
    /// Beginning of the range, with it.
    pub created_from: Timestamp,
    /// End of the range, without it.
    pub created_to: Timestamp,
    /// One entry for each basket that has mints in the range.
    pub baskets: Vec<BasketSummary>,
}

/// The mints of a basket.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BasketSummary {
    /// Its token.
    pub stablecoin_address: AddressText,
    /// Its present minting consumer.
    pub minting_consumer_address: AddressText,
    /// How many there are.
    pub mints: u64,
    /// What they add up to, whatever became of them.
    pub amount: TokenAmount,
    /// The same by state and code.
    pub totals: Vec<SummaryTotal>,
}

/// Mints in one state, with one code.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SummaryTotal {
    /// Their state.
    #[schema(value_type = MintStatus)]
    pub status: String,
    /// The code that they ended with; null where they ended with none, or have not ended.
    #[schema(required = true)]
    pub code: Option<String>,
    /// How many there are.
    pub mints: u64,
    /// What they add up to.
    pub amount: TokenAmount,
}

impl BasketSummary {
    /// Shows the sums of one basket.
    #[must_use]
    pub fn of(
        (stablecoin, consumer): (Address, Address),
        decimals: u8,
        sums: impl IntoIterator<Item = (SummaryKey, Sum)>,
    ) -> Self {
        let amount = |sum: &Sum| TokenAmount(whole_tokens(sum.amount, decimals));
        let mut all = Sum::default();
        let totals = sums.into_iter().map(|(key, sum)| {
            all.mints = all.mints.saturating_add(sum.mints);
            all.amount = all.amount.saturating_add(sum.amount);
            let code = Some(key.code).filter(|code| !code.is_empty());
            SummaryTotal { status: key.state, code, mints: sum.mints, amount: amount(&sum) }
        });
        let totals = totals.collect();
        Self {
            stablecoin_address: AddressText(stablecoin),
            minting_consumer_address: AddressText(consumer),
            mints: all.mints,
            amount: amount(&all),
            totals,
        }
    }
}
