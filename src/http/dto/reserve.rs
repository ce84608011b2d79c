//! `GET /reserves`, `GET /reserves/{basket}` and `GET /transparency/{basket}`.

use std::collections::BTreeMap;

use alloy::primitives::U256;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::base::money::whole_tokens;
use crate::base::wire::{AddressText, HashText, Timestamp, TokenAmount};
use crate::chain::Round;
use crate::domain::breaker::{Breaker, BreakerState, Reason};
use crate::reserve::BasketReserves;

/// The figures of every followed basket.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReserveList {
    /// One entry for each basket.
    pub reserves: Vec<ReserveAnswer>,
}

/// The figures of a basket.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReserveAnswer {
    /// Its token.
    pub stablecoin_address: AddressText,
    /// Its minting consumer.
    pub minting_consumer_address: AddressText,
    /// The newest figure for what backs it; null when there never was one.
    #[schema(required = true)]
    pub reserves: Option<TokenAmount>,
    /// The source's time of that figure.
    #[schema(required = true)]
    pub observed_at: Option<Timestamp>,
    /// Issued minus redeemed, on whatever chain the tokens are.
    pub liability: TokenAmount,
    /// Where the tokens are.
    pub supply: Vec<ChainSupply>,
    /// Supply of the token beyond the liability.
    pub unexplained_supply: TokenAmount,
    /// Promised, not minted yet, to all accounts together.
    pub reserved: TokenAmount,
    /// What may still be promised; null until the reserves are proven for the first time.
    #[schema(required = true)]
    pub headroom: Option<TokenAmount>,
    /// Part of the reserves that may be issued against, in basis points.
    pub margin_bps: u64,
    /// Reserves by liability; null when nothing is issued.
    #[schema(required = true, pattern = r"^[0-9]+\.[0-9]{4}$", examples("1.0523"))]
    pub collateral_ratio: Option<String>,
    /// What lets mints pass, or not.
    pub breaker: BreakerAnswer,
    /// What each reserve source said in the last run.
    pub sources: Vec<SourceAnswer>,
    /// Sentences about them that people should read.
    pub warnings: Vec<String>,
    /// Why the sources proved nothing in the last run, if so.
    #[schema(required = true)]
    pub refusal: Option<ReserveRefusal>,
    /// When the last run ended.
    #[schema(required = true)]
    pub last_run_at: Option<Timestamp>,
    /// The reserve feed on chain.
    pub feed: FeedAnswer,
    /// The block of the figures.
    pub block_number: u64,
}

/// The figures of a basket, with the history of its feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReserveHistory {
    /// The figures.
    #[serde(flatten)]
    pub now: ReserveAnswer,
    /// The newest rounds of the feed, newest first.
    pub history: Vec<PastRound>,
}

/// Tokens on one chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChainSupply {
    /// The chain by its CAIP-2 name, or `elsewhere`: what a bridge has taken away or has on its way.
    #[schema(examples("eip155:11155111", "elsewhere"))]
    pub chain: String,
    /// How much.
    pub amount: TokenAmount,
}

/// A breaker.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BreakerAnswer {
    /// Whether mints pass.
    pub state: BreakerStateAnswer,
    /// Why it is not closed: a stable word, and a sentence.
    #[schema(value_type = BTreeMap<String, String>)]
    pub reasons: BTreeMap<Reason, String>,
    /// Since when it is in this state.
    #[schema(required = true)]
    pub since: Option<Timestamp>,
    /// The mint that is the probe; null also where that is another account's.
    #[schema(required = true)]
    pub probe: Option<Uuid>,
    /// Answers of the reserve source in a row that proved nothing.
    pub bad_answers: u32,
}

/// Whether mints pass.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = BreakerState)]
pub enum BreakerStateAnswer {
    /// All of them.
    Closed,
    /// None.
    Open,
    /// One, as a probe.
    HalfOpen,
}

