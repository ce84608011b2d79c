//! What backs the simulated basket, and what its source says about it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alloy::primitives::U256;
use cre_backend::domain::RefusalCode;

/// The reserves and their source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reserves {
    /// Base units.
    pub(super) amount: U256,
    /// Seconds that a figure lags behind.
    pub(super) age_seconds: u64,
    /// Why the source proves nothing, if it does not.
    pub(super) refusal: Option<RefusalCode>,
}

/// A handle to the reserves: the world changes them, runs read them.
#[derive(Clone, Debug)]
pub(super) struct ReserveSource(Arc<Mutex<Reserves>>);

impl ReserveSource {
    pub(super) fn new(amount: U256) -> Self {
        Self(Arc::new(Mutex::new(Reserves { amount, age_seconds: 0, refusal: None })))
    }

    /// The reserves, for as long as they are held.
    pub(super) fn state(&self) -> MutexGuard<'_, Reserves> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
