//! What became of an order: asked for by its reference, answered by the ledger's storage and by receipts.

use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::primitives::{Address, B256};
use alloy::providers::{Provider, RootProvider};
use alloy::rpc::types::{Filter, TransactionReceipt};
use alloy::sol_types::SolEvent;

use super::bindings::{LiabilityLedger, MintingConsumerWithACE};
use super::calls::call;
use super::client::Chain;
use super::evidence::{Believed, ReceiptEvidence, read_receipt};
use super::header::sight;
use super::logs::{LogSearch, SPAN_MAX};
use super::rpc::ChainError;
use crate::domain::{MintProof, OrderKey, TxLocation, Verdict};

/// Most questions for the refusal of one order.
const QUESTIONS_MAX: usize = 400;

/// The destination of an order for the basket's own chain.
const HERE: u64 = 0;

/// What became of a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MintLookup {
    /// Unused, and no refusal was seen.
    Absent,
    /// Unused, and a delivered report was refused.
    Refused {
        /// Where.
        location: TxLocation,
        /// Why.
        verdict: Verdict,
    },
    /// Unused, and the claimed transaction delivered a report that the consumer reverted on.
    Reverted,
    /// Minted, exactly as ordered.
    Minted(MintProof),
    /// Used for another account or amount.
    Conflict,
}

/// What one transaction shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionLook {
    /// What it used of the chain's gas; `None` while it is in no block.
    pub gas_used: Option<u64>,
    /// For each order that was asked about: a mint, a refusal, a revert, or nothing.
    pub orders: Vec<Option<MintLookup>>,
}

impl TransactionLook {
    /// The gas that bought none of these orders, if the transaction is in a block.
    #[must_use]
    pub fn wasted(&self) -> Option<u64> {
        let minted = self.orders.iter().any(|look| matches!(look, Some(MintLookup::Minted(_))));
        self.gas_used.filter(|_| !minted)
    }
}

impl Chain {
    /// What the contracts would say to these orders of one consumer now, were they delivered together; the reserve rule
    /// left out.
    pub async fn preview(&self, consumer: Address, orders: &[OrderKey]) -> Result<Vec<Verdict>, ChainError> {
        let encoded = |order: &OrderKey| MintingConsumerWithACE::Order {
            bankRef: order.reference,
            account: order.account,
            amount: order.amount,
            destination: HERE,
        };
        let ask = MintingConsumerWithACE::previewCall { orders: orders.iter().map(encoded).collect() };
        let verdicts = self
            .believed()?
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
        if verdicts.len() == orders.len() {
            Ok(verdicts)
        } else {
            Err(ChainError::nonsense("another number of verdicts than of orders"))
        }
    }

    /// What one transaction proves about these orders.
    pub async fn read_transaction(
        &self,
        hash: B256,
        orders: &[OrderKey],
    ) -> Result<TransactionLook, ChainError> {
        let mut believed = Vec::with_capacity(orders.len());
        for order in orders {
            believed.push(self.believed_for(order).await?);
        }
        let believed = &believed;
        self.believed()?
            .agree(|provider| async move {
                let Some((location, receipt)) = self.canonical_receipt(&provider, hash).await? else {
                    return Ok(TransactionLook { gas_used: None, orders: vec![None; orders.len()] });
                };
                let look =
                    |(order, believed): (_, &Believed)| evidence_for(&location, &receipt, order, *believed);
                Ok(TransactionLook {
                    gas_used: Some(receipt.gas_used),
                    orders: orders.iter().zip(believed).map(look).collect(),
                })
            })
            .await
    }

    /// What became of a reference. `hint` is a transaction that somebody claims did it; `from_block` is where the
    /// search for events starts.
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike, or the evidence contradicts itself.
    pub async fn find_mint(
        &self,
        order: &OrderKey,
        hint: Option<B256>,
        from_block: u64,
    ) -> Result<MintLookup, ChainError> {
        let believed = self.believed_for(order).await?;
        self.believed()?
            .agree(|provider| async move {
                self.find_mint_at(&provider, order, believed, hint, from_block).await
            })
            .await
    }

    /// Whose logs count about an order.
    async fn believed_for(&self, order: &OrderKey) -> Result<Believed, ChainError> {
        let forwarder = self.contracts()?.forwarder;
        Ok(Believed { forwarder, ledger: self.ledger_of(order.stablecoin).await? })
    }

    /// The digest of the order that was minted of a stablecoin under a reference; `None` while there is none.
    pub async fn minted_digest(
        &self,
        stablecoin: Address,
        reference: B256,
    ) -> Result<Option<B256>, ChainError> {
        let ledger = self.ledger_of(stablecoin).await?;
        self.believed()?
            .agree(|provider| async move { digest_of(&provider, ledger, reference, BlockId::latest()).await })
            .await
    }

