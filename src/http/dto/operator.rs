//! `POST /baskets/{basket}/pause` and `/resume`.

use alloy::primitives::{Address, Bytes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::reserve::BreakerAnswer;
use super::text::TextField;
use crate::base::text::is_unprintable;
use crate::base::wire::AddressText;
use crate::http::problem::Problem;

/// Most characters of a reason.
const REASON_CHARS_MAX: usize = 300;

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OperatorRequest)]
pub struct OperatorBody {
    /// One printable sentence; it is logged.
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 300)]
    reason: TextField,
}

impl OperatorBody {
    /// The reason.
    ///
    /// # Errors
    /// 400 when it is missing, too long or not printable.
    pub fn reason(self) -> Result<String, Problem> {
        let reason = self.reason.required("reason")?;
        if reason.trim().is_empty()
            || reason.chars().count() > REASON_CHARS_MAX
            || reason.chars().any(is_unprintable)
        {
            let message = format!("reason must be 1 to {REASON_CHARS_MAX} printable characters");
            return Err(Problem::field("reason", message));
        }
        Ok(reason.trim().to_owned())
    }
}

/// The basket's breaker afterwards, and how its admin does the same on chain.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperatorAnswer {
    /// Minting consumer of the basket.
    pub minting_consumer_address: AddressText,
    /// Its breaker.
    pub breaker: BreakerAnswer,
    /// The call that does the same on chain.
    pub on_chain: ChainCall,
}

/// A call that the basket's admin can send; the gateway holds no key for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChainCall {
    /// The contract.
    pub to: AddressText,
    /// The call data.
    #[schema(value_type = String, pattern = "^0x([0-9a-f]{2})*$")]
    pub data: Bytes,
    /// Who may send it; null when the chain did not say.
    #[schema(required = true)]
    pub signer: Option<AddressText>,
}

impl ChainCall {
    /// A call of one contract.
    #[must_use]
    pub fn new(to: Address, data: Bytes, signer: Option<Address>) -> Self {
        Self { to: AddressText(to), data, signer: signer.map(AddressText) }
    }
}
