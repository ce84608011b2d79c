//! What the chain says about a basket's reserves: supply, proof, rounds, and the logs that a monitor follows.

use std::sync::atomic::Ordering;

use alloy::eips::BlockId;
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::providers::{Provider, RootProvider};
use alloy::rpc::types::{Filter, Log, TransactionRequest};
use alloy::sol;
use alloy::sol_types::{SolConstructor, SolEvent, SolValue};
use serde::{Deserialize, Serialize};

use super::bindings::{BasketFigures, LiabilityLedger, PausePolicy, StablecoinERC20};
use super::calls::call;
use super::client::Chain;
use super::logs::LogSearch;
use super::rpc::ChainError;
use crate::domain::BasketContracts;

/// Rounds that one question for a feed's whole past may bring.
const ROUNDS_AT_ONCE_MAX: u64 = 1_000;
/// Blocks of one question for the newest rounds of a feed with a longer past, and most such questions.
const ROUND_BLOCKS: u64 = 5_000;
const ROUND_QUESTIONS_MAX: usize = 40;
/// Baskets of one call: its answer may be no longer than a contract's code.
const BASKETS_AT_ONCE: usize = 64;

/// Supply, proof and pause of a basket in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReserveFigures {
    /// The block.
    pub block: u64,
    /// The liability, base units: everything issued and neither redeemed nor written off.
    pub supply: U256,
    /// The token's supply on this chain, base units; less than the liability by what a bridge has taken elsewhere.
    pub token_supply: U256,
    /// Whether the pause policy is on.
    pub is_paused: bool,
    /// The feed's last round; 0 = none yet.
    pub round: u64,
    /// The reserves in that round, base units.
    pub reserves: U256,
    /// The source's time of that round, unix seconds.
    pub observed_at: u64,
    /// The consumer that mints now.
    pub consumer: Address,
}

/// One round of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    /// Its number.
    pub round: u64,
    /// Base units.
    pub reserves: U256,
    /// The source's time, unix seconds.
    pub observed_at: u64,
    /// Its block.
    pub block: Option<u64>,
    /// Its transaction.
    pub tx: Option<B256>,
}

sol! {
    /// What a basket owns and owes, as the contract `BasketFigures` answers it.
    struct FiguresOfBasket {
        uint256 liability;
        uint256 tokenSupply;
        uint256 reserves;
        uint64 observedAt;
        uint80 round;
        address writer;
        bool paused;
    }
}

impl Chain {
    /// Supply, proof and pause of these baskets in a block: one call for up to 64 of them.
    pub async fn reserve_figures(
        &self,
        baskets: &[BasketContracts],
        block: u64,
    ) -> Result<Vec<ReserveFigures>, ChainError> {
        let mut figures = Vec::with_capacity(baskets.len());
        for part in baskets.chunks(BASKETS_AT_ONCE) {
            let read = self
                .believed()?
                .agree(|provider| async move { self.figures_at(&provider, part, block).await });
            figures.extend(read.await?);
        }
        for (basket, figures) in baskets.iter().zip(&figures) {
            self.hear_consumer(basket.stablecoin, figures.consumer);
        }
        Ok(figures)
    }

    /// The figures from one endpoint: in one call, or basket by basket where it does not run code that is nowhere.
    async fn figures_at(
        &self,
        provider: &RootProvider,
        baskets: &[BasketContracts],
        block: u64,
    ) -> Result<Vec<ReserveFigures>, ChainError> {
        if !self.runs_no_lens.load(Ordering::Relaxed) {
            match figures_together(provider, baskets, block).await {
                Err(ChainError::Refused(_) | ChainError::Nonsense(_)) => {}
                read => return read,
            }
        }
        let read = baskets.iter().map(|basket| figures_alone(provider, basket, block));
        let read = futures_util::future::try_join_all(read).await?;
        self.runs_no_lens.store(true, Ordering::Relaxed);
        Ok(read)
    }

