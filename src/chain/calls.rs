//! Single questions to one endpoint.

use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::primitives::{Address, B256, Bytes};
use alloy::providers::{Provider, RootProvider};
use alloy::rpc::types::{Filter, Log, TransactionRequest};
use alloy::sol_types::SolCall;

use super::rpc::ChainError;

/// Blocks per log query where an endpoint refuses the whole range.
pub(super) const LOG_CHUNK_BLOCKS: u64 = 5_000;
/// Most such queries for one reference.
const LOG_CHUNKS_MAX: u64 = 400;

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
    let block = provider
        .get_block_by_number(tag)
        .await?
        .ok_or_else(|| ChainError::nonsense("the block is missing"))?;
    let header = block.header;
    Ok(Head { number: header.number, timestamp: header.timestamp, hash: header.hash })
}

pub(super) async fn block_hash(provider: &RootProvider, number: u64) -> Result<Option<B256>, ChainError> {
    let block = provider.get_block_by_number(BlockNumberOrTag::Number(number)).await?;
    Ok(block.map(|block| block.header.hash))
}

/// Logs from a block on; in chunks, newest first, where the endpoint refuses the whole range.
pub(super) async fn newest_logs(
    provider: &RootProvider,
    filter: Filter,
    from_block: u64,
) -> Result<Vec<Log>, ChainError> {
    let whole = filter.clone().from_block(from_block).to_block(BlockNumberOrTag::Latest);
    match provider.get_logs(&whole).await {
        Ok(logs) => return Ok(logs),
        Err(error) if error.is_error_resp() => {}
        Err(error) => return Err(error.into()),
    }
    let mut to = provider.get_block_number().await?;
    for _ in 0..LOG_CHUNKS_MAX {
        let from = to.saturating_sub(LOG_CHUNK_BLOCKS - 1).max(from_block);
        let found = provider.get_logs(&filter.clone().from_block(from).to_block(to)).await?;
        if !found.is_empty() {
            return Ok(found);
        }
        if from <= from_block {
            return Ok(Vec::new());
        }
        to = from - 1;
    }
    Err(ChainError::Unproven)
}

/// All logs in a range of blocks, oldest first, asked for in chunks.
pub(super) async fn logs_between(
    provider: &RootProvider,
    filter: &Filter,
    (first, last): (u64, u64),
    chunk: u64,
) -> Result<Vec<Log>, ChainError> {
    let mut found = Vec::new();
    let mut from = first;
    while from <= last {
        let to = last.min(from.saturating_add(chunk - 1));
        let part = filter.clone().from_block(from).to_block(BlockNumberOrTag::Number(to));
        found.extend(provider.get_logs(&part).await?);
        from = to + 1;
    }
    Ok(found)
}
