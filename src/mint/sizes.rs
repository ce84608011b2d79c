//! How many orders of a basket travel in one report: as many as its deliveries have gas for.
//!
//! What an order costs depends on the basket's policies and on what its beneficiaries hold already. A report that asks
//! for more gas than a delivery has reverts as a whole and mints nothing; its orders are tried again one by one, and
//! the next reports of the basket are half as large, until larger ones succeed again. Only in memory: a new process
//! learns it anew.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use alloy::primitives::Address;

/// The sizes of this process.
#[derive(Clone, Debug, Default)]
pub struct Sizes(Arc<Mutex<HashMap<Address, usize>>>);

impl Sizes {
    /// Most orders for the next report of a consumer, at most `limit`.
    #[must_use]
    pub fn most(&self, consumer: Address, limit: usize) -> usize {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&consumer)
            .map_or(limit, |most| limit.min(*most))
    }

    /// A report of so many orders reverted as a whole.
    pub fn reverted(&self, consumer: Address, orders: usize) {
        if orders > 1 {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(consumer, orders / 2);
        }
    }

    /// A report of so many orders was carried out.
    pub fn succeeded(&self, consumer: Address, orders: usize) {
        let mut sizes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(most) = sizes.get_mut(&consumer).filter(|most| orders >= **most) {
            *most += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revert_halves_and_successes_grow_again() {
        let (sizes, consumer) = (Sizes::default(), Address::repeat_byte(1));
        assert_eq!(sizes.most(consumer, 30), 30);
        sizes.reverted(consumer, 30);
        assert_eq!(sizes.most(consumer, 30), 15);
        sizes.succeeded(consumer, 3);
        assert_eq!(sizes.most(consumer, 30), 15, "a small report says nothing about a large one");
        sizes.succeeded(consumer, 15);
        assert_eq!(sizes.most(consumer, 30), 16);
        sizes.reverted(consumer, 1);
        assert_eq!(sizes.most(consumer, 30), 16, "a single order reverts for another reason");
        assert_eq!(sizes.most(Address::ZERO, 30), 30);
        for _ in 0..40 {
            sizes.succeeded(consumer, 30);
        }
        assert_eq!(sizes.most(consumer, 30), 30);
    }
}
