//! `GET /mints`.

use alloy::primitives::{Address, B256};
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{IntoParams, ToSchema};

use super::mint::MintAnswer;
use super::page::{Bounds, Cursor, instant};
use crate::base::address::parse_address;
use crate::base::clock::rfc3339;
use crate::base::money::whole_tokens;
use crate::base::wire::{AddressText, HashText};
use crate::domain::request::BankReference;
use crate::domain::{Failure, FailureCode, Mint, State};
use crate::http::csv::Line;
use crate::http::problem::Problem;
use crate::mint::view::{MintStatus, mint_tx};
use crate::store::{MintFilter, MintPosition};

/// Mints in one page, unless the caller asks for fewer.
const PAGE_MAX: usize = 100;
/// Most mints of a CSV file that a caller can ask for; without a limit it has all.
const FILE_MAX: usize = 1_000_000_000;

/// One page of mints, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MintPage {
    /// The mints. There may be fewer than `limit` although more follow, where two filters rarely meet.
    pub mints: Vec<MintAnswer>,
    /// What to send as `cursor` for the next page; null when this is the last.
    #[schema(required = true)]
    pub next_cursor: Option<Cursor>,
}

/// What a list is narrowed down to.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only mints in this state; repeated: in one of these states.
    #[param(value_type = Option<Vec<MintStatus>>, style = Form, explode)]
    status: Vec<String>,
    /// Only mints of the basket with this token or present consumer.
    #[param(value_type = Option<AddressText>)]
    basket: Option<String>,
    /// Only mints that this account of the gateway asked for; that of others takes `audit:read`.
    #[param(pattern = "^[a-z0-9][a-z0-9-]{0,31}$", example = "acme")]
    account: Option<String>,
    /// Only mints for this account.
    #[param(value_type = Option<AddressText>)]
    beneficiary: Option<String>,
    /// Only mints that came with this bank reference.
    #[param(min_length = 1, max_length = 128, example = "MT103-2026-0042")]
    bank_reference: Option<String>,
    /// Only mints that ended with this code.
    #[param(schema_with = failure_codes)]
    code: Option<String>,
    /// Only mints whose mint event is in this transaction.
    #[param(value_type = Option<HashText>)]
    tx: Option<String>,
    /// Only mints accepted at this time or later.
    #[param(format = DateTime, example = "2026-11-01T00:00:00Z")]
    created_from: Option<String>,
    /// Only mints accepted before this time.
    #[param(format = DateTime, example = "2026-12-01T00:00:00Z")]
    created_to: Option<String>,
    /// Only mints that changed at this time or later.
    #[param(format = DateTime, example = "2026-11-30T00:00:00Z")]
    updated_from: Option<String>,
    /// Only mints that follow in the list: the `nextCursor` of the page before.
    #[param(value_type = Option<Cursor>)]
    cursor: Option<String>,
    /// Most mints in the page; as CSV: in the file, which has all without it.
    #[param(minimum = 1, maximum = 100, default = 100)]
    limit: Option<usize>,
}

/// What a query selects.
#[derive(Debug)]
pub struct Selection {
    /// The filter, but for the basket.
    pub filter: MintFilter,
    /// Token or consumer of the basket.
    pub basket: Option<Address>,
    /// Most mints, if the caller said so.
    pub limit: Option<usize>,
}

impl ListQuery {
    /// Reads the query; `is_file` allows more than a page.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn selection(self, is_file: bool) -> Result<Selection, Problem> {
        let most = if is_file { FILE_MAX } else { PAGE_MAX };
        if self.limit.is_some_and(|limit| !(1..=most).contains(&limit)) {
            return Err(Problem::field("limit", format!("limit must be from 1 to {most}")));
        }
        let bounds = Bounds { from: "createdFrom", to: "createdTo" };
        let (created_from, created_to) =
            bounds.optional(self.created_from.as_deref(), self.created_to.as_deref())?;
        let reference = self.bank_reference.as_deref().map(BankReference::parse).transpose();
        let cursor = self.cursor.as_deref().map(Cursor::parse).transpose()?;
        let filter = MintFilter {
            account: self.account,
            states: self.status.iter().map(|word| state(word)).collect::<Result<_, _>>()?,
            beneficiary: address("beneficiary", self.beneficiary.as_deref())?,
            bank_reference: reference.map_err(Failure::from)?.map(|reference| reference.text().to_owned()),
            code: self.code.as_deref().map(code).transpose()?,
            tx: self.tx.as_deref().map(hash).transpose()?,
            created_from,
            created_to,
            updated_from: self.updated_from.as_deref().map(|at| instant("updatedFrom", at)).transpose()?,
            after: cursor.map(|Cursor { at, id }| MintPosition { created_at: at, id }),
            limit: self.limit.unwrap_or(PAGE_MAX).min(PAGE_MAX),
            ..MintFilter::default()
        };
        Ok(Selection { filter, basket: address("basket", self.basket.as_deref())?, limit: self.limit })
    }
}

