//! Keeps what a basket owns and owes by time, so that somebody can look at it later.

use crate::chain::ReserveFigures;
use crate::domain::BasketContracts;
use crate::reserve::guard::ReserveGuard;
use crate::store::{Reading, StoreError};

/// After this time a figure that has not moved is kept again: it was still read.
const QUIET_MS: i64 = 600_000;
const HOUR_MS: i64 = 3_600_000;

/// Keeps what was read of a basket, if it says anything new; the older ones are thinned out every hour.
pub(super) async fn keep_reading(
    guard: &ReserveGuard,
    contracts: &BasketContracts,
    figures: &ReserveFigures,
) -> Result<(), StoreError> {
    let reserves = guard.proof(contracts.stablecoin).map(|proof| proof.reserves);
    let reading = Reading { at_ms: guard.clock.now_ms(), reserves, liability: figures.supply };
    let last = guard.last_reading(contracts.stablecoin);
    if last.is_some_and(|last| says_the_same(&last, &reading)) {
        return Ok(());
    }
    guard.store.keep_reading(contracts.stablecoin, &reading).await?;
    guard.note_reading(contracts.stablecoin, reading);
    if last.is_none_or(|last| last.at_ms / HOUR_MS != reading.at_ms / HOUR_MS) {
        guard.store.thin_readings(contracts.stablecoin, reading.at_ms).await?;
    }
    Ok(())
}

fn says_the_same(last: &Reading, next: &Reading) -> bool {
    let is_recent = (0..QUIET_MS).contains(&next.at_ms.saturating_sub(last.at_ms));
    is_recent && (last.reserves, last.liability) == (next.reserves, next.liability)
}

#[cfg(test)]
mod tests {
    use alloy::primitives::U256;

    use super::*;

    #[test]
    fn reading_is_kept_when_it_moved_or_after_ten_minutes() {
        let reading = |at_ms, reserves: Option<u64>, liability: u64| Reading {
            at_ms,
            reserves: reserves.map(U256::from),
            liability: U256::from(liability),
        };
        let last = reading(1_000, Some(10), 5);
        for (next, same) in [
            (reading(1_001, Some(10), 5), true),
            (reading(600_999, Some(10), 5), true),
            (reading(601_000, Some(10), 5), false),
            (reading(1_001, Some(11), 5), false),
            (reading(1_001, None, 5), false),
            (reading(1_001, Some(10), 6), false),
            (reading(0, Some(10), 5), false),
        ] {
            assert_eq!(says_the_same(&last, &next), same, "{next:?}");
        }
    }
}
