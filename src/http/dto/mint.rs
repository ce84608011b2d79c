//! `POST /mint` and everything below `/mints`.

use alloy::primitives::Address;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::text::TextField;
use crate::base::address::parse_address;
use crate::base::wire::{AddressText, HashText, Timestamp};
use crate::domain::request::Draft;
use crate::domain::{Failure, FailureCode, Mint, State};
use crate::http::explorer::Explorer;
use crate::http::problem::Problem;
use crate::mint::view::{MintStatus, OrderView, StageView, mint_tx};
use crate::store::MintFilter;

/// Mints in one page of a list, unless the caller asks for fewer.
const PAGE_MAX: i64 = 100;

/// The order of a mint. The basket is named by its pair of addresses, by `basket`, or not at all: then it is the
/// default one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = MintRequest)]
pub struct MintBody {
    /// The account that receives the tokens; mixed case must be the EIP-55 checksum.
    #[serde(default)]
    #[schema(
        value_type = String,
        required = true,
        pattern = "^0x[0-9a-fA-F]{40}$",
        examples("0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd")
    )]
    beneficiary: TextField,
    /// How much: a decimal number of whole tokens.
    #[serde(default)]
    #[schema(
        value_type = String,
        required = true,
        pattern = r"^(0|[1-9][0-9]*)(\.[0-9]+)?$",
        max_length = 80,
        examples("1000", "0.5")
    )]
    amount: TextField,
    /// Token of the basket; with `mintingConsumerAddress`, or neither.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^0x[0-9a-fA-F]{40}$")]
    stablecoin_address: TextField,
    /// Minting consumer of the basket; with `stablecoinAddress`, or neither.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^0x[0-9a-fA-F]{40}$")]
    minting_consumer_address: TextField,
    /// The basket's registered name, or the address of its token or consumer, instead of the pair.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64)]
    basket: TextField,
    /// The bank's own reference of the payment; each is minted once. On chain it is keccak256 of its UTF-8 bytes, or
    /// itself where it is 0x and 64 hex digits.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 128, examples("MT103-2026-0042"))]
    bank_reference: TextField,
    /// When the request ends: nothing of it is minted afterwards. At least 60 seconds and at most 24 hours ahead; without
    /// it 24 hours, or some minutes for a request with neither key nor bank reference.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "date-time")]
    expires_at: TextField,
    /// Delivery to another chain; not offered yet: leave it out, or disable it.
    #[serde(default)]
    #[schema(value_type = Option<CrossChainBody>)]
    cross_chain: CrossChain,
}

/// A wish for delivery to another chain.
#[derive(Debug, ToSchema)]
#[schema(as = CrossChain)]
#[expect(dead_code, reason = "shows the form that is understood; anything else counts as a wish, too")]
struct CrossChainBody {
    /// Only false is accepted.
    enabled: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Value")]
enum CrossChain {
    #[default]
    NotWanted,
    Wanted,
}

impl From<Value> for CrossChain {
    fn from(value: Value) -> Self {
        match value {
            Value::Null | Value::Bool(false) => Self::NotWanted,
            Value::Object(wish) if wish.get("enabled") == Some(&Value::Bool(false)) => Self::NotWanted,
            _ => Self::Wanted,
        }
    }
}

impl MintBody {
    /// The order in the caller's words.
    ///
    /// # Errors
    /// A problem that names the field which is missing or no text.
    pub fn draft(self) -> Result<Draft, Problem> {
        if self.cross_chain == CrossChain::Wanted {
            let message = "cross-chain delivery is not offered yet; leave crossChain out";
            return Err(Failure::new(FailureCode::CrossChainUnavailable, message).into());
        }
        Ok(Draft {
            beneficiary: self.beneficiary.required("beneficiary")?,
            amount: self.amount.required("amount")?,
            stablecoin: self.stablecoin_address.optional("stablecoinAddress")?,
            consumer: self.minting_consumer_address.optional("mintingConsumerAddress")?,
            basket: self.basket.optional("basket")?,
            bank_reference: self.bank_reference.optional("bankReference")?,
            expires_at: self.expires_at.optional("expiresAt")?,
        })
    }
}

/// A mint as the caller sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Mint)]
pub struct MintAnswer {
    // The guide's three members come first.
    /// Whether it was minted.
    pub success: bool,
    /// The transaction that holds the mint event, once the chain has proved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mint_tx: Option<HashText>,
    /// Where that transaction can be looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uri")]
    pub etherscan: Option<String>,
    /// Its id.
    pub mint_id: Uuid,
    /// How far it is.
    #[serde(flatten)]
    pub stage: StageView,
    /// What was asked for.
    #[serde(flatten)]
    pub order: OrderView,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
}

impl MintAnswer {
    /// Shows a mint.
    #[must_use]
    pub fn of(mint: &Mint, explorer: &Explorer) -> Self {
        let mint_tx = mint_tx(&mint.progress);
        Self {
            success: mint_tx.is_some(),
            mint_tx,
            etherscan: mint_tx.map(|HashText(tx)| explorer.link(tx)),
            mint_id: mint.id,
            stage: (&mint.progress).into(),
            order: (&mint.order).into(),
            created_at: Timestamp::of_ms(mint.created_at),
            updated_at: Timestamp::of_ms(mint.updated_at),
        }
    }

