//! What baskets have promised, kept by the writer from one transaction to the next: it is read once and then kept up
//! with, instead of being read for every acceptance.
//!
//! It holds as long as nobody else wrote. Every change of a mint is an event, and every writer takes the end of the log
//! first: when it is where this writer left it, nothing has changed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use alloy::primitives::Address;
use sqlx::{Any, Transaction};
use uuid::Uuid;

use super::admission::{Admission, LedgerSnapshot, Ruling};
use super::breakers::stored;
use super::error::StoreError;
use super::mints::stored_reservations;
use super::rows::MintUpdate;
use crate::domain::breaker::Breaker;
use crate::domain::coverage::Reservation;
use crate::domain::{Progress, State};

/// What baskets have promised.
#[derive(Debug, Default)]
pub(super) struct LedgerCache {
    /// End of the log up to which it holds.
    seq: i64,
    /// By consumer.
    ledgers: HashMap<Address, Ledger>,
}

#[derive(Debug)]
struct Ledger {
    /// Block above which minted ones are in it.
    minted_above: u64,
    snapshot: LedgerSnapshot,
    /// Whether the breaker was read in this transaction; it may move without an event.
    has_breaker: bool,
}

impl Ledger {
    /// Leaves out what was minted up to a higher block.
    fn raise(&mut self, minted_above: u64) {
        if minted_above > self.minted_above {
            self.minted_above = minted_above;
            self.snapshot.reservations.retain(|_, reservation| counts(reservation.minted_in, minted_above));
        }
    }
}

fn counts(minted_in: Option<u64>, minted_above: u64) -> bool {
    minted_in.is_none_or(|block| block > minted_above)
}

impl LedgerCache {
    /// Begins a transaction that found the log's end at `seq`.
    pub(super) fn begin(&mut self, seq: i64) {
        if seq != self.seq {
            self.ledgers.clear();
        }
        for ledger in self.ledgers.values_mut() {
            ledger.has_breaker = false;
        }
    }

    /// The transaction was committed and left the log's end at `seq`.
    pub(super) const fn committed(&mut self, seq: i64) {
        self.seq = seq;
    }

    /// The transaction failed: nothing of what it did is true.
    pub(super) fn discard(&mut self) {
        self.ledgers.clear();
    }

    /// Shows the ledger of a basket to the rule.
    pub(super) async fn admit(
        &mut self,
        tx: &mut Transaction<'_, Any>,
        consumer: Address,
        admission: &Admission,
    ) -> Result<Ruling, StoreError> {
        let minted_above = admission.minted_above;
        if self.ledgers.get(&consumer).is_some_and(|ledger| ledger.minted_above > minted_above) {
            self.ledgers.remove(&consumer);
        }
        let ledger = match self.ledgers.entry(consumer) {
            Entry::Occupied(ledger) => ledger.into_mut(),
            Entry::Vacant(place) => {
                let reservations =
                    stored_reservations(tx, consumer, minted_above).await?.into_iter().collect();
                let snapshot = LedgerSnapshot { breaker: Breaker::default(), reservations };
                place.insert(Ledger { minted_above, snapshot, has_breaker: false })
            }
        };
        ledger.raise(minted_above);
        if !ledger.has_breaker {
            ledger.snapshot.breaker = stored(tx, consumer).await?;
            ledger.has_breaker = true;
        }
        Ok(admission.judge(&ledger.snapshot))
    }

    /// Adds what was just accepted.
    pub(super) fn add(&mut self, consumer: Address, mint: Uuid, reservation: Reservation) {
        if let Some(ledger) = self.ledgers.get_mut(&consumer) {
            ledger.snapshot.reservations.insert(mint, reservation);
        }
    }

    /// A breaker moved in this transaction.
    pub(super) fn move_breaker(&mut self, consumer: Address, breaker: &Breaker) {
        if let Some(ledger) = self.ledgers.get_mut(&consumer) {
            ledger.snapshot.breaker = breaker.clone();
        }
    }

    /// A mint changed.
    pub(super) fn update(&mut self, update: &MintUpdate) {
        let Some(ledger) = self.ledgers.get_mut(&update.consumer) else { return };
        let minted_in = minted_block(&update.progress);
        let is_promised = match minted_in {
            None => update.progress.state.is_unfinished(),
            Some(_) => counts(minted_in, ledger.minted_above),
        };
        match (is_promised, ledger.snapshot.reservations.get_mut(&update.id)) {
            (true, Some(reservation)) => reservation.minted_in = minted_in,
            // What it promises is in the database only.
            (true, None) => drop(self.ledgers.remove(&update.consumer)),
            (false, _) => drop(ledger.snapshot.reservations.remove(&update.id)),
        }
    }
}

fn minted_block(progress: &Progress) -> Option<u64> {
    let is_minted = matches!(progress.state, State::Minted | State::Finalized);
    progress.proof.as_ref().filter(|_| is_minted).map(|proof| proof.location.block_number)
}
