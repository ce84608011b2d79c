//! A simulated chain behind a simulated endpoint: blocks, re-organisations, one consumer with its nullifier.
//!
//! The gateway's own RPC client talks to it in JSON, through a transport that is sometimes down or behind.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use alloy::primitives::{Address, B256, Bytes, keccak256};
use alloy::providers::RootProvider;
use alloy::rpc::client::RpcClient;
use alloy::rpc::json_rpc::{RequestPacket, ResponsePacket};
use alloy::sol_types::{SolCall, SolEvent};
use alloy::transports::{TransportError, TransportErrorKind, TransportFut};
use cre_backend::chain::{
    BasketFactory, Contracts, KeystoneForwarder, MintingConsumerWithACE, StablecoinERC20, order_digest,
};
use cre_backend::workflow::RunOrder;
use serde_json::{Value, json};
use tower::Service;

use super::dice::Dice;

pub(crate) const FACTORY: Address = Address::repeat_byte(0xfa);
pub(crate) const FORWARDER: Address = Address::repeat_byte(0xf0);
pub(crate) const TOKEN: Address = Address::repeat_byte(0x70);
pub(crate) const CONSUMER: Address = Address::repeat_byte(0xc0);
/// Blocks behind the head that are final.
const FINAL_DEPTH: u64 = 4;
/// The consumer refuses reports that are valid for longer.
const VALIDITY_MAX_SECONDS: u64 = 900;

/// A signed report: anybody may deliver it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) orders: Vec<RunOrder>,
    pub(crate) valid_until: u64,
    /// Tells the transmissions of the same orders apart.
    pub(crate) number: u64,
}

#[derive(Clone, Debug)]
struct Tx {
    hash: B256,
    report: Report,
    logs: Vec<Value>,
    minted: Vec<RunOrder>,
    succeeded: bool,
}

#[derive(Clone, Debug)]
struct Block {
    hash: B256,
    timestamp: u64,
    txs: Vec<Tx>,
}

/// How the endpoint answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Honest,
    /// Drops that many of a hundred calls.
    Dropping(u64),
    /// Is that many blocks behind.
    Behind(u64),
}

/// The chain's state.
#[derive(Debug)]
pub(crate) struct State {
    blocks: Vec<Block>,
    now: u64,
    salt: u64,
    /// The newest final block; never moves back.
    last_final: u64,
    pub(crate) mood: Mood,
    /// Accounts that the policies refuse.
    pub(crate) refused: Vec<Address>,
    /// Reports that somebody holds.
    pub(crate) held: Vec<Report>,
    dice: Dice,
}

/// A handle to the chain.
#[derive(Clone, Debug)]
pub(crate) struct SimChain(Arc<Mutex<State>>);

impl SimChain {
    pub(crate) fn new(now: u64, seed: u64) -> Self {
        let genesis = Block { hash: keccak256(seed.to_be_bytes()), timestamp: now, txs: Vec::new() };
        let mood = Mood::Honest;
        let (refused, held) = (Vec::new(), Vec::new());
        let state = State {
            blocks: vec![genesis],
            now,
            salt: seed,
            last_final: 0,
            mood,
            refused,
            held,
            dice: Dice::new(seed),
        };
        let chain = Self(Arc::new(Mutex::new(state)));
        for _ in 0..FINAL_DEPTH + 2 {
            chain.state().mine();
        }
        chain
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn provider(&self) -> RootProvider {
        RootProvider::new(RpcClient::new(self.clone(), true))
    }

    pub(crate) const fn contracts() -> Contracts {
        Contracts { factory: FACTORY, forwarder: FORWARDER, lens: None }
    }
}

impl State {
    pub(crate) const fn pass_time(&mut self, seconds: u64) {
        self.now += seconds;
    }

    pub(crate) fn mine(&mut self) {
        self.now += 1;
        self.salt += 1;
        let hash = keccak256(format!("{}:{}", self.salt, self.blocks.len()));
        self.blocks.push(Block { hash, timestamp: self.now, txs: Vec::new() });
        self.last_final = self.last_final.max(self.head().saturating_sub(FINAL_DEPTH));
    }

    fn head(&self) -> u64 {
        self.blocks.len() as u64 - 1
    }

    /// Drops up to `depth` blocks that are not final; their reports are in somebody's hands again.
    pub(crate) fn reorg(&mut self, depth: u64) {
        for _ in 0..depth.min(self.head() - self.last_final) {
            if let Some(block) = self.blocks.pop() {
                self.held.extend(block.txs.into_iter().map(|tx| tx.report));
            }
        }
        self.mine();
    }