    /// The newest rounds of a feed up to the figures's, newest first and at most `limit`. A feed with a long past is
    /// followed back over a bounded number of blocks only.
    pub async fn rounds(
        &self,
        contracts: &BasketContracts,
        figures: &ReserveFigures,
        limit: usize,
    ) -> Result<Vec<Round>, ChainError> {
        if figures.round == 0 {
            return Ok(Vec::new());
        }
        let topic = LiabilityLedger::AnswerUpdated::SIGNATURE_HASH;
        let filter = Filter::new().address(contracts.ledger).event_signature(topic);
        let (filter, latest, blocks) = (&filter, figures.round, (self.contracts()?.since, figures.block));
        let enough = limit.min(usize::try_from(latest).unwrap_or(usize::MAX));
        // The feed counts its rounds: where they are few, one question cannot bring too many of them.
        let width = if latest <= ROUNDS_AT_ONCE_MAX { u64::MAX } else { ROUND_BLOCKS };
        let found = self.believed()?.first(|provider| async move {
            let search = LogSearch { provider: &provider, filter, span: &self.log_span };
            Ok(search.newest(blocks, enough, (width, ROUND_QUESTIONS_MAX)).await?.0)
        });
        Ok(found.await?.iter().rev().take(limit).filter_map(round).collect())
    }

    /// Logs of these contracts with one of these events, and of all mints of these tokens, in a range of blocks.
    pub async fn basket_logs(&self, wanted: &BasketLogs, blocks: (u64, u64)) -> Result<Vec<Log>, ChainError> {
        let (general, created) = wanted.filters();
        let (general, created, span) = (&general, &created, &self.log_span);
        self.believed()?
            .agree(|provider| async move {
                let search = |filter| LogSearch { provider: &provider, filter, span };
                let mut found = search(general).between(blocks).await?;
                found.extend(search(created).between(blocks).await?);
                Ok(found)
            })
            .await
    }

    /// The same logs of one block, by its hash: who does not have the block says so.
    pub async fn basket_logs_of(&self, wanted: &BasketLogs, block: B256) -> Result<Vec<Log>, ChainError> {
        let filter = &wanted.in_one().at_block_hash(block);
        let logs = self.believed()?.agree(|provider| async move { Ok(provider.get_logs(filter).await?) });
        Ok(logs.await?.into_iter().filter(|log| wanted.wants(log)).collect())
    }
}

/// Which logs of baskets are wanted.
#[derive(Clone, Debug)]
pub struct BasketLogs {
    /// The contracts.
    pub contracts: Vec<Address>,
    /// Their events.
    pub events: Vec<B256>,
    /// Tokens of which every mint is wanted.
    pub tokens: Vec<Address>,
}

impl BasketLogs {
    fn filters(&self) -> (Filter, Filter) {
        let general = Filter::new().address(self.contracts.clone()).event_signature(self.events.clone());
        let created = Filter::new()
            .address(self.tokens.clone())
            .event_signature(StablecoinERC20::Transfer::SIGNATURE_HASH)
            .topic1(B256::ZERO);
        (general, created)
    }

    /// All of them, and every other transfer of the contracts: few enough in one block.
    fn in_one(&self) -> Filter {
        let mut contracts = self.contracts.clone();
        contracts.extend(&self.tokens);
        let mut events = self.events.clone();
        events.push(StablecoinERC20::Transfer::SIGNATURE_HASH);
        Filter::new().address(contracts).event_signature(events)
    }

    fn wants(&self, log: &Log) -> bool {
        let created = [StablecoinERC20::Transfer::SIGNATURE_HASH, B256::ZERO];
        let (address, topics) = (log.address(), log.topics());
        let is_general = |event: &B256| self.events.contains(event) && self.contracts.contains(&address);
        topics.first().is_some_and(is_general)
            || topics.starts_with(&created) && self.tokens.contains(&address)
    }
}

