//! `GET /baskets/{basket}/statement`.

use std::ops::Range;

use alloy::primitives::U256;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::page::{Bounds, Cursor};
use crate::base::clock::rfc3339;
use crate::base::money::whole_tokens;
use crate::base::wire::{AddressText, HashText, Timestamp, TokenAmount};
use crate::domain::{BasketId, Mint};
use crate::http::csv::Line;
use crate::http::problem::Problem;
use crate::mint::view::mint_tx;

/// Lines in one page, unless the caller asks for fewer.
const PAGE_MAX: usize = 100;

/// Which part of the books is shown.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct StatementQuery {
    /// What became final at this time or later.
    #[param(required, value_type = String, format = DateTime, example = "2026-11-01T00:00:00Z")]
    from: Option<String>,
    /// What became final before this time, at most 92 days after `from`.
    #[param(required, value_type = String, format = DateTime, example = "2026-12-01T00:00:00Z")]
    to: Option<String>,
    /// Only lines that follow: the `nextCursor` of the page before.
    #[param(value_type = Option<Cursor>)]
    cursor: Option<String>,
    /// Most lines in the page; a CSV file has all.
    #[param(minimum = 1, maximum = 100, default = 100)]
    limit: Option<usize>,
    /// Only mints that this account of the gateway asked for; that of others takes `audit:read`.
    #[param(pattern = "^[a-z0-9][a-z0-9-]{0,31}$", example = "acme")]
    pub account: Option<String>,
}

impl StatementQuery {
    /// The range, the place after which lines are shown, and how many.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn selection(&self) -> Result<(Range<i64>, Option<Cursor>, usize), Problem> {
        let bounds = Bounds { from: "from", to: "to" };
        let range = bounds.report(self.from.as_deref(), self.to.as_deref())?;
        let cursor = self.cursor.as_deref().map(Cursor::parse).transpose()?;
        let limit = self.limit.unwrap_or(PAGE_MAX);
        if !(1..=PAGE_MAX).contains(&limit) {
            return Err(Problem::field("limit", format!("limit must be from 1 to {PAGE_MAX}")));
        }
        Ok((range, cursor, limit))
    }
}

/// What became final of a basket in a range of time: `opening` + `minted` − `redeemed` = `closing`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Statement)]
pub struct StatementAnswer {
    /// Token of the basket.
    pub stablecoin_address: AddressText,
    /// Its present minting consumer.
    pub minting_consumer_address: AddressText,
    /// Beginning of the range, with it.
    pub from: Timestamp,
    /// End of the range, without it: `to` as it was asked for, or the latest time up to which the books are closed.
    pub to: Timestamp,
    /// Everything minted before the range, minus everything redeemed.
    pub opening: TokenAmount,
    /// Minted in the range.
    pub minted: TokenAmount,
    /// Redeemed in the range: always 0, redemption is not offered yet.
    pub redeemed: TokenAmount,
    /// What is left at the end of the range.
    pub closing: TokenAmount,
    /// The mints of the range in the order in which they became final, page by page.
    pub lines: Vec<StatementLine>,
    /// What to send as `cursor` for the next page; null when this is the last.
    #[schema(required = true)]
    pub next_cursor: Option<Cursor>,
}

/// A mint that became final.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementLine {
    /// When it became final.
    pub booked_at: Timestamp,
    /// The mint.
    pub mint_id: Uuid,
    /// How much.
    pub amount: TokenAmount,
    /// Who received the tokens.
    pub beneficiary: AddressText,
    /// The bank's reference of the payment; the mint's id where the caller gave none.
    pub bank_reference: String,
    /// The reference on chain.
    pub reference: HashText,
    /// The transaction that holds the mint event.
    #[schema(required = true)]
    pub mint_tx: Option<HashText>,
    /// Its block.
    #[schema(required = true)]
    pub block_number: Option<u64>,
}

impl From<&Mint> for StatementLine {
    fn from(mint: &Mint) -> Self {
        let order = &mint.order;
        Self {
            booked_at: Timestamp::of_ms(mint.updated_at),
            mint_id: mint.id,
            amount: TokenAmount(whole_tokens(order.amount, order.decimals)),
            beneficiary: AddressText(order.beneficiary),
            bank_reference: order.bank_reference.clone(),
            reference: HashText(order.reference),
            mint_tx: mint_tx(&mint.progress),
            block_number: mint.progress.proof.as_ref().map(|proof| proof.location.block_number),
        }
    }
}