    /// Shows a mint to somebody who asked whether it was minted, and must ask again; with what holds it up.
    #[must_use]
    pub fn still_in_progress(mint: &Mint, explorer: &Explorer) -> Self {
        let mut answer = Self::of(mint, explorer);
        let held_up = answer.stage.error.take().map(|why| format!(" ({why})")).unwrap_or_default();
        answer.stage.error =
            Some(format!("still in progress{held_up}; ask again at the address in Location"));
        answer
    }
}

/// One page of mints, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MintPage {
    /// The mints.
    pub mints: Vec<MintAnswer>,
    /// What to send as `cursor` for the next page; null when this is the last.
    #[schema(required = true)]
    pub next_cursor: Option<Uuid>,
}

/// What a list is narrowed down to.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only mints in this state.
    #[param(value_type = Option<MintStatus>)]
    status: Option<String>,
    /// Only mints of the basket with this token or consumer.
    #[param(value_type = Option<AddressText>)]
    basket: Option<String>,
    /// Only mints for this account.
    #[param(value_type = Option<AddressText>)]
    beneficiary: Option<String>,
    /// Only mints that ended with this code.
    #[param(value_type = Option<String>)]
    code: Option<String>,
    /// Only mints older than this one: the `nextCursor` of the page before.
    cursor: Option<Uuid>,
    /// Most mints in the page.
    #[param(minimum = 1, maximum = 100, default = 100)]
    limit: Option<i64>,
}

impl ListQuery {
    /// The filter for the store.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn filter(self) -> Result<MintFilter, Problem> {
        let limit = self.limit.unwrap_or(PAGE_MAX);
        if !(1..=PAGE_MAX).contains(&limit) {
            return Err(Problem::field("limit", format!("limit must be from 1 to {PAGE_MAX}")));
        }
        Ok(MintFilter {
            account: None,
            state: self.status.as_deref().map(state).transpose()?,
            basket: address("basket", self.basket.as_deref())?,
            beneficiary: address("beneficiary", self.beneficiary.as_deref())?,
            code: self.code.as_deref().map(code).transpose()?,
            before: self.cursor,
            limit,
        })
    }
}

fn state(word: &str) -> Result<State, Problem> {
    State::of_word(word).ok_or_else(|| {
        let known = State::ALL.map(State::word).join(", ");
        Problem::field("status", format!("status must be one of {known}"))
    })
}

fn code(name: &str) -> Result<&'static str, Problem> {
    let code = FailureCode::of_name(name).map(FailureCode::name);
    code.ok_or_else(|| {
        Problem::field("code", "code must be one of the codes in docs/api.md, as INVALID_REQUEST")
    })
}

fn address(field: &'static str, text: Option<&str>) -> Result<Option<Address>, Problem> {
    let parse =
        |text| parse_address(text).map_err(|problem| Problem::field(field, format!("{field} {problem}")));
    text.map(parse).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_filter_knows_every_state_and_nothing_else() {
        let filter = |word: &str| {
            let query = ListQuery { status: Some(word.to_owned()), ..ListQuery::default() };
            query.filter().map(|filter| filter.state).map_err(|_| ())
        };
        for state in State::ALL {
            assert_eq!(filter(state.word()), Ok(Some(state)));
        }
        for unknown in ["foo", "", "Minted", "minted,finalized", "pending"] {
            assert_eq!(filter(unknown), Err(()), "{unknown}");
        }
    }
}
