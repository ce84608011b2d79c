//! What the chain says: the only judge of whether something was minted.
//!
//! [`Chain::look`] answers "what became of this reference?"; [`rpc`] asks several endpoints and takes only what a
//! majority of them says; [`proof`] reads receipts.

mod bindings;
pub mod compliance;
pub mod proof;
pub mod receipt;
pub mod reserve;
pub mod rpc;

use std::time::Duration;

use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::providers::{Provider, RootProvider};
use alloy::rpc::types::{Filter, Log, TransactionReceipt, TransactionRequest};
use alloy::sol_types::{SolCall, SolEvent};
use serde::{Deserialize, Serialize};

pub use bindings::{
    BasketFactory, KeystoneForwarder, MintingConsumerWithACE, PausePolicy, PolicyEngine, PolicySwitch,
    ReserveFeed, StablecoinERC20,
};
pub use proof::{Look, MintProof, Place, Verdict, Wanted};
pub use reserve::{Parts, Position, Round};
pub use rpc::{ChainError, Endpoints};

/// Blocks per log query where an endpoint refuses the whole range.
const LOG_CHUNK_BLOCKS: u64 = 5_000;
/// Most such queries for one reference.
const LOG_CHUNKS_MAX: u64 = 400;
/// Baskets read from the factory in one call.
const BASKETS_PAGE: u64 = 100;
/// Most such calls for one list.
const BASKET_PAGES_MAX: u64 = 50;

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressProblem {
    /// Not 0x and 40 hex digits.
    #[error("must be an address: 0x and 40 hex digits")]
    Form,
    /// Mixed case that is not the EIP-55 checksum.
    #[error("has a wrong checksum (EIP-55): a digit may be mistyped; all lower case is accepted without one")]
    Checksum,
}

/// Reads an address; mixed case must be the EIP-55 checksum.
///
/// # Errors
/// Says whether the form or the checksum is wrong.
pub fn parse_address(text: &str) -> Result<Address, AddressProblem> {
    let digits = text.strip_prefix("0x").ok_or(AddressProblem::Form)?;
    if digits.len() != 40 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(AddressProblem::Form);
    }
    let address = text.parse::<Address>().map_err(|_| AddressProblem::Form)?;
    let mixed =
        digits.bytes().any(|b| b.is_ascii_lowercase()) && digits.bytes().any(|b| b.is_ascii_uppercase());
    if mixed && address.to_checksum(None) != text { Err(AddressProblem::Checksum) } else { Ok(address) }
}

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

/// A chain, read through one or more endpoints.
#[derive(Clone, Debug)]
pub struct Chain {
    endpoints: Endpoints,
    contracts: Contracts,
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
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike.
    pub async fn ask_chain_id(&self) -> Result<u64, ChainError> {
        self.endpoints.chain_id().await
    }

    /// Whether there is code at an address.
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike.
    pub async fn has_code(&self, address: Address) -> Result<bool, ChainError> {
        self.endpoints
            .agree(|provider| async move { Ok(!provider.get_code_at(address).await?.is_empty()) })
            .await
    }

    /// The basket of a pair, or `None` when the factory did not create that pair.
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike.
    pub async fn basket(&self, stablecoin: Address, consumer: Address) -> Result<Option<Basket>, ChainError> {
        let factory = self.contracts.factory;
        self.endpoints
            .agree(|provider| async move {
                let member = BasketFactory::isBasketCall { stablecoin, mintingConsumer: consumer };
                if !call(&provider, factory, &member, BlockId::latest()).await? {
                    return Ok(None);
                }
                let decimals =
                    call(&provider, stablecoin, &StablecoinERC20::decimalsCall {}, BlockId::latest()).await?;
                Ok(Some(Basket { stablecoin, consumer, decimals }))
            })
            .await
    }

    /// Token and consumer of every basket, oldest first.
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike.
    pub async fn baskets(&self) -> Result<Vec<(Address, Address)>, ChainError> {
        let factory = self.contracts.factory;
        self.endpoints
            .agree(|provider| async move {
                let mut pairs = Vec::new();
                for page in 0..BASKET_PAGES_MAX {
                    let ask = BasketFactory::basketsCall {
                        offset: U256::from(page * BASKETS_PAGE),
                        limit: U256::from(BASKETS_PAGE),
                    };
                    let found = call(&provider, factory, &ask, BlockId::latest()).await?;
                    let last = (found.len() as u64) < BASKETS_PAGE;
                    pairs.extend(found.into_iter().map(|basket| (basket.stablecoin, basket.mintingConsumer)));
                    if last {
                        break;
                    }
                }
                Ok(pairs)
            })
            .await
    }