fn state(word: &str) -> Result<State, Problem> {
    State::of_word(word).ok_or_else(|| {
        let known = State::ALL.map(State::word).join(", ");
        Problem::field("status", format!("status must be one of {known}"))
    })
}

fn code(name: &str) -> Result<&'static str, Problem> {
    FailureCode::of_name(name).map(FailureCode::name).ok_or_else(|| {
        let known: Vec<&str> = FailureCode::ALL.iter().map(|code| code.name()).collect();
        Problem::field("code", format!("code must be one of {}", known.join(", ")))
    })
}

fn failure_codes() -> RefOr<Schema> {
    let names = FailureCode::ALL.iter().map(|code| code.name());
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some(names)).into()
}

fn hash(text: &str) -> Result<B256, Problem> {
    let hash = text.strip_prefix("0x").filter(|digits| digits.len() == 64).and_then(|_| text.parse().ok());
    hash.ok_or_else(|| Problem::field("tx", "tx must be a transaction: 0x and 64 hex digits"))
}

/// Reads an address in a query.
///
/// # Errors
/// 400 that names the parameter.
pub fn address(field: &'static str, text: Option<&str>) -> Result<Option<Address>, Problem> {
    let parse =
        |text| parse_address(text).map_err(|problem| Problem::field(field, format!("{field} {problem}")));
    text.map(parse).transpose()
}

/// The columns of a list as CSV.
pub const COLUMNS: [&str; 14] = [
    "mintId",
    "status",
    "createdAt",
    "updatedAt",
    "stablecoinAddress",
    "mintingConsumerAddress",
    "beneficiary",
    "amount",
    "bankReference",
    "reference",
    "mintTx",
    "blockNumber",
    "code",
    "error",
];

/// A mint as a line of CSV.
#[must_use]
pub fn line(mint: &Mint) -> Line {
    let (order, progress) = (&mint.order, &mint.progress);
    let failure = progress.failure.as_ref();
    let block = progress.proof.as_ref().map(|proof| proof.location.block_number.to_string());
    vec![
        mint.id.to_string(),
        progress.state.word().to_owned(),
        rfc3339(mint.created_at),
        rfc3339(mint.updated_at),
        order.stablecoin.to_string(),
        order.consumer.to_string(),
        order.beneficiary.to_string(),
        whole_tokens(order.amount, order.decimals),
        order.bank_reference.clone(),
        order.reference.to_string(),
        mint_tx(progress).map(|HashText(tx)| tx.to_string()).unwrap_or_default(),
        block.unwrap_or_default(),
        failure.map(|failure| failure.code.name().to_owned()).unwrap_or_default(),
        failure.map(|failure| failure.detail.clone()).unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_filter_knows_every_state_and_nothing_else() {
        let filter = |words: &[&str]| {
            let status = words.iter().map(|word| (*word).to_owned()).collect();
            let query = ListQuery { status, ..ListQuery::default() };
            query.selection(false).map(|selection| selection.filter.states).map_err(|_| ())
        };
        for state in State::ALL {
            assert_eq!(filter(&[state.word()]), Ok(vec![state]));
        }
        assert_eq!(filter(&["queued", "minted"]), Ok(vec![State::Queued, State::Minted]));
        for unknown in ["foo", "", "Minted", "minted,finalized", "pending"] {
            assert_eq!(filter(&["queued", unknown]), Err(()), "{unknown}");
        }
    }
}
