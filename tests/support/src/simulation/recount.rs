//! The ledger as an admission is shown it, compared with the database.

use std::sync::{Arc, Mutex, PoisonError};

use alloy::primitives::{Address, B256, U256};
use cre_backend::domain::admission::AdmissionRefusal;
use cre_backend::domain::coverage::{Coverage, Reservation};
use cre_backend::domain::{EventKind, Order, Progress};
use cre_backend::store::admission::{Admission, LedgerSnapshot, Ruling};
use cre_backend::store::{NewMint, Store};
use uuid::Uuid;

use super::contracts::{CONSUMER, TOKEN};
use super::world::World;

impl World {
    /// Compares what an admission is shown of the ledger with what the database has.
    pub(super) async fn recount(&mut self) {
        let head = self.chain.state().head();
        let above = head.saturating_sub(self.dice.below(6));
        let store = self.gateway().store.clone();
        let comparing = async move {
            let stored: Vec<(Uuid, Reservation)> =
                sorted(store.reservations(CONSUMER, above).await.expect("the store answers"));
            let breaker = store.breaker(CONSUMER).await.expect("the store answers");
            let shown = shown(&store, above).await;
            let reservations = sorted(shown.reservations.into_iter().collect());
            (reservations == stored && shown.breaker == breaker).then_some(()).ok_or_else(|| {
                format!("an admission above block {above} saw {reservations:?}, stored are {stored:?}")
            })
        };
        match self.survive(comparing).await {
            Some(Err(difference)) => self.violate(difference),
            Some(Ok(())) => self.report.count_reserves("ledger recounted"),
            None => {}
        }
    }
}

/// What an admission is shown of the ledger of the basket.
async fn shown(store: &Store, above: u64) -> LedgerSnapshot {
    let seen = Arc::new(Mutex::new(LedgerSnapshot::default()));
    let by_rule = Arc::clone(&seen);
    let rule = move |ledger: &LedgerSnapshot| {
        by_rule.lock().unwrap_or_else(PoisonError::into_inner).clone_from(ledger);
        let none = U256::ZERO;
        let coverage = Coverage { reserves: none, supply: none, reserved: none, margin_bps: 10_000 };
        Ruling::Refuse(AdmissionRefusal::Overdrawn { coverage, requested: none })
    };
    let order = Order {
        stablecoin: TOKEN,
        consumer: CONSUMER,
        beneficiary: Address::repeat_byte(0xee),
        amount: U256::from(1),
        decimals: 18,
        bank_reference: "recount".to_owned(),
        reference: B256::repeat_byte(0xee),
    };
    let new = NewMint {
        id: Uuid::nil(),
        order,
        progress: Progress::default(),
        idempotency_key: None,
        fingerprint: String::new(),
        event: (EventKind::MintAccepted, "{}".to_owned()),
        admission: Some(Admission::new(above, rule)),
    };
    // It is refused: nothing is stored.
    store.accept(new).await.expect("the store answers");
    seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn sorted(mut reservations: Vec<(Uuid, Reservation)>) -> Vec<(Uuid, Reservation)> {
    reservations.sort_by_key(|(id, _)| *id);
    reservations
}
