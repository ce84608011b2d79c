//! How many orders of a basket travel in one report: as many as its deliveries have gas for.
//!
//! What an order costs depends on the basket's policies and on what its beneficiaries hold already. A report that asks
//! for more gas than a delivery has reverts as a whole and mints nothing; its orders are tried again one by one, and
//! the next reports of the basket are half as large, until larger ones succeed again. Only in memory: a new process
//! learns it anew.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use alloy::primitives::Address;

/// The limits that this process learned, by consumer.
#[derive(Clone, Debug, Default)]
pub(super) struct BatchLimit(Arc<Mutex<HashMap<Address, usize>>>);

impl BatchLimit {
    /// Most orders for the next report of a consumer, at most `limit`.
    pub(super) fn most(&self, consumer: Address, limit: usize) -> usize {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&consumer)
            .map_or(limit, |most| limit.min(*most))
    }

    /// A report of so many orders reverted as a whole.
    pub(super) fn reverted(&self, consumer: Address, orders: usize) {
        if orders > 1 {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(consumer, orders / 2);
        }
    }

    /// A report of so many orders was carried out.
    pub(super) fn succeeded(&self, consumer: Address, orders: usize) {
        let mut limits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(most) = limits.get_mut(&consumer).filter(|most| orders >= **most) {
            *most += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_limit_halves_on_revert_and_grows_again() {
        let (limit, consumer) = (BatchLimit::default(), Address::repeat_byte(1));
        assert_eq!(limit.most(consumer, 30), 30);
        limit.reverted(consumer, 30);
        assert_eq!(limit.most(consumer, 30), 15);
        limit.succeeded(consumer, 3);
        assert_eq!(limit.most(consumer, 30), 15, "a small report says nothing about a large one");
        limit.succeeded(consumer, 15);
        assert_eq!(limit.most(consumer, 30), 16);
        limit.reverted(consumer, 1);
        assert_eq!(limit.most(consumer, 30), 16, "a single order reverts for another reason");
        assert_eq!(limit.most(Address::ZERO, 30), 30);
        for _ in 0..40 {
            limit.succeeded(consumer, 30);
        }
        assert_eq!(limit.most(consumer, 30), 30);
    }
}
