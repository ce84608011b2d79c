//! A basket: a token and the contracts that guard it.

use alloy::primitives::Address;
use serde::{Deserialize, Serialize};

/// A token, the consumer that mints it, and the token's decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basket {
    /// The token.
    pub stablecoin: Address,
    /// The minting consumer.
    pub consumer: Address,
    /// Decimals of the token.
    pub decimals: u8,
}

/// What a basket is known by: its token for ever, its consumer until that is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BasketId {
    /// The token.
    pub stablecoin: Address,
    /// The minting consumer.
    pub consumer: Address,
}

/// The contracts of one basket, as its factory recorded them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Default))]
pub struct BasketContracts {
    /// The token.
    pub stablecoin: Address,
    /// The minting consumer.
    pub consumer: Address,
    /// The liability ledger, which is the reserve feed.
    pub ledger: Address,
    /// The policy engine.
    pub engine: Address,
    /// The policy that pauses minting.
    pub pause_policy: Address,
    /// The allow list.
    pub allow_policy: Address,
    /// The check of credentials.
    pub identity_policy: Address,
    /// The contract that puts allow list and credential check into force.
    pub policy_switch: Address,
    /// The timelock that governs them.
    pub timelock: Address,
    /// Decimals of the token and of the reserves.
    pub decimals: u8,
}

impl BasketContracts {
    /// What the basket is known by.
    #[must_use]
    pub const fn id(&self) -> BasketId {
        BasketId { stablecoin: self.stablecoin, consumer: self.consumer }
    }

    /// The contracts that log what is followed of it; the timelock is shared.
    #[must_use]
    pub const fn logging(&self) -> [Address; 7] {
        [
            self.consumer,
            self.stablecoin,
            self.ledger,
            self.engine,
            self.pause_policy,
            self.policy_switch,
            self.timelock,
        ]
    }

    /// Whether a contract is this basket's own; the timelock is shared.
    #[must_use]
    pub fn owns(&self, contract: Address) -> bool {
        let policies = [self.pause_policy, self.allow_policy, self.identity_policy, self.policy_switch];
        [self.stablecoin, self.consumer, self.ledger, self.engine].contains(&contract)
            || policies.contains(&contract)
    }
}
