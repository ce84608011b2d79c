//! A simulated chain behind a simulated endpoint: blocks, re-organisations, one basket.
//!
//! The gateway's own RPC client talks to it in JSON, through a transport that is sometimes down or behind.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::providers::RootProvider;
use alloy::rpc::client::RpcClient;
use alloy::rpc::json_rpc::{RequestPacket, ResponsePacket};
use alloy::transports::{TransportError, TransportErrorKind, TransportFut};
use cre_backend::chain::{Contracts, Identity};
use cre_backend::domain::OrderKey;
use serde_json::{Value, json};
use tower::Service;

use super::contracts::{CONSUMER, Delivery, FACTORY, FORWARDER, TOKEN};
use crate::dice::Dice;

/// Blocks behind the head that are final.
const FINAL_DEPTH: u64 = 4;

/// What the reserves were at some time of their source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReserveProof {
    /// Base units.
    pub amount: U256,
    /// Unix seconds.
    pub observed_at: u64,
}

/// A signed report: anybody may deliver it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedReport {
    /// The orders; none = it only attests the reserves.
    pub orders: Vec<OrderKey>,
    /// The reserves that it proves.
    pub proof: ReserveProof,
    /// Unix seconds after which it is worthless.
    pub valid_until: u64,
    /// Tells the transmissions of the same orders apart.
    pub number: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Tx {
    pub(super) hash: B256,
    pub(super) report: SignedReport,
    pub(super) delivery: Delivery,
}

#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) hash: B256,
    pub(super) timestamp: u64,
    pub(super) txs: Vec<Tx>,
}

/// How the endpoint fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointFault {
    /// Not at all.
    None,
    /// It drops that many of a hundred calls.
    Dropping(u64),
    /// It is that many blocks behind.
    Behind(u64),
}

/// The chain's state.
#[derive(Debug)]
pub struct State {
    pub(super) blocks: Vec<Block>,
    pub(super) now: u64,
    salt: u64,
    /// The newest final block; never moves back.
    last_final: u64,
    /// How the endpoint fails.
    pub endpoint: EndpointFault,
    /// Accounts that the policies refuse.
    pub refused: Vec<Address>,
    /// Whether the basket's admin has paused it.
    pub is_paused: bool,
    /// Whether the consumer compares the supply with the proven reserves, as it does; without that only the gateway and
    /// the workflow do.
    pub checks_reserves: bool,
    /// Reports that somebody holds.
    pub held: Vec<SignedReport>,
    dice: Dice,
}

/// A handle to the chain.
#[derive(Clone, Debug)]
pub struct SimChain(Arc<Mutex<State>>);

impl SimChain {
    /// A chain with some final blocks, whose time begins at `now` (unix seconds).
    #[must_use]
    pub fn new(now: u64, seed: u64) -> Self {
        let genesis = Block { hash: keccak256(seed.to_be_bytes()), timestamp: now, txs: Vec::new() };
        let state = State {
            blocks: vec![genesis],
            now,
            salt: seed,
            last_final: 0,
            endpoint: EndpointFault::None,
            refused: Vec::new(),
            is_paused: false,
            checks_reserves: true,
            held: Vec::new(),
            dice: Dice::new(seed),
        };
        let chain = Self(Arc::new(Mutex::new(state)));
        for _ in 0..FINAL_DEPTH + 2 {
            chain.state().mine();
        }
        chain
    }

    /// The chain's state, for as long as it is held.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The endpoint.
    #[must_use]
    pub fn provider(&self) -> RootProvider {
        RootProvider::new(RpcClient::new(self.clone(), true))
    }

    /// Which chain it is, and the contracts that a gateway is to believe.
    #[must_use]
    pub const fn identity() -> Identity {
        let contracts = Contracts { factory: FACTORY, forwarder: FORWARDER, lens: None, since: 0 };
        Identity { chain_id: 31_337, contracts, default_basket: Some((TOKEN, CONSUMER)) }
    }
}

impl State {
    /// Unix seconds.
    #[must_use]
    pub const fn now(&self) -> u64 {
        self.now
    }

    /// Lets time pass without a block.
    pub const fn pass_time(&mut self, seconds: u64) {
        self.now += seconds;
    }

    /// Makes a block.
    pub fn mine(&mut self) {
        self.now += 1;
        self.salt += 1;
        let hash = keccak256(format!("{}:{}", self.salt, self.blocks.len()));
        self.blocks.push(Block { hash, timestamp: self.now, txs: Vec::new() });
        self.last_final = self.last_final.max(self.head().saturating_sub(FINAL_DEPTH));
    }

    /// Number of the newest block.
    #[must_use]
    pub const fn head(&self) -> u64 {
        self.blocks.len() as u64 - 1
    }

    /// Drops up to `depth` blocks that are not final; their reports are in somebody's hands again.
    pub fn reorganise(&mut self, depth: u64) {
        for _ in 0..depth.min(self.head() - self.last_final) {
            if let Some(block) = self.blocks.pop() {
                self.held.extend(block.txs.into_iter().map(|tx| tx.report));
            }
        }
        self.mine();
    }

