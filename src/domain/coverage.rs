//! What is promised but not minted yet counts against the reserves.
//!
//! The promises are the mints table's rows, the supply is the consumer's, read at one block; a mint counts as promised
//! until its own block is part of that supply. A mint that is on the chain already but not noted here yet counts twice
//! for a moment, which errs on the safe side; who is about to refuse for that reason asks the chain first
//! ([`Reservation::reference`] in `settled`).

use std::collections::BTreeSet;

use alloy::primitives::{B256, U256};

/// Basis points of a whole.
pub const BPS: u64 = 10_000;

/// A promise against the reserves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// Base units.
    pub amount: U256,
    /// The reference on chain.
    pub reference: B256,
    /// Block of its mint event, once that was read.
    pub minted_in: Option<u64>,
}

/// Base units promised beyond a supply that was read at `block`; reservations in `settled` are known to be part of it.
#[must_use]
pub fn reserved<'a>(
    reservations: impl IntoIterator<Item = &'a Reservation>,
    block: u64,
    settled: &BTreeSet<B256>,
) -> U256 {
    let open = reservations.into_iter().filter(|reservation| {
        reservation.minted_in.is_none_or(|minted_in| minted_in > block)
            && !settled.contains(&reservation.reference)
    });
    open.fold(U256::ZERO, |sum, reservation| sum.saturating_add(reservation.amount))
}

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
    use proptest::prelude::*;

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

    #[test]
    fn reservation_lasts_until_the_supply_contains_the_mint() {
        let reservation =
            |minted_in| Reservation { amount: U256::from(5), reference: B256::repeat_byte(1), minted_in };
        let none = BTreeSet::new();
        assert_eq!(reserved(&[reservation(None)], 10, &none), U256::from(5));
        assert_eq!(reserved(&[reservation(Some(11))], 10, &none), U256::from(5));
        assert_eq!(reserved(&[reservation(Some(10))], 10, &none), U256::ZERO);
        let settled = BTreeSet::from([B256::repeat_byte(1)]);
        assert_eq!(reserved(&[reservation(None)], 10, &settled), U256::ZERO);
    }

    /// One of eight callers at a counter with one ledger and a chain that nobody reads in time.
    #[derive(Clone, Debug)]
    enum Step {
        /// Asks for admission.
        Ask(usize),
        /// The report lands: the chain's supply grows.
        Land(usize),
        /// The gateway notices the mint.
        Note(usize),
        /// The run ends without a mint, for good.
        End(usize),
        /// The gateway reads the supply.
        Read,
    }

    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Fate {
        New,
        Promised,
        Landed(u64),
        Noted(u64),
        Ended,
    }

    fn any_step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0..8_usize).prop_map(Step::Ask),
            2 => (0..8_usize).prop_map(Step::Land),
            2 => (0..8_usize).prop_map(Step::Note),
            1 => (0..8_usize).prop_map(Step::End),
            1 => Just(Step::Read),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]
        #[test]
        fn coverage_is_never_overdrawn_by_eight_mints(
            amounts in prop::collection::vec(1_u64..60, 8),
            steps in prop::collection::vec(any_step(), 1..80),
        ) {
            let (reserves, margin_bps) = (100_u64, 9_500);
            let mut fates = [Fate::New; 8];
            let (mut block, mut supply) = (1_u64, 0_u64);
            let mut seen = (block, supply);
            for step in steps {
                match step {
                    Step::Ask(at) if fates[at] == Fate::New => {
                        let reservations: Vec<Reservation> = (0..8).filter_map(|at| {
                            let minted_in = match fates[at] {
                                Fate::New | Fate::Ended => return None,
                                Fate::Promised | Fate::Landed(_) => None,
                                Fate::Noted(block) => Some(block),
                            };
                            let reference = B256::with_last_byte(u8::try_from(at).unwrap());
                            Some(Reservation { amount: U256::from(amounts[at]), reference, minted_in })
                        }).collect();
                        let promised = reserved(&reservations, seen.0, &BTreeSet::new());
                        let coverage = Coverage {
                            reserves: U256::from(reserves), supply: U256::from(seen.1), reserved: promised, margin_bps,
                        };
                        if coverage.deficit(U256::from(amounts[at])).is_zero() {
                            fates[at] = Fate::Promised;
                        }
                    }
                    Step::Land(at) if fates[at] == Fate::Promised => {
                        block += 1;
                        supply += amounts[at];
                        fates[at] = Fate::Landed(block);
                    }
                    Step::Note(at) => if let Fate::Landed(block) = fates[at] { fates[at] = Fate::Noted(block) },
                    Step::End(at) if fates[at] == Fate::Promised => fates[at] = Fate::Ended,
                    Step::Read => seen = (block, supply),
                    _ => {}
                }
                let open: u64 = (0..8).filter(|at| fates[*at] == Fate::Promised).map(|at| amounts[at]).sum();
                prop_assert!(supply + open <= reserves * margin_bps / BPS);
            }
        }
    }
}