impl From<BreakerState> for BreakerStateAnswer {
    fn from(state: BreakerState) -> Self {
        match state {
            BreakerState::Closed => Self::Closed,
            BreakerState::Open => Self::Open,
            BreakerState::HalfOpen => Self::HalfOpen,
        }
    }
}

impl From<Breaker> for BreakerAnswer {
    fn from(breaker: Breaker) -> Self {
        Self {
            state: breaker.state.into(),
            since: (breaker.since_ms > 0).then(|| Timestamp::of_ms(breaker.since_ms)),
            reasons: breaker.reasons,
            probe: breaker.probe,
            bad_answers: breaker.bad_answers,
        }
    }
}

/// What a reserve source said.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SourceAnswer {
    /// Its name.
    pub name: String,
    /// What kind of backing it speaks of.
    pub class: String,
    /// The form of its answers.
    pub dialect: String,
    /// Its figure; null when it gave none.
    #[schema(required = true)]
    pub amount: Option<TokenAmount>,
    /// Its own time of that figure.
    #[schema(required = true)]
    pub observed_at: Option<Timestamp>,
    /// How old that figure is.
    #[schema(required = true)]
    pub age_seconds: Option<u64>,
    /// Why it proves nothing; empty when it does.
    pub code: String,
    /// The same, more exactly.
    pub word: String,
}

/// A source in the words of the workflow's result: base units, and unix seconds.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ReportedSource {
    name: String,
    class: String,
    dialect: String,
    amount: String,
    observed_at: u64,
    code: String,
    word: String,
}

impl ReportedSource {
    fn read(source: &Value) -> Self {
        Self::deserialize(source).unwrap_or_default()
    }

    fn base_units(&self) -> Option<U256> {
        U256::from_str_radix(&self.amount, 10).ok().filter(|_| !self.amount.is_empty())
    }
}

/// Why the reserve sources proved nothing.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReserveRefusal {
    /// A stable word.
    pub code: String,
    /// A sentence.
    pub reason: String,
}

/// A reserve feed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedAnswer {
    /// Its address.
    pub address: AddressText,
    /// Its last round; null before the first.
    #[schema(required = true)]
    pub latest_round: Option<FeedRound>,
}

/// A round of a reserve feed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedRound {
    /// Its number.
    pub round: u64,
    /// The reserves.
    pub reserves: TokenAmount,
    /// The source's time.
    pub observed_at: Timestamp,
}

/// A round of a reserve feed, and where it was written.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PastRound {
    /// The round.
    #[serde(flatten)]
    pub round: FeedRound,
    /// Its block.
    #[schema(required = true)]
    pub block_number: Option<u64>,
    /// Its transaction.
    #[schema(required = true)]
    pub tx: Option<HashText>,
}

impl PastRound {
    /// Shows a round of a feed with these decimals.
    #[must_use]
    pub fn of(round: &Round, decimals: u8) -> Self {
        Self {
            round: FeedRound {
                round: round.round,
                reserves: TokenAmount(whole_tokens(round.reserves, decimals)),
                observed_at: Timestamp::of_seconds(round.observed_at),
            },
            block_number: round.block,
            tx: round.tx.map(HashText),
        }
    }
}