    /// Delivers a report in a new block; returns the transaction.
    pub fn deliver(&mut self, report: SignedReport) -> B256 {
        self.mine();
        let delivery = self.judge(&report);
        self.salt += 1;
        let hash = keccak256(format!("tx {} {}", self.salt, report.number));
        if let Some(block) = self.blocks.last_mut() {
            block.txs.push(Tx { hash, report, delivery });
        }
        hash
    }

    /// Delivers a proof of the reserves without orders, as an attestation on schedule does.
    pub fn attest(&mut self, proof: ReserveProof) {
        self.salt += 1;
        let (valid_until, number) = (self.now + 60, self.salt << 32);
        self.deliver(SignedReport { orders: Vec::new(), proof, valid_until, number });
    }

    /// The transactions up to a block, oldest first.
    pub(super) fn txs(&self, at: u64) -> impl Iterator<Item = &Tx> {
        let blocks = self.blocks.iter().take(usize::try_from(at).unwrap_or(usize::MAX).saturating_add(1));
        blocks.flat_map(|block| &block.txs)
    }

    fn answer(&mut self, method: &str, params: &Value) -> Option<Value> {
        let behind = match self.endpoint {
            EndpointFault::Dropping(percent) if self.dice.chance(percent) => return None,
            EndpointFault::Behind(blocks) => blocks,
            _ => 0,
        };
        let head = self.head().saturating_sub(behind).max(self.last_final);
        let last_final = self.last_final;
        let number = |tag: &Value| match tag.as_str() {
            Some("latest") | None => head,
            Some("finalized") => last_final,
            Some(hex) => quantity(hex).unwrap_or(u64::MAX),
        };
        Some(match method {
            "eth_chainId" => json!("0x7a69"),
            "eth_blockNumber" => json!(format!("{head:#x}")),
            "eth_getCode" => json!("0x01"),
            "eth_call" => json!(self.call(&params[0], number(&params[1]).min(self.head()))),
            "eth_getBlockByNumber" => self.block(number(&params[0]), head),
            "eth_getTransactionReceipt" => self.receipt(&params[0], head),
            "eth_getLogs" => {
                let (from, to) = (number(&params[0]["fromBlock"]), number(&params[0]["toBlock"]));
                json!(self.logs(&params[0], (from, to.min(head))))
            }
            _ => Value::Null,
        })
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

    pub(super) fn located(&self, (first, last): (u64, u64)) -> impl Iterator<Item = (u64, &Block, &Tx)> {
        let blocks = (0_u64..).zip(&self.blocks).filter(move |(number, _)| (first..=last).contains(number));
        blocks.flat_map(|(number, block)| block.txs.iter().map(move |tx| (number, block, tx)))
    }

    fn receipt(&self, hash: &Value, head: u64) -> Value {
        let found = self.located((0, head)).find(|(_, _, tx)| json!(tx.hash) == *hash);
        let Some((number, block, tx)) = found else { return Value::Null };
        let bloom = format!("0x{}", "00".repeat(256));
        json!({
            "type": "0x2", "status": "0x1", "cumulativeGasUsed": "0x1", "logs": written(number, block, tx),
            "logsBloom": bloom, "transactionHash": tx.hash, "transactionIndex": "0x0", "blockHash": block.hash,
            "blockNumber": format!("{number:#x}"), "gasUsed": "0x1", "effectiveGasPrice": "0x1",
            "from": Address::ZERO, "to": FORWARDER, "contractAddress": null,
        })
    }

    fn logs(&self, filter: &Value, blocks: (u64, u64)) -> Vec<Value> {
        let all = self.located(blocks).flat_map(|(number, block, tx)| written(number, block, tx));
        let is_wanted = |log: &Value| {
            fits(&filter["address"], &log["address"])
                && (0..3).all(|at| fits(&filter["topics"][at], &log["topics"][at]))
        };
        all.filter(is_wanted).collect()
    }
}

/// Whether a value is what a part of a filter asks for: one value, one of several, or any.
fn fits(wanted: &Value, value: &Value) -> bool {
    match wanted {
        Value::Null => true,
        Value::Array(any) => any.is_empty() || any.iter().any(|one| fits(one, value)),
        one => one == value,
    }
}

fn quantity(hex: &str) -> Option<u64> {
    u64::from_str_radix(hex.trim_start_matches("0x"), 16).ok()
}

fn written(number: u64, block: &Block, tx: &Tx) -> Vec<Value> {
    let with_place = |(index, (address, data)): (usize, &(Address, alloy::primitives::LogData))| {
        json!({
            "address": address, "topics": data.topics(), "data": data.data,
            "blockNumber": format!("{number:#x}"), "blockHash": block.hash, "transactionHash": tx.hash,
            "transactionIndex": "0x0", "logIndex": format!("{index:#x}"), "removed": false,
        })
    };
    tx.delivery.logs.iter().enumerate().map(with_place).collect()
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