    /// Delivers a report in a new block, as forwarder and consumer would; returns the transaction.
    pub(crate) fn deliver(&mut self, report: Report) -> B256 {
        self.mine();
        let now = self.now;
        let attempted = self.txs().any(|tx| tx.report == report && tx.succeeded);
        let lapsed = now > report.valid_until || report.valid_until > now + VALIDITY_MAX_SECONDS;
        let succeeded = !attempted && !lapsed;
        let (mut minted, mut logs) = (Vec::<RunOrder>::new(), Vec::new());
        for order in report.orders.iter().filter(|_| succeeded) {
            let RunOrder { reference, account, amount } = *order;
            let used = self.used(&reference, self.head()).is_some()
                || minted.iter().any(|earlier| earlier.reference == reference);
            if used || self.refused.contains(&account) {
                let refused = MintingConsumerWithACE::MintRejected {
                    bankRef: reference,
                    account,
                    amount,
                    policy: Address::repeat_byte(9),
                    code: if used { 3 } else { 18 },
                };
                logs.push((CONSUMER, refused.encode_log_data()));
                continue;
            }
            let transfer = StablecoinERC20::Transfer { from: Address::ZERO, to: account, value: amount };
            logs.push((TOKEN, transfer.encode_log_data()));
            let executed = MintingConsumerWithACE::MintExecuted { bankRef: reference, account, amount };
            logs.push((CONSUMER, executed.encode_log_data()));
            minted.push(*order);
        }
        let processed = KeystoneForwarder::ReportProcessed {
            receiver: CONSUMER,
            workflowExecutionId: keccak256(report.number.to_be_bytes()),
            reportId: [0, 1].into(),
            result: succeeded,
        };
        logs.push((FORWARDER, processed.encode_log_data()));
        self.salt += 1;
        let hash = keccak256(format!("tx {} {}", self.salt, report.number));
        let logs = logs
            .into_iter()
            .map(|(address, data)| json!({ "address": address, "topics": data.topics(), "data": data.data }));
        let tx = Tx { hash, report, logs: logs.collect(), minted, succeeded };
        if let Some(block) = self.blocks.last_mut() {
            block.txs.push(tx);
        }
        hash
    }

    fn txs(&self) -> impl Iterator<Item = &Tx> {
        self.blocks.iter().flat_map(|block| &block.txs)
    }

    fn used(&self, reference: &B256, at: u64) -> Option<B256> {
        let blocks = self.blocks.iter().take(usize::try_from(at).unwrap_or(0) + 1);
        let mut minted = blocks.flat_map(|block| &block.txs).flat_map(|tx| &tx.minted);
        let order = minted.find(|order| order.reference == *reference)?;
        Some(order_digest(order.account, order.amount))
    }

    /// How often a reference was minted.
    pub(crate) fn mints_of(&self, reference: &B256) -> usize {
        let minted = self.txs().flat_map(|tx| &tx.minted);
        minted.filter(|order| order.reference == *reference).count()
    }

    /// Whether a report for the reference exists that could still mint.
    pub(crate) fn is_live(&self, reference: &B256) -> bool {
        let names = |report: &&Report| report.orders.iter().any(|order| order.reference == *reference);
        self.held.iter().filter(names).any(|report| report.valid_until > self.now)
    }

    fn answer(&mut self, method: &str, params: &Value) -> Option<Value> {
        let behind = match self.mood {
            Mood::Dropping(percent) if self.dice.chance(percent) => return None,
            Mood::Behind(blocks) => blocks,
            _ => 0,
        };
        let head = self.head().saturating_sub(behind).max(self.last_final);
        let last_final = self.last_final;
        let number = |tag: &Value| match tag.as_str() {
            Some("latest") | None => head,
            Some("finalized") => last_final,
            Some(hex) => u64::from_str_radix(hex.trim_start_matches("0x"), 16).unwrap_or(u64::MAX),
        };
        Some(match method {
            "eth_chainId" => json!("0x7a69"),
            "eth_blockNumber" => json!(format!("{head:#x}")),
            "eth_getCode" => json!("0x01"),
            "eth_call" => json!(self.call(&params[0], number(&params[1]).min(self.head()))),
            "eth_getBlockByNumber" => self.block(number(&params[0]), head),
            "eth_getTransactionReceipt" => self.receipt(&params[0], head),
            "eth_getLogs" => json!(self.logs(&params[0], head)),
            _ => Value::Null,
        })
    }

