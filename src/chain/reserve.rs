//! What the chain says about a basket's reserves: supply, proof, rounds, and the logs that a monitor follows.

use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::primitives::{Address, B256, U256};
use alloy::providers::{Provider, RootProvider};
use alloy::rpc::types::{Filter, Log};
use alloy::sol_types::SolEvent;
use serde::Serialize;

use super::{BasketFactory, Chain, ChainError, LOG_CHUNK_BLOCKS, MintingConsumerWithACE, ReserveFeed};
use super::{StablecoinERC20, call, logs};

/// The contracts of one basket that a monitor looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The token.
    pub stablecoin: Address,
    /// The minting consumer.
    pub consumer: Address,
    /// The reserve feed.
    pub feed: Address,
    /// The policy engine.
    pub engine: Address,
    /// The policy that pauses minting.
    pub pause_policy: Address,
    /// What puts policies into force.
    pub policy_switch: Address,
    /// Decimals of the token and of the feed.
    pub decimals: u8,
}

/// Supply and proof of a basket in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The block.
    pub block: u64,
    /// Issued minus redeemed, base units.
    pub supply: U256,
    /// The feed's last round; 0 = none yet.
    pub round: u64,
    /// The reserves in that round, base units.
    pub reserves: U256,
    /// The source's time of that round, unix seconds.
    pub observed_at: u64,
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

impl Chain {
    /// The contracts of a basket; `None` when the factory did not create it.
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike.
    pub async fn parts(&self, consumer: Address) -> Result<Option<Parts>, ChainError> {
        let factory = self.contracts().factory;
        self.endpoints
            .agree(|provider| async move {
                let ask = BasketFactory::basketOfCall { mintingConsumer: consumer };
                let basket = match call(&provider, factory, &ask, BlockId::latest()).await {
                    Ok(basket) if basket.mintingConsumer == consumer => basket,
                    Ok(_) | Err(ChainError::Refused) => return Ok(None),
                    Err(error) => return Err(error),
                };
                let ask = StablecoinERC20::decimalsCall {};
                let decimals = call(&provider, basket.stablecoin, &ask, BlockId::latest()).await?;
                Ok(Some(Parts {
                    stablecoin: basket.stablecoin,
                    consumer,
                    feed: basket.reserveFeed,
                    engine: basket.policyEngine,
                    pause_policy: basket.pausePolicy,
                    policy_switch: basket.policySwitch,
                    decimals,
                }))
            })
            .await
    }

    /// Supply and proof of a basket in the newest block.
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike.
    pub async fn position(&self, parts: &Parts) -> Result<Position, ChainError> {
        let block = self.head().await?.number;
        let (consumer, feed) = (parts.consumer, parts.feed);
        self.endpoints
            .agree(|provider| async move {
                let at = BlockId::number(block);
                let supply = MintingConsumerWithACE::totalSupplyCall {};
                let proof = ReserveFeed::latestProofCall {};
                let (supply, proof) =
                    tokio::join!(call(&provider, consumer, &supply, at), call(&provider, feed, &proof, at));
                let (supply, proof) = (supply?, proof?);
                let round = match proof.observedAt {
                    // A feed without any round refuses the question.
                    0 => 0,
                    _ => {
                        let ask = ReserveFeed::latestRoundDataCall {};
                        let answer = call(&provider, feed, &ask, at).await?;
                        u64::try_from(answer._0).unwrap_or(u64::MAX)
                    }
                };
                Ok(Position { block, supply, round, reserves: proof.amount, observed_at: proof.observedAt })
            })
            .await
    }

    /// The newest rounds of a feed, newest first.
    ///
    /// # Errors
    /// When no endpoint answers.
    pub async fn rounds(&self, feed: Address, limit: usize) -> Result<Vec<Round>, ChainError> {
        let filter = Filter::new().address(feed).event_signature(ReserveFeed::AnswerUpdated::SIGNATURE_HASH);
        let filter = &filter;
        let found = self.endpoints.first(|provider| async move { logs(&provider, filter.clone(), 0).await });
        let rounds = found.await?.into_iter().rev().take(limit).filter_map(|log| {
            let event = ReserveFeed::AnswerUpdated::decode_log(&log.inner).ok()?;
            Some(Round {
                round: u64::try_from(event.roundId).ok()?,
                reserves: U256::try_from(event.current).ok()?,
                observed_at: u64::try_from(event.updatedAt).ok()?,
                block: log.block_number,
                tx: log.transaction_hash,
            })
        });
        Ok(rounds.collect())
    }

    /// The token's symbol.
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike.
    pub async fn symbol(&self, stablecoin: Address) -> Result<String, ChainError> {
        self.endpoints
            .agree(|provider| async move {
                call(&provider, stablecoin, &StablecoinERC20::symbolCall {}, BlockId::latest()).await
            })
            .await
    }

    /// Logs of these contracts with one of these events, and of all mints of these tokens, in a range of blocks.
    ///
    /// # Errors
    /// When no majority of the endpoints answers alike.
    pub async fn happenings(
        &self,
        contracts: &[Address],
        events: &[B256],
        tokens: &[Address],
        blocks: (u64, u64),
    ) -> Result<Vec<Log>, ChainError> {
        let general = Filter::new().address(contracts.to_vec()).event_signature(events.to_vec());
        let created = Filter::new()
            .address(tokens.to_vec())
            .event_signature(StablecoinERC20::Transfer::SIGNATURE_HASH)
            .topic1(B256::ZERO);
        let (general, created) = (&general, &created);
        self.endpoints
            .agree(|provider| async move {
                let mut found = range(&provider, general, blocks).await?;
                found.extend(range(&provider, created, blocks).await?);
                Ok(found)
            })
            .await
    }
}

async fn range(
    provider: &RootProvider,
    filter: &Filter,
    (first, last): (u64, u64),
) -> Result<Vec<Log>, ChainError> {
    let mut found = Vec::new();
    let mut from = first;
    while from <= last {
        let to = last.min(from.saturating_add(LOG_CHUNK_BLOCKS - 1));
        let part = filter.clone().from_block(from).to_block(BlockNumberOrTag::Number(to));
        found.extend(provider.get_logs(&part).await?);
        from = to + 1;
    }
    Ok(found)
}