    /// What the contracts would say to these orders of one consumer now, were they delivered together; the reserve rule
    /// left out.
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike.
    pub async fn preview(&self, consumer: Address, wanted: &[Wanted]) -> Result<Vec<Verdict>, ChainError> {
        let order = |wanted: &Wanted| MintingConsumerWithACE::Order {
            bankRef: wanted.reference,
            account: wanted.account,
            amount: wanted.amount,
        };
        let ask = MintingConsumerWithACE::previewCall { orders: wanted.iter().map(order).collect() };
        let verdicts = self
            .endpoints
            .agree(|provider| {
                let ask = ask.clone();
                async move {
                    let verdicts = call(&provider, consumer, &ask, BlockId::latest()).await?;
                    let verdict =
                        |said: MintingConsumerWithACE::Verdict| Verdict::new(said.code, said.policy);
                    Ok(verdicts.into_iter().map(verdict).collect::<Vec<_>>())
                }
            })
            .await?;
        if verdicts.len() == wanted.len() { Ok(verdicts) } else { Err(ChainError::Nonsense) }
    }

    /// What one transaction proves about these orders: for each, a mint, a refusal, a revert, or nothing.
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike.
    pub async fn judge(&self, hash: B256, wanted: &[Wanted]) -> Result<Vec<Option<Look>>, ChainError> {
        let forwarder = self.contracts.forwarder;
        self.endpoints
            .agree(|provider| async move {
                let Some((place, receipt)) = canonical_receipt(&provider, hash).await? else {
                    return Ok(vec![None; wanted.len()]);
                };
                let look = |wanted| shown(&place, &receipt, wanted, forwarder);
                Ok(wanted.iter().map(look).collect())
            })
            .await
    }

    /// What became of a reference. `hint` is a transaction that somebody claims did it; `from_block` is where the
    /// search for events starts.
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike, or the evidence contradicts itself.
    pub async fn look(
        &self,
        wanted: &Wanted,
        hint: Option<B256>,
        from_block: u64,
    ) -> Result<Look, ChainError> {
        let forwarder = self.contracts.forwarder;
        self.endpoints.agree(|provider| look_at(provider, *wanted, forwarder, hint, from_block)).await
    }

    /// The newest block; among several endpoints the middle one, so that no single one can shift it far.
    ///
    /// # Errors
    /// When no majority of the endpoints answers.
    pub async fn head(&self) -> Result<Head, ChainError> {
        let ask = |provider| async move { block(&provider, BlockNumberOrTag::Latest).await };
        let mut heads = self.endpoints.majority(ask).await?;
        heads.sort_by_key(|head| head.number);
        heads.get(heads.len() / 2).copied().ok_or(ChainError::Disagree)
    }

    /// The newest final block: the `finalized` tag, or the configured number of confirmations below the head. Among
    /// several endpoints it is the newest that a majority has reached.
    ///
    /// # Errors
    /// When no majority of the endpoints answers.
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
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike.
    pub async fn is_canonical(&self, number: u64, hash: B256) -> Result<bool, ChainError> {
        self.endpoints
            .agree(|provider| async move { Ok(block_hash(&provider, number).await? == Some(hash)) })
            .await
    }

    /// Whether a reference is unused in the state of a given block.
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike.
    pub async fn is_unused_at(&self, wanted: &Wanted, block_number: u64) -> Result<bool, ChainError> {
        Ok(!self.is_used_at(wanted.consumer, wanted.reference, block_number).await?)
    }

    /// Whether a consumer has minted a reference in the state of a given block.
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike.
    pub async fn is_used_at(
        &self,
        consumer: Address,
        reference: B256,
        block_number: u64,
    ) -> Result<bool, ChainError> {
        let ask = MintingConsumerWithACE::mintOfCall { bankRef: reference };
        self.endpoints
            .agree(|provider| {
                let ask = ask.clone();
                async move { Ok(!call(&provider, consumer, &ask, BlockId::number(block_number)).await?.is_zero()) }
            })
            .await
    }

    /// A receipt in readable form, or `None` when the chain has none.
    ///
    /// # Errors
    /// When no endpoint answers.
    pub async fn receipt(&self, hash: B256) -> Result<Option<receipt::Readable>, ChainError> {
        let found = self
            .endpoints
            .first(|provider| async move { Ok(provider.get_transaction_receipt(hash).await?) })
            .await?;
        Ok(found.map(|found| receipt::readable(&found)))
    }

    /// Hash of block 0, which tells this chain from another with the same id.
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike.
    pub async fn genesis(&self) -> Result<B256, ChainError> {
        self.endpoints
            .agree(|provider| async move { block_hash(&provider, 0).await?.ok_or(ChainError::Nonsense) })
            .await
    }
}

