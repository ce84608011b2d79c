//! What a basket owns, owes and has promised.
//!
//! A mint counts as promised until its own block is part of the supply that was read. A mint that is on the chain already
//! but not noted here yet counts twice for a moment, which errs on the safe side; who is about to refuse for that reason
//! asks the chain first.

use alloy::primitives::U256;

/// Basis points of a whole.
pub const BPS: u64 = 10_000;

/// What a basket owns and owes, in base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// What backs it.
    pub reserves: U256,
    /// Issued minus redeemed.
    pub supply: U256,
    /// Promised, not minted yet.
    pub reserved: U256,
    /// Part of the reserves that may be issued against, in basis points.
    pub margin_bps: u64,
}

impl Coverage {
    /// Reserves × margin.
    #[must_use]
    pub fn usable(&self) -> U256 {
        let margin = U256::from(self.margin_bps);
        match self.reserves.checked_mul(margin) {
            Some(product) => product / U256::from(BPS),
            None => self.reserves / U256::from(BPS) * margin,
        }
    }

    /// What may still be promised.
    #[must_use]
    pub fn headroom(&self) -> U256 {
        self.usable().saturating_sub(self.supply.saturating_add(self.reserved))
    }

    /// How much a further promise lacks; zero = it is covered.
    #[must_use]
    pub fn deficit(&self, requested: U256) -> U256 {
        let owed = self.supply.saturating_add(self.reserved).saturating_add(requested);
        owed.saturating_sub(self.usable())
    }

    /// Reserves by supply in basis points, rounded down; `None` when nothing is issued.
    #[must_use]
    pub fn ratio_bps(&self) -> Option<u64> {
        let scaled = self.reserves.saturating_mul(U256::from(BPS));
        let ratio = scaled.checked_div(self.supply)?;
        Some(u64::try_from(ratio).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coverage(reserves: u64, supply: u64, reserved: u64, margin_bps: u64) -> Coverage {
        let [reserves, supply, reserved] = [reserves, supply, reserved].map(U256::from);
        Coverage { reserves, supply, reserved, margin_bps }
    }

    #[test]
    fn coverage_headroom_is_what_margin_supply_and_promises_leave() {
        assert_eq!(coverage(1_000, 300, 200, 9_000).headroom(), U256::from(400));
        assert_eq!(coverage(1_000, 300, 200, 9_000).deficit(U256::from(450)), U256::from(50));
        assert_eq!(coverage(1_000, 900, 200, 10_000).headroom(), U256::ZERO);
        assert_eq!(coverage(999, 1_000, 0, 10_000).ratio_bps(), Some(9_990));
        assert_eq!(coverage(999, 0, 0, 10_000).ratio_bps(), None);
        let huge = Coverage { reserves: U256::MAX, ..coverage(0, 0, 0, 9_000) };
        assert!(huge.usable() < U256::MAX && huge.usable() > U256::MAX / U256::from(2));
    }
}