    /// Whether a reference is unused in the state of a given block.
    pub async fn is_unused_at(&self, order: &OrderKey, block_number: u64) -> Result<bool, ChainError> {
        Ok(!self.is_used_at(order.stablecoin, order.reference, block_number).await?)
    }

    /// Whether a reference of a stablecoin was minted in the state of a given block.
    pub async fn is_used_at(
        &self,
        stablecoin: Address,
        reference: B256,
        block_number: u64,
    ) -> Result<bool, ChainError> {
        let ledger = self.ledger_of(stablecoin).await?;
        let at = BlockId::number(block_number);
        self.believed()?
            .agree(|provider| async move { Ok(digest_of(&provider, ledger, reference, at).await?.is_some()) })
            .await
    }
}

/// What a ledger keeps of a reference in the state of a block, if it is used.
async fn digest_of(
    provider: &RootProvider,
    ledger: Address,
    reference: B256,
    at: BlockId,
) -> Result<Option<B256>, ChainError> {
    let minted = call(provider, ledger, &LiabilityLedger::mintOfCall { bankRef: reference }, at).await?;
    Ok(Some(minted.digest).filter(|digest| !digest.is_zero()))
}

impl Chain {
    async fn find_mint_at(
        &self,
        provider: &RootProvider,
        order: &OrderKey,
        believed: Believed,
        hint: Option<B256>,
        from_block: u64,
    ) -> Result<MintLookup, ChainError> {
        let ask = LiabilityLedger::mintOfCall { bankRef: order.reference };
        let minted = call(provider, believed.ledger, &ask, BlockId::latest()).await?;
        let used = !minted.digest.is_zero();
        if used && minted.digest != order.digest() {
            return Ok(MintLookup::Conflict);
        }
        if let Some(found) = match hint {
            Some(hash) => self.evidence_in(provider, order, believed, hash, used).await?,
            None => None,
        } {
            return Ok(found);
        }
        let (emitter, topic) = if used {
            (believed.ledger, LiabilityLedger::MintExecuted::SIGNATURE_HASH)
        } else {
            (order.consumer, MintingConsumerWithACE::MintRejected::SIGNATURE_HASH)
        };
        let filter = Filter::new().address(emitter).event_signature(topic).topic1(order.reference);
        // The ledger keeps the block of a mint; a refusal is no older than the attempt.
        let search = LogSearch { provider, filter: &filter, span: &self.log_span };
        let logs = if used {
            let block = minted.blockNumber.to::<u64>();
            search.between((block, block)).await?
        } else {
            let head = provider.get_block_number().await?;
            if head + 1 < from_block {
                return Err(ChainError::Behind);
            }
            let (logs, is_whole) = search.newest((from_block, head), 1, (SPAN_MAX, QUESTIONS_MAX)).await?;
            if logs.is_empty() && !is_whole {
                return Err(ChainError::Unproven);
            }
            logs
        };
        for log in logs.iter().rev() {
            let Some(hash) = log.transaction_hash else { continue };
            if let Some(found) = self.evidence_in(provider, order, believed, hash, used).await? {
                return Ok(found);
            }
        }
        // The reference is used but no receipt proves it: never report that as minted, nor as absent.
        if used { Err(ChainError::Unproven) } else { Ok(MintLookup::Absent) }
    }

    /// What the receipt of one transaction proves about the reference, if anything.
    async fn evidence_in(
        &self,
        provider: &RootProvider,
        order: &OrderKey,
        believed: Believed,
        hash: B256,
        used: bool,
    ) -> Result<Option<MintLookup>, ChainError> {
        let Some((location, receipt)) = self.canonical_receipt(provider, hash).await? else {
            return Ok(None);
        };
        let look = evidence_for(&location, &receipt, order, believed);
        Ok(look.filter(|look| matches!(look, MintLookup::Minted(_)) == used))
    }

    /// A transaction's receipt with its location, if its block is (still) the one at that height.
    async fn canonical_receipt(
        &self,
        provider: &RootProvider,
        hash: B256,
    ) -> Result<Option<(TxLocation, TransactionReceipt)>, ChainError> {
        let Some(found) = provider.get_transaction_receipt(hash).await? else { return Ok(None) };
        let (Some(block_number), Some(in_block)) = (found.block_number, found.block_hash) else {
            return Ok(None);
        };
        // Who has the receipt but not the block is several machines, of which one is behind.
        let block = sight(provider, BlockNumberOrTag::Number(block_number)).await?;
        if block.head.hash != in_block {
            return Ok(None);
        }
        self.recent.note_header(&block);
        Ok(Some((TxLocation { tx: hash, block_number, block_hash: in_block }, found)))
    }
}

