//! One chain, read through its endpoints: who it is and where it stands.

use alloy::eips::BlockNumberOrTag;
use alloy::primitives::{Address, B256};
use alloy::providers::Provider;

use super::calls::{Head, block, block_hash};
use super::rpc::{ChainError, Endpoints};

/// The contracts that this gateway believes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contracts {
    /// The factory.
    pub factory: Address,
    /// The KeystoneForwarder.
    pub forwarder: Address,
    /// The compliance lens; only explains, nothing depends on it.
    pub lens: Option<Address>,
}

/// A chain, read through one or more endpoints. Every question fails with [`ChainError`] when no majority of the
/// endpoints answers (alike, unless it says otherwise).
#[derive(Clone, Debug)]
pub struct Chain {
    pub(super) endpoints: Endpoints,
    pub(super) contracts: Contracts,
    chain_id: u64,
    confirmations: Option<u64>,
}

impl Chain {
    /// Wraps endpoints that were already asked for their chain id.
    #[must_use]
    pub const fn new(
        endpoints: Endpoints,
        contracts: Contracts,
        chain_id: u64,
        confirmations: Option<u64>,
    ) -> Self {
        Self { endpoints, contracts, chain_id, confirmations }
    }

    /// The chain id that was agreed on at start.
    #[must_use]
    pub const fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// The contracts that count.
    #[must_use]
    pub const fn contracts(&self) -> Contracts {
        self.contracts
    }

    /// Asks for the chain id again; used by the readiness check.
    pub async fn ask_chain_id(&self) -> Result<u64, ChainError> {
        self.endpoints.chain_id().await
    }

    /// Whether there is code at an address.
    pub async fn has_code(&self, address: Address) -> Result<bool, ChainError> {
        self.endpoints
            .agree(|provider| async move { Ok(!provider.get_code_at(address).await?.is_empty()) })
            .await
    }

    /// The newest block; among several endpoints the middle one, so that no single one can shift it far.
    pub async fn head(&self) -> Result<Head, ChainError> {
        let ask = |provider| async move { block(&provider, BlockNumberOrTag::Latest).await };
        let mut heads = self.endpoints.majority(ask).await?;
        heads.sort_by_key(|head| head.number);
        heads.get(heads.len() / 2).copied().ok_or(ChainError::Disagree)
    }

    /// The newest final block: the `finalized` tag, or the configured number of confirmations below the head. Among
    /// several endpoints it is the newest that a majority has reached.
    pub async fn final_head(&self) -> Result<Head, ChainError> {
        let confirmations = self.confirmations;
        let mut heads = self
            .endpoints
            .majority(|provider| async move {
                let Some(depth) = confirmations else {
                    return block(&provider, BlockNumberOrTag::Finalized).await;
                };
                let head = block(&provider, BlockNumberOrTag::Latest).await?;
                block(&provider, BlockNumberOrTag::Number(head.number.saturating_sub(depth))).await
            })
            .await?;
        heads.sort_by_key(|head| std::cmp::Reverse(head.number));
        heads.get(self.endpoints.quorum() - 1).copied().ok_or(ChainError::Disagree)
    }

    /// Whether a block is (still) the one at its height.
    pub async fn is_canonical(&self, number: u64, hash: B256) -> Result<bool, ChainError> {
        self.endpoints
            .agree(|provider| async move { Ok(block_hash(&provider, number).await? == Some(hash)) })
            .await
    }

    /// Hash of block 0, which tells this chain from another with the same id.
    pub async fn genesis(&self) -> Result<B256, ChainError> {
        self.endpoints
            .agree(|provider| async move {
                block_hash(&provider, 0).await?.ok_or_else(|| ChainError::nonsense("the block is missing"))
            })
            .await
    }
}