impl ReserveAnswer {
    /// Shows the figures of a basket.
    #[must_use]
    pub fn of(basket: BasketReserves, chain_id: u64, now_seconds: u64) -> Self {
        let supply = places(&basket, chain_id);
        let BasketReserves { contracts, figures, proof, coverage, breaker, report, .. } = basket;
        let amount = |base_units| TokenAmount(whole_tokens(base_units, contracts.decimals));
        let report = report.unwrap_or_default();
        let sources = report.sources.iter().map(|source| {
            let source = ReportedSource::read(source);
            let observed_at = Some(source.observed_at).filter(|seconds| *seconds > 0);
            SourceAnswer {
                amount: source.base_units().map(amount),
                observed_at: observed_at.map(Timestamp::of_seconds),
                age_seconds: observed_at.map(|seconds| now_seconds.saturating_sub(seconds)),
                name: source.name,
                class: source.class,
                dialect: source.dialect,
                code: source.code,
                word: source.word,
            }
        });
        Self {
            stablecoin_address: AddressText(contracts.stablecoin),
            minting_consumer_address: AddressText(contracts.consumer),
            reserves: proof.map(|proof| amount(proof.reserves)),
            observed_at: proof.map(|proof| Timestamp::of_seconds(proof.observed_at)),
            liability: amount(coverage.supply),
            supply: supply
                .into_iter()
                .map(|(chain, units)| ChainSupply { chain, amount: amount(units) })
                .collect(),
            unexplained_supply: amount(figures.token_supply.saturating_sub(figures.supply)),
            reserved: amount(coverage.reserved),
            headroom: proof.map(|_| amount(coverage.headroom())),
            margin_bps: coverage.margin_bps,
            collateral_ratio: coverage.ratio_bps().map(|bps| format!("{}.{:04}", bps / 10_000, bps % 10_000)),
            breaker: breaker.into(),
            sources: sources.collect(),
            warnings: report.warnings,
            refusal: report
                .refusal
                .map(|(code, reason)| ReserveRefusal { code: code.name().to_owned(), reason }),
            last_run_at: (report.at_ms > 0).then(|| Timestamp::of_ms(report.at_ms)),
            feed: FeedAnswer {
                address: AddressText(contracts.ledger),
                latest_round: (figures.round > 0).then(|| FeedRound {
                    round: figures.round,
                    reserves: amount(figures.reserves),
                    observed_at: Timestamp::of_seconds(figures.observed_at),
                }),
            },
            block_number: figures.block,
        }
    }
}

/// Where the tokens are, counted once: on this chain, and what a bridge has taken elsewhere or has on its way. Together
/// they are the liability, unless this chain alone has more than that.
fn places(basket: &BasketReserves, chain_id: u64) -> [(String, U256); 2] {
    let here = basket.figures.token_supply;
    let elsewhere = basket.figures.supply.saturating_sub(here);
    [(format!("eip155:{chain_id}"), here), ("elsewhere".to_owned(), elsewhere)]
}

/// Who holds what, and what is issued, as Bridge publishes it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transparency)]
pub struct TransparencyAnswer {
    /// What backs the tokens.
    pub accounts: Vec<BackingAccount>,
    /// Where the tokens are.
    pub supply: Vec<PublishedSupply>,
}

/// Money that backs the tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct BackingAccount {
    /// What kind of money; `attested` where the source does not break it down.
    pub asset_class: String,
    /// Always `usd`.
    pub currency: &'static str,
    /// How much.
    pub amount: TokenAmount,
}

/// Tokens on one chain, as Bridge publishes them.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedSupply {
    /// The chain by its CAIP-2 name, or `elsewhere`.
    pub chain: String,
    /// The token's symbol.
    pub currency: String,
    /// How much.
    pub amount: TokenAmount,
}

impl TransparencyAnswer {
    /// Shows what backs the token with this symbol.
    #[must_use]
    pub fn of(basket: &BasketReserves, chain_id: u64, symbol: &str) -> Self {
        let amount = |base_units| TokenAmount(whole_tokens(base_units, basket.contracts.decimals));
        let account =
            |asset_class, units| BackingAccount { asset_class, currency: "usd", amount: amount(units) };
        let sources = basket.report.iter().flat_map(|report| &report.sources).map(ReportedSource::read);
        let mut accounts: Vec<_> = sources
            .filter_map(|source| Some((source.base_units()?, source.class)))
            .map(|(units, class)| account(class, units))
            .collect();
        if accounts.is_empty() {
            accounts.push(account("attested".to_owned(), basket.coverage.reserves));
        }
        let supply = places(basket, chain_id).into_iter().map(|(chain, units)| PublishedSupply {
            chain,
            currency: symbol.to_owned(),
            amount: amount(units),
        });
        Self { accounts, supply: supply.collect() }
    }
}
