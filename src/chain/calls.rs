//! Single questions to one endpoint.

use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::primitives::{Address, B256, Bytes};
use alloy::providers::{Provider, RootProvider};
use alloy::rpc::types::{Header, TransactionRequest};
use alloy::sol_types::SolCall;

use super::rpc::ChainError;

/// A block that time or finality is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number.
    pub number: u64,
    /// Its time in unix seconds.
    pub timestamp: u64,
    /// Its hash: after a re-organisation another block may have the same number and time.
    pub hash: B256,
}

impl From<&Header> for Head {
    fn from(header: &Header) -> Self {
        Self { number: header.number, timestamp: header.timestamp, hash: header.hash }
    }
}

pub(super) async fn call<C: SolCall>(
    provider: &RootProvider,
    to: Address,
    ask: &C,
    at: BlockId,
) -> Result<C::Return, ChainError> {
    let request = TransactionRequest::default().to(to).input(Bytes::from(ask.abi_encode()).into());
    let answer = provider.call(request).block(at).await?;
    C::abi_decode_returns(&answer).map_err(|error| ChainError::nonsense(&error.to_string()))
}

pub(super) async fn block(provider: &RootProvider, tag: BlockNumberOrTag) -> Result<Head, ChainError> {
    let block = provider.get_block_by_number(tag).await?.ok_or(ChainError::Behind)?;
    Ok(Head::from(&block.header))
}

pub(super) async fn block_hash(provider: &RootProvider, number: u64) -> Result<Option<B256>, ChainError> {
    let block = provider.get_block_by_number(BlockNumberOrTag::Number(number)).await?;
    Ok(block.map(|block| block.header.hash))
}
