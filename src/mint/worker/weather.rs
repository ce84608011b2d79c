//! How long a basket's runs pause after one from which nothing was signed for a reason that is no refusal: longer each
//! time, until one goes well. Only in memory: a new process learns it anew.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use alloy::primitives::Address;

/// Pause after the first such run; doubles each time.
const PAUSE_MS: i64 = 500;
/// Longest pause.
const PAUSE_MAX_MS: i64 = 15_000;

/// Runs in a row, by token, from which nothing was signed.
#[derive(Debug, Default)]
pub(super) struct Weather(Mutex<HashMap<Address, u32>>);

impl Weather {
    /// Counts a run from which nothing was signed; returns the pause after it.
    pub(super) fn bad(&self, stablecoin: Address) -> i64 {
        let mut runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = runs.entry(stablecoin).or_default();
        let pause = PAUSE_MS << (*count).min(16);
        *count = count.saturating_add(1);
        pause.min(PAUSE_MAX_MS)
    }

    /// A run went well.
    pub(super) fn good(&self, stablecoin: Address) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&stablecoin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weather_pauses_grow_and_end_with_a_good_run() {
        let (weather, token) = (Weather::default(), Address::repeat_byte(1));
        assert_eq!([weather.bad(token), weather.bad(token), weather.bad(token)], [500, 1_000, 2_000]);
        assert_eq!(weather.bad(Address::ZERO), 500, "each basket has its own");
        for _ in 0..40 {
            assert!(weather.bad(token) <= PAUSE_MAX_MS);
        }
        weather.good(token);
        assert_eq!(weather.bad(token), 500);
    }
}