async fn figures_together(
    provider: &RootProvider,
    baskets: &[BasketContracts],
    block: u64,
) -> Result<Vec<ReserveFigures>, ChainError> {
    let parts = baskets.iter().map(|basket| BasketFigures::BasketParts {
        ledger: basket.ledger,
        stablecoin: basket.stablecoin,
        pausePolicy: basket.pause_policy,
    });
    let arguments = BasketFigures::constructorCall { baskets: parts.collect() }.abi_encode();
    let code = [BasketFigures::BYTECODE.as_ref(), arguments.as_slice()].concat();
    let request = TransactionRequest::default().input(Bytes::from(code).into());
    let answer = provider.call(request).block(BlockId::number(block)).await?;
    let read = <Vec<FiguresOfBasket>>::abi_decode(&answer)
        .map_err(|error| ChainError::nonsense(&error.to_string()))?;
    if read.len() != baskets.len() {
        return Err(ChainError::nonsense("another number of figures than of baskets"));
    }
    let figures = |read: FiguresOfBasket| ReserveFigures {
        block,
        supply: read.liability,
        token_supply: read.tokenSupply,
        is_paused: read.paused,
        round: u64::try_from(read.round).unwrap_or(u64::MAX),
        reserves: read.reserves,
        observed_at: read.observedAt,
        consumer: read.writer,
    };
    Ok(read.into_iter().map(figures).collect())
}

async fn figures_alone(
    provider: &RootProvider,
    contracts: &BasketContracts,
    block: u64,
) -> Result<ReserveFigures, ChainError> {
    let at = BlockId::number(block);
    let (supply, proof, token_supply, is_paused, consumer) = tokio::try_join!(
        call(provider, contracts.ledger, &LiabilityLedger::liabilityCall {}, at),
        call(provider, contracts.ledger, &LiabilityLedger::latestProofCall {}, at),
        call(provider, contracts.stablecoin, &StablecoinERC20::totalSupplyCall {}, at),
        call(provider, contracts.pause_policy, &PausePolicy::s_pausedCall {}, at),
        call(provider, contracts.ledger, &LiabilityLedger::writerCall {}, at),
    )?;
    let round = match proof.observedAt {
        // A feed without any round refuses the question.
        0 => 0,
        _ => {
            let ask = LiabilityLedger::latestRoundDataCall {};
            u64::try_from(call(provider, contracts.ledger, &ask, at).await?._0).unwrap_or(u64::MAX)
        }
    };
    let (reserves, observed_at) = (proof.amount, proof.observedAt);
    Ok(ReserveFigures { block, supply, token_supply, is_paused, round, reserves, observed_at, consumer })
}

