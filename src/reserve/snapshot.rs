//! What is known about a basket's reserves at one moment.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, U256};
use serde_json::Value;

use crate::chain::ReserveFigures;
use crate::domain::breaker::Breaker;
use crate::domain::coverage::Coverage;
use crate::domain::{BasketContracts, RefusalCode};
use crate::store::Reading;

/// A figure for the reserves of a basket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Base units.
    pub reserves: U256,
    /// The source's time, unix seconds.
    pub observed_at: u64,
    /// When the DON is known to have seen it, unix ms.
    pub seen_ms: i64,
}

/// What the last run said about the sources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceReport {
    /// Sources with class, time and code, as the run named them.
    pub sources: Vec<Value>,
    /// Sentences that belong into every answer.
    pub warnings: Vec<String>,
    /// Why they prove nothing, if they do not: code and sentence.
    pub refusal: Option<(RefusalCode, String)>,
    /// When the run ended, unix ms.
    pub at_ms: i64,
}

/// What is remembered of a basket between two looks; it may be lost at any time.
#[derive(Clone, Debug, Default)]
pub(super) struct Remembered {
    pub(super) contracts: Option<BasketContracts>,
    /// What the chain said last.
    pub(super) figures: Option<ReserveFigures>,
    /// When it said that, unix ms.
    pub(super) figures_ms: i64,
    /// Hash of the block that they are of, where it is known.
    pub(super) figures_of: Option<B256>,
    /// What a run said last.
    pub(super) run: Option<Proof>,
    pub(super) report: Option<SourceReport>,
    pub(super) attestations: BTreeMap<String, u64>,
    /// When its promises were counted last, unix ms, and which consumer it had then.
    pub(super) recounted_ms: i64,
    pub(super) recounted_for: Option<Address>,
    /// What was kept of it last.
    pub(super) reading: Option<Reading>,
}

impl Remembered {
    /// The newest figure; of two with one time, the lower.
    pub(super) fn proof(&self) -> Option<Proof> {
        let feed = self.figures.filter(|figures| figures.observed_at > 0).map(|figures| Proof {
            reserves: figures.reserves,
            observed_at: figures.observed_at,
            seen_ms: i64::try_from(figures.observed_at).unwrap_or(i64::MAX).saturating_mul(1000),
        });
        match (feed, self.run) {
            (Some(feed), Some(run)) if feed.observed_at == run.observed_at => {
                Some(Proof { reserves: feed.reserves.min(run.reserves), ..run })
            }
            (Some(feed), Some(run)) => Some(if feed.observed_at > run.observed_at { feed } else { run }),
            (feed, run) => feed.or(run),
        }
    }
}

/// Everything about a basket's reserves at one moment.
#[derive(Clone, Debug)]
pub struct BasketReserves {
    /// Its contracts.
    pub contracts: BasketContracts,
    /// Supply and last round.
    pub figures: ReserveFigures,
    /// The newest figure, if there ever was one.
    pub proof: Option<Proof>,
    /// What is owned and owed.
    pub coverage: Coverage,
    /// Its breaker.
    pub breaker: Breaker,
    /// What the last run said about the sources.
    pub report: Option<SourceReport>,
    /// Scheduled attestations since the start of this process, by how they ended.
    pub attestations: BTreeMap<String, u64>,
}

/// The same as far as it is known without asking the chain.
#[derive(Clone, Debug)]
pub struct KnownReserves {
    /// What is known.
    pub now: BasketReserves,
    /// When the chain said it, unix ms.
    pub read_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(observed_at: u64, reserves: u64) -> ReserveFigures {
        ReserveFigures {
            block: 1,
            supply: U256::ZERO,
            token_supply: U256::ZERO,
            is_paused: false,
            round: 1,
            reserves: U256::from(reserves),
            observed_at,
            consumer: Address::ZERO,
        }
    }

    fn remembered(feed: Option<(u64, u64)>, run: Option<(u64, u64)>) -> Remembered {
        Remembered {
            figures: feed.map(|(observed_at, reserves)| figures(observed_at, reserves)),
            run: run.map(|(observed_at, reserves)| Proof {
                reserves: U256::from(reserves),
                observed_at,
                seen_ms: 77,
            }),
            ..Remembered::default()
        }
    }

    #[test]
    fn proof_is_the_newest_figure_and_of_two_the_lower() {
        for (feed, run, expected) in [
            (None, None, None),
            (Some((0, 0)), None, None),
            (Some((5, 50)), None, Some((5, 50))),
            (None, Some((6, 60)), Some((6, 60))),
            (Some((5, 50)), Some((6, 60)), Some((6, 60))),
            (Some((7, 70)), Some((6, 60)), Some((7, 70))),
            (Some((6, 70)), Some((6, 60)), Some((6, 60))),
            (Some((6, 50)), Some((6, 60)), Some((6, 50))),
        ] {
            let proof = remembered(feed, run).proof();
            let found = proof.map(|proof| (proof.observed_at, proof.reserves));
            assert_eq!(found, expected.map(|(at, reserves)| (at, U256::from(reserves))), "{feed:?} {run:?}");
        }
        assert_eq!(remembered(Some((5, 50)), None).proof().map(|proof| proof.seen_ms), Some(5_000));
        assert_eq!(remembered(Some((6, 50)), Some((6, 60))).proof().map(|proof| proof.seen_ms), Some(77));
    }
}