async fn look_at(
    provider: RootProvider,
    wanted: Wanted,
    forwarder: Address,
    hint: Option<B256>,
    from_block: u64,
) -> Result<Look, ChainError> {
    let ask = MintingConsumerWithACE::mintOfCall { bankRef: wanted.reference };
    let digest = call(&provider, wanted.consumer, &ask, BlockId::latest()).await?;
    if !digest.is_zero() && digest != wanted.digest() {
        return Ok(Look::Conflict);
    }
    let used = !digest.is_zero();
    if let Some(found) = match hint {
        Some(hash) => judged(&provider, &wanted, forwarder, hash, used).await?,
        None => None,
    } {
        return Ok(found);
    }
    let topic = if used {
        MintingConsumerWithACE::MintExecuted::SIGNATURE_HASH
    } else {
        MintingConsumerWithACE::MintRejected::SIGNATURE_HASH
    };
    let filter = Filter::new().address(wanted.consumer).event_signature(topic).topic1(wanted.reference);
    let start = if used { 0 } else { from_block };
    for log in logs(&provider, filter, start).await?.iter().rev() {
        let Some(hash) = log.transaction_hash else { continue };
        if let Some(found) = judged(&provider, &wanted, forwarder, hash, used).await? {
            return Ok(found);
        }
    }
    // The reference is used but no receipt proves it: never report that as minted, nor as absent.
    if used { Err(ChainError::Unproven) } else { Ok(Look::Absent) }
}

/// What the receipt of one transaction proves about the reference, if anything.
async fn judged(
    provider: &RootProvider,
    wanted: &Wanted,
    forwarder: Address,
    hash: B256,
    used: bool,
) -> Result<Option<Look>, ChainError> {
    let Some((place, receipt)) = canonical_receipt(provider, hash).await? else { return Ok(None) };
    let look = shown(&place, &receipt, wanted, forwarder);
    Ok(look.filter(|look| matches!(look, Look::Minted(_)) == used))
}

/// What a canonical receipt shows of an order, if anything.
fn shown(place: &Place, receipt: &TransactionReceipt, wanted: &Wanted, forwarder: Address) -> Option<Look> {
    let place = place.clone();
    match proof::judge(receipt, wanted, forwarder) {
        proof::Judgement::Minted { log_index } => Some(Look::Minted(MintProof { place, log_index })),
        proof::Judgement::Rejected(verdict) => Some(Look::Refused { place, verdict }),
        proof::Judgement::Reverted => Some(Look::Reverted),
        proof::Judgement::Nothing => None,
    }
}

/// A transaction's receipt with its place, if its block is (still) the one at that height.
async fn canonical_receipt(
    provider: &RootProvider,
    hash: B256,
) -> Result<Option<(Place, TransactionReceipt)>, ChainError> {
    let Some(found) = provider.get_transaction_receipt(hash).await? else { return Ok(None) };
    let (Some(block_number), Some(in_block)) = (found.block_number, found.block_hash) else {
        return Ok(None);
    };
    if block_hash(provider, block_number).await? != Some(in_block) {
        return Ok(None);
    }
    Ok(Some((Place { tx: hash, block_number, block_hash: in_block }, found)))
}

async fn call<C: SolCall>(
    provider: &RootProvider,
    to: Address,
    ask: &C,
    at: BlockId,
) -> Result<C::Return, ChainError> {
    let request = TransactionRequest::default().to(to).input(Bytes::from(ask.abi_encode()).into());
    let answer = provider.call(request).block(at).await?;
    C::abi_decode_returns(&answer).map_err(|_| ChainError::Nonsense)
}

async fn block(provider: &RootProvider, tag: BlockNumberOrTag) -> Result<Head, ChainError> {
    let block = provider.get_block_by_number(tag).await?.ok_or(ChainError::Nonsense)?;
    let header = block.header;
    Ok(Head { number: header.number, timestamp: header.timestamp, hash: header.hash })
}

async fn block_hash(provider: &RootProvider, number: u64) -> Result<Option<B256>, ChainError> {
    let block = provider.get_block_by_number(BlockNumberOrTag::Number(number)).await?;
    Ok(block.map(|block| block.header.hash))
}

/// Logs from a block on; in chunks, newest first, where the endpoint refuses the whole range.
async fn logs(provider: &RootProvider, filter: Filter, from_block: u64) -> Result<Vec<Log>, ChainError> {
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

/// Longest wait for one answer of an endpoint.
pub const RPC_TIMEOUT: Duration = Duration::from_secs(10);

/// The digest that a consumer keeps for a minted reference.
#[must_use]
pub fn order_digest(account: Address, amount: U256) -> B256 {
    use alloy::sol_types::SolValue;
    alloy::primitives::keccak256((account, amount).abi_encode())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_need_their_checksum_only_when_mixed() {
        let right = "0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd";
        assert!(parse_address(right).is_ok());
        assert!(parse_address(&right.to_lowercase()).is_ok());
        assert!(parse_address(&format!("0x{}", &right[2..].to_uppercase())).is_ok());
        assert_eq!(parse_address(&right.replace("Eb1A", "EB1A")), Err(AddressProblem::Checksum));
        for text in [
            "",
            "0x",
            &right[2..],
            &format!("{right}0"),
            &right.replace('6', "g"),
            &format!("0X{}", &right[2..]),
        ] {
            assert_eq!(parse_address(text), Err(AddressProblem::Form), "{text}");
        }
    }
}