fn round(log: &Log) -> Option<Round> {
    let event = LiabilityLedger::AnswerUpdated::decode_log(&log.inner).ok()?;
    Some(Round {
        round: u64::try_from(event.roundId).ok()?,
        reserves: U256::try_from(event.current).ok()?,
        observed_at: u64::try_from(event.updatedAt).ok()?,
        block: log.block_number,
        tx: log.transaction_hash,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use alloy::sol_types::private::IntoLogData;
    use axum::extract::State;
    use axum::{Json, Router};
    use serde_json::{Value, json};

    use super::*;
    use crate::base::secret::SecretUrl;
    use crate::chain::{Contracts, Endpoints, Identity};

    /// An endpoint with one round in each of these blocks that refuses wide questions, and the questions it was asked.
    #[derive(Clone)]
    struct Narrow {
        blocks: Vec<u64>,
        asked: Arc<Mutex<Vec<(u64, u64)>>>,
    }

    async fn answer(State(narrow): State<Narrow>, Json(question): Json<Value>) -> Json<Value> {
        let bound = |name: &str| {
            let text = question["params"][0][name].as_str().expect("a bound");
            u64::from_str_radix(text.trim_start_matches("0x"), 16).expect("a number")
        };
        let (from, to) = (bound("fromBlock"), bound("toBlock"));
        narrow.asked.lock().expect("a lock").push((from, to));
        if to - from >= 5_000 {
            let error = json!({ "code": -32_602, "message": "too wide" });
            return Json(json!({ "jsonrpc": "2.0", "id": question["id"], "error": error }));
        }
        let rounds = narrow.blocks.iter().zip(1_u64..).filter(|(block, _)| (from..=to).contains(*block));
        let logs: Vec<Value> = rounds.map(|(block, round)| log(*block, round)).collect();
        Json(json!({ "jsonrpc": "2.0", "id": question["id"], "result": logs }))
    }

    fn log(block: u64, round: u64) -> Value {
        let event = LiabilityLedger::AnswerUpdated {
            current: alloy::primitives::I256::unchecked_from(round * 100),
            roundId: U256::from(round),
            updatedAt: U256::from(round * 10),
        };
        let data = event.to_log_data();
        json!({
            "address": Address::ZERO, "topics": data.topics(), "data": data.data,
            "blockNumber": format!("{block:#x}"), "blockHash": B256::ZERO, "transactionHash": B256::ZERO,
            "transactionIndex": "0x0", "logIndex": "0x0", "removed": false,
        })
    }

    async fn rounds(blocks: &[u64], head: u64, limit: usize) -> (Vec<u64>, Vec<(u64, u64)>) {
        // The client of another test may have installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let narrow = Narrow { blocks: blocks.to_vec(), asked: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = SecretUrl::new(format!("http://{}", listener.local_addr().expect("an address")));
        let router = Router::new().fallback(answer).with_state(narrow.clone());
        #[expect(clippy::disallowed_methods, reason = "the server lives as long as the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        let none = Address::ZERO;
        let contracts = Contracts { factory: none, forwarder: none, lens: None, since: 0 };
        let identity = Identity { chain_id: 1, contracts, default_basket: None };
        let chain = Chain::new(Endpoints::new(&[url]).expect("an endpoint"), identity, None);
        let contracts = BasketContracts { decimals: 18, ..BasketContracts::default() };
        let figures = ReserveFigures {
            block: head,
            supply: U256::ZERO,
            token_supply: U256::ZERO,
            is_paused: false,
            round: blocks.len() as u64,
            reserves: U256::ZERO,
            observed_at: 0,
            consumer: Address::ZERO,
        };
        let found = chain.rounds(&contracts, &figures, limit).await.expect("rounds");
        let asked = narrow.asked.lock().expect("a lock").clone();
        (found.iter().map(|round| round.round).collect(), asked)
    }

    #[tokio::test]
    async fn feed_rounds_are_looked_for_backwards_within_bounds() {
        let whole = (0, 900);
        assert_eq!(rounds(&[10, 20], 900, 100).await, (vec![2, 1], vec![whole]), "one question does");
        assert_eq!(rounds(&[10, 20], 900, 1).await.0, [2], "newest first");
        assert_eq!(rounds(&[], 900, 100).await, (vec![], vec![]), "a feed without rounds is not asked");

        let (found, asked) = rounds(&[2_500, 9_000, 16_000], 20_000, 100).await;
        assert_eq!(found, [3, 2, 1]);
        let steps =
            [(0, 20_000), (10_001, 20_000), (15_001, 20_000), (10_001, 15_000), (5_001, 10_000), (1, 5_000)];
        assert_eq!(
            asked, steps,
            "halved until it passes, and no wider from then on, until the first round is found"
        );
        let (found, asked) = rounds(&[2_500, 9_000, 16_000], 20_000, 1).await;
        assert_eq!((found, asked.len()), (vec![3], 3), "no more than asked for");

        let (found, asked) = rounds(&[5, 999_000], 1_000_000, 100).await;
        assert_eq!((found, asked.len()), (vec![2], 48), "a bounded way back");
        let many: Vec<u64> = (1..=1_001).collect();
        let (found, asked) = rounds(&many, 9_000, 3).await;
        assert_eq!((found, asked), (vec![1_001, 1_000, 999], vec![(4_001, 9_000), (0, 4_000)]));
    }
}