    fn call(&self, request: &Value, at: u64) -> Bytes {
        let data = request["input"].as_str().or(request["data"].as_str()).unwrap_or_default();
        let data: Bytes = data.parse().unwrap_or_default();
        if let Ok(ask) = MintingConsumerWithACE::mintOfCall::abi_decode(&data) {
            let digest = self.used(&ask.bankRef, at).unwrap_or_default();
            return MintingConsumerWithACE::mintOfCall::abi_encode_returns(&digest).into();
        }
        if let Ok(ask) = MintingConsumerWithACE::previewCall::abi_decode(&data) {
            let verdicts = ask.orders.iter().map(|order| {
                let used = self.used(&order.bankRef, at).is_some();
                let code = if used { 3 } else { 18 * u8::from(self.refused.contains(&order.account)) };
                MintingConsumerWithACE::Verdict { code, policy: Address::ZERO }
            });
            return MintingConsumerWithACE::previewCall::abi_encode_returns(&verdicts.collect::<Vec<_>>())
                .into();
        }
        if BasketFactory::isBasketCall::abi_decode(&data).is_ok() {
            return BasketFactory::isBasketCall::abi_encode_returns(&true).into();
        }
        StablecoinERC20::decimalsCall::abi_encode_returns(&18).into()
    }

    fn block(&self, number: u64, head: u64) -> Value {
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        let Some(block) = self.blocks.get(index).filter(|_| number <= head) else { return Value::Null };
        let (zero, bloom) = (B256::ZERO, format!("0x{}", "00".repeat(256)));
        json!({
            "hash": block.hash, "parentHash": zero, "sha3Uncles": zero, "miner": Address::ZERO, "stateRoot": zero,
            "transactionsRoot": zero, "receiptsRoot": zero, "logsBloom": bloom, "difficulty": "0x0",
            "number": format!("{number:#x}"), "gasLimit": "0x1c9c380", "gasUsed": "0x0",
            "timestamp": format!("{:#x}", block.timestamp), "extraData": "0x", "mixHash": zero,
            "nonce": "0x0000000000000000", "baseFeePerGas": "0x1", "size": "0x1", "transactions": [], "uncles": [],
        })
    }

    fn places(&self, head: u64) -> impl Iterator<Item = (u64, &Block, &Tx)> {
        let blocks = (0..=head).zip(&self.blocks);
        blocks.flat_map(|(number, block)| block.txs.iter().map(move |tx| (number, block, tx)))
    }

    fn receipt(&self, hash: &Value, head: u64) -> Value {
        let found = self.places(head).find(|(_, _, tx)| json!(tx.hash) == *hash);
        let Some((number, block, tx)) = found else { return Value::Null };
        let bloom = format!("0x{}", "00".repeat(256));
        json!({
            "type": "0x2", "status": "0x1", "cumulativeGasUsed": "0x1", "logs": written(number, block, tx),
            "logsBloom": bloom, "transactionHash": tx.hash, "transactionIndex": "0x0", "blockHash": block.hash,
            "blockNumber": format!("{number:#x}"), "gasUsed": "0x1", "effectiveGasPrice": "0x1",
            "from": Address::ZERO, "to": FORWARDER, "contractAddress": null,
        })
    }

    fn logs(&self, filter: &Value, head: u64) -> Vec<Value> {
        let all = self.places(head).flat_map(|(number, block, tx)| written(number, block, tx));
        let topic = |at: usize| match &filter["topics"][at] {
            Value::Array(any) => any.first().cloned(),
            Value::Null => None,
            one => Some(one.clone()),
        };
        let wanted = (topic(0), topic(1));
        let from = filter["fromBlock"].as_str().unwrap_or("0x0").trim_start_matches("0x");
        let from = u64::from_str_radix(from, 16).unwrap_or(0);
        all.filter(|log| {
            let number = log["blockNumber"].as_str().unwrap_or("0x0").trim_start_matches("0x");
            u64::from_str_radix(number, 16).unwrap_or(0) >= from
                && wanted.0.as_ref().is_none_or(|topic| *topic == log["topics"][0])
                && wanted.1.as_ref().is_none_or(|topic| *topic == log["topics"][1])
        })
        .collect()
    }
}

fn written(number: u64, block: &Block, tx: &Tx) -> Vec<Value> {
    let with_place = |(index, log): (usize, &Value)| {
        let mut log = log.clone();
        log["blockNumber"] = json!(format!("{number:#x}"));
        log["blockHash"] = json!(block.hash);
        log["transactionHash"] = json!(tx.hash);
        log["transactionIndex"] = json!("0x0");
        log["logIndex"] = json!(format!("{index:#x}"));
        log["removed"] = json!(false);
        log
    };
    tx.logs.iter().enumerate().map(with_place).collect()
}

impl Service<RequestPacket> for SimChain {
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, packet: RequestPacket) -> TransportFut<'static> {
        let chain = self.clone();
        Box::pin(async move {
            let question: Value = serde_json::to_value(&packet).unwrap_or_default();
            let method = question["method"].as_str().unwrap_or_default();
            let result = chain.state().answer(method, &question["params"]);
            let result = result.ok_or_else(|| TransportErrorKind::custom_str("dropped"))?;
            let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": result });
            serde_json::from_value(answer).map_err(|error| TransportError::deser_err(error, ""))
        })
    }
}
