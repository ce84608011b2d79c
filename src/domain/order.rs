//! What is to be minted.

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::sol_types::SolValue;
use serde::{Deserialize, Serialize};

use super::basket::BasketId;

/// What is to be minted: fixed at acceptance, never changed afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Token of the basket.
    pub stablecoin: Address,
    /// Minting consumer of the basket.
    pub consumer: Address,
    /// Who receives the tokens.
    pub beneficiary: Address,
    /// Base units.
    pub amount: U256,
    /// Decimals of the token.
    pub decimals: u8,
    /// The bank's reference as it wrote it, or the mint's id.
    pub bank_reference: String,
    /// The reference on chain.
    pub reference: B256,
}

impl Order {
    /// The order as contracts and workflow know it.
    #[must_use]
    pub const fn key(&self) -> OrderKey {
        OrderKey {
            stablecoin: self.stablecoin,
            consumer: self.consumer,
            reference: self.reference,
            account: self.beneficiary,
            amount: self.amount,
        }
    }

    /// The basket it belongs to.
    #[must_use]
    pub const fn basket(&self) -> BasketId {
        BasketId { stablecoin: self.stablecoin, consumer: self.consumer }
    }

    /// Whether another order pays the same amount of the same token to the same account.
    #[must_use]
    pub fn is_same_payment(&self, other: &Self) -> bool {
        self.stablecoin == other.stablecoin
            && self.beneficiary == other.beneficiary
            && self.amount == other.amount
    }
}

/// What tells an order on chain from every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderKey {
    /// The token.
    pub stablecoin: Address,
    /// The minting consumer.
    pub consumer: Address,
    /// The reference on chain.
    pub reference: B256,
    /// The beneficiary.
    pub account: Address,
    /// Base units.
    pub amount: U256,
}

impl OrderKey {
    /// The digest that the ledger keeps once this order was minted.
    #[must_use]
    pub fn digest(&self) -> B256 {
        order_digest(self.account, self.amount)
    }
}

/// Bytes of a digest that the ledger keeps; the others are zero.
const DIGEST_BYTES: usize = 25;

/// The digest that a ledger keeps for a minted reference: the beginning of keccak256 of (account, amount), ABI encoded.
#[must_use]
pub fn order_digest(account: Address, amount: U256) -> B256 {
    let mut digest = keccak256((account, amount).abi_encode());
    digest[DIGEST_BYTES..].fill(0);
    digest
}