/// The sums of a statement.
#[derive(Clone, Debug)]
pub struct StatementSums {
    /// The basket.
    pub basket: BasketId,
    /// Decimals of its token.
    pub decimals: u8,
    /// The range, as far as the books are closed.
    pub range: Range<i64>,
    /// Base units before the range.
    pub opening: U256,
    /// Base units up to its end.
    pub closing: U256,
}

impl StatementSums {
    fn tokens(&self, base_units: U256) -> String {
        whole_tokens(base_units, self.decimals)
    }

    fn minted(&self) -> U256 {
        self.closing.saturating_sub(self.opening)
    }

    /// The first line of a CSV file.
    #[must_use]
    pub fn opening_line(&self) -> Line {
        self.sum_line("opening", self.range.start, self.opening)
    }

    /// The last lines of a CSV file.
    #[must_use]
    pub fn closing_lines(&self) -> [Line; 3] {
        let sum = |kind, amount| self.sum_line(kind, self.range.end, amount);
        [sum("minted", self.minted()), sum("redeemed", U256::ZERO), sum("closing", self.closing)]
    }

    fn sum_line(&self, kind: &str, at: i64, amount: U256) -> Line {
        let mut line = vec![kind.to_owned(), rfc3339(at), self.tokens(amount)];
        line.resize(COLUMNS.len(), String::new());
        line
    }
}

impl StatementAnswer {
    /// Shows a page of a statement.
    #[must_use]
    pub fn of(sums: &StatementSums, lines: &[Mint], next_cursor: Option<Cursor>) -> Self {
        let amount = |base_units| TokenAmount(sums.tokens(base_units));
        Self {
            stablecoin_address: AddressText(sums.basket.stablecoin),
            minting_consumer_address: AddressText(sums.basket.consumer),
            from: Timestamp::of_ms(sums.range.start),
            to: Timestamp::of_ms(sums.range.end),
            opening: amount(sums.opening),
            minted: amount(sums.minted()),
            redeemed: amount(U256::ZERO),
            closing: amount(sums.closing),
            lines: lines.iter().map(StatementLine::from).collect(),
            next_cursor,
        }
    }
}

/// The columns of a statement as CSV.
pub const COLUMNS: [&str; 9] = [
    "type",
    "bookedAt",
    "amount",
    "mintId",
    "beneficiary",
    "bankReference",
    "reference",
    "mintTx",
    "blockNumber",
];

/// A mint as a line of CSV.
#[must_use]
pub fn line(mint: &Mint) -> Line {
    let order = &mint.order;
    let block = mint.progress.proof.as_ref().map(|proof| proof.location.block_number.to_string());
    vec![
        "mint".to_owned(),
        rfc3339(mint.updated_at),
        whole_tokens(order.amount, order.decimals),
        mint.id.to_string(),
        order.beneficiary.to_string(),
        order.bank_reference.clone(),
        order.reference.to_string(),
        mint_tx(&mint.progress).map(|HashText(tx)| tx.to_string()).unwrap_or_default(),
        block.unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statement_adds_up() {
        let basket = BasketId { stablecoin: Default::default(), consumer: Default::default() };
        let (opening, closing) = (U256::from(525), U256::from(1_200));
        let sums = StatementSums { basket, decimals: 2, range: 0..1_000, opening, closing };
        let shown = serde_json::to_value(StatementAnswer::of(&sums, &[], None)).unwrap();
        let figures = ["opening", "minted", "redeemed", "closing"].map(|name| shown[name].as_str().unwrap());
        assert_eq!(figures, ["5.25", "6.75", "0", "12"]);
        let lines = std::iter::once(sums.opening_line()).chain(sums.closing_lines());
        let cells = lines.map(|line| (line[0].clone(), line[2].clone(), line.len()));
        let expected = [("opening", "5.25"), ("minted", "6.75"), ("redeemed", "0"), ("closing", "12")]
            .map(|(kind, amount)| (kind.to_owned(), amount.to_owned(), COLUMNS.len()));
        assert_eq!(cells.collect::<Vec<_>>(), expected);
    }
}