/// What a canonical receipt shows of an order, if anything.
fn evidence_for(
    location: &TxLocation,
    receipt: &TransactionReceipt,
    order: &OrderKey,
    believed: Believed,
) -> Option<MintLookup> {
    let location = location.clone();
    match read_receipt(receipt, order, believed) {
        ReceiptEvidence::Minted { log_index } => Some(MintLookup::Minted(MintProof { location, log_index })),
        ReceiptEvidence::Rejected(verdict) => Some(MintLookup::Refused { location, verdict }),
        ReceiptEvidence::Reverted => Some(MintLookup::Reverted),
        ReceiptEvidence::Nothing => None,
    }
}

#[cfg(test)]
mod tests {
    use alloy::rpc::types::{Block, Header};
    use axum::Json;
    use serde_json::{Value, json};

    use super::*;
    use crate::base::secret::SecretUrl;
    use crate::chain::client::{Contracts, Identity};
    use crate::chain::rpc::Endpoints;

    /// An endpoint that has the receipt of a transaction in block 7, and this for every block.
    async fn chain(block: Value) -> Chain {
        // Installed already by an earlier call.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let answer = async move |Json(question): Json<Value>| {
            let receipt = json!({
                "type": "0x2", "status": "0x1", "cumulativeGasUsed": "0x1", "logs": [],
                "logsBloom": format!("0x{}", "00".repeat(256)), "transactionHash": B256::ZERO,
                "transactionIndex": "0x0", "blockHash": IN_BLOCK, "blockNumber": "0x7", "gasUsed": "0x1",
                "effectiveGasPrice": "0x1", "from": Address::ZERO, "to": Address::ZERO, "contractAddress": null,
            });
            let is_receipt = question["method"] == "eth_getTransactionReceipt";
            let result = if is_receipt { receipt } else { block.clone() };
            Json(json!({ "jsonrpc": "2.0", "id": question["id"], "result": result }))
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = SecretUrl::new(format!("http://{}", listener.local_addr().unwrap()));
        let server = axum::serve(listener, axum::Router::new().fallback(answer));
        tokio_util::task::TaskTracker::new().spawn(async move { server.await });
        let contracts = Contracts { factory: Address::ZERO, forwarder: Address::ZERO, lens: None, since: 0 };
        let identity = Identity { chain_id: 1, contracts, default_basket: None };
        Chain::new(Endpoints::new(&[url]).unwrap(), identity, None)
    }

    const IN_BLOCK: B256 = B256::repeat_byte(7);

    #[tokio::test]
    async fn lookup_at_a_node_that_lags_says_nothing_of_a_block() {
        let behind = chain(Value::Null).await;
        assert_eq!(behind.is_canonical(7, IN_BLOCK).await, Err(ChainError::Behind));
        assert_eq!(behind.head().await, Err(ChainError::Behind));
        let look = behind.read_transaction(B256::ZERO, &[]).await;
        assert_eq!(look.err(), Some(ChainError::Behind), "it has the receipt");

        let other = Header { hash: B256::repeat_byte(8), ..Header::default() };
        let gone = chain(serde_json::to_value(Block::<B256>::empty(other)).unwrap()).await;
        assert_eq!(gone.is_canonical(7, IN_BLOCK).await, Ok(false), "another block is in its place");
        let look = gone.read_transaction(B256::ZERO, &[]).await;
        assert_eq!(look.map(|look| look.gas_used), Ok(None), "the receipt is of a block that is gone");
        let there = Header { hash: IN_BLOCK, ..Header::default() };
        let there = chain(serde_json::to_value(Block::<B256>::empty(there)).unwrap()).await;
        let look = there.read_transaction(B256::ZERO, &[]).await;
        assert_eq!(look.map(|look| look.gas_used), Ok(Some(1)));
    }

    #[test]
    fn lookup_counts_gas_as_wasted_where_nothing_was_minted() {
        let location = TxLocation { tx: B256::ZERO, block_number: 1, block_hash: B256::ZERO };
        let verdict = Verdict::new(23, Address::ZERO);
        let refused = Some(MintLookup::Refused { location: location.clone(), verdict });
        let minted = Some(MintLookup::Minted(MintProof { location, log_index: 0 }));
        let wasted = |gas_used, orders| TransactionLook { gas_used, orders }.wasted();
        assert_eq!(wasted(Some(7), vec![refused.clone(), minted]), None, "it bought one");
        assert_eq!(wasted(Some(7), vec![refused.clone(), refused]), Some(7));
        assert_eq!(wasted(Some(7), vec![Some(MintLookup::Reverted)]), Some(7));
        assert_eq!(wasted(Some(7), vec![None]), Some(7), "a transaction that failed as a whole says nothing");
        assert_eq!(wasted(None, vec![None]), None, "it is in no block");
    }
}
