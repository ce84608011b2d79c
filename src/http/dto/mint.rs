//! `POST /mint` and everything below `/mints`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::text::TextField;
use crate::base::wire::{HashText, Timestamp};
use crate::domain::request::Draft;
use crate::domain::{Failure, FailureCode, Mint};
use crate::http::explorer::Explorer;
use crate::http::problem::Problem;
use crate::mint::view::{OrderView, StageView, mint_tx};

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
