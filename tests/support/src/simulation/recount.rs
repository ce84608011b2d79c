//! The ledger as an admission is shown it, compared with the database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use alloy::primitives::{Address, B256, U256};
use cre_backend::domain::access::Allowance;
use cre_backend::domain::admission::AdmissionRefusal;
use cre_backend::domain::coverage::Coverage;
use cre_backend::domain::mint::DEFAULT_ACCOUNT;
use cre_backend::domain::{EventKind, Mint, Order, Progress, State};
use cre_backend::store::admission::{Admission, LedgerSnapshot, Ruling};
use cre_backend::store::{MintFilter, NewMint, Recount, Store, StoredMint};
use uuid::Uuid;

use super::contracts::{BASKET, CONSUMER, TOKEN};
use super::world::World;

impl World {
    /// Compares what an admission is shown of the ledger, and the running sum, with the mints themselves.
    pub(super) async fn recount(&mut self) {
        let head = self.chain.state().head();
        let above = head.saturating_sub(self.dice.below(6));
        let store = self.gateway().store.clone();
        let recounting = async move {
            let breaker = store.breaker(TOKEN).await.expect("the store answers");
            let shown = shown(&store, above).await;
            let mints = store.mints(&MintFilter { limit: 1_000, ..MintFilter::default() }).await;
            let mints = mints.expect("the store answers").mints;
            let promised = promised(&mints, above);
            let totals = totals(&store).await;
            if totals != counted_totals(&mints) {
                return Err(format!("the totals are {totals:?}, the mints are {:?}", counted_totals(&mints)));
            }
            let Recount { kept: before, counted } = store.recount(BASKET).await.expect("the store answers");
            let is_equal = shown.reserved == promised && before == counted && shown.breaker == breaker;
            is_equal.then_some(()).ok_or_else(|| {
                let reserved = shown.reserved;
                format!(
                    "an admission above block {above} saw {reserved}, the mints promise {promised}; \
                     the sum was {before}, counted anew it is {counted}"
                )
            })
        };
        if let Some(recounted) = self.survive(recounting).await {
            self.report.count_reserves("ledger recounted");
            self.check_that("the promised figure is the recount", recounted.err());
        }
    }
}

/// Base units that mints promise beyond the supply of a block.
fn promised(mints: &[StoredMint], above: u64) -> U256 {
    let is_promised = |mint: &Mint| {
        let progress = &mint.progress;
        let is_above = progress.proof.as_ref().is_some_and(|proof| proof.location.block_number > above);
        progress.state.is_unfinished() || is_above
    };
    let promised = mints.iter().map(|stored| &stored.mint).filter(|mint| is_promised(mint));
    promised.fold(U256::ZERO, |sum, mint| sum + mint.order.amount)
}

/// Number and sum of mints by state and code, and the sum of what is final.
type Totals = (BTreeMap<(String, String), (u64, U256)>, U256);

/// As summaries and statements show them.
async fn totals(store: &Store) -> Totals {
    let always = 0..i64::MAX / 2;
    let sums =
        store.summary(Some(DEFAULT_ACCOUNT), Some(TOKEN), always.clone()).await.expect("the store answers");
    let sums = sums.into_iter().map(|(key, sum)| ((key.state, key.code), (sum.mints, sum.amount)));
    let booked =
        store.booked_before(Some(DEFAULT_ACCOUNT), TOKEN, always.end).await.expect("the store answers");
    (sums.collect(), booked.amount)
}

/// As the mints add up to them.
fn counted_totals(mints: &[StoredMint]) -> Totals {
    let (mut sums, mut booked) = (BTreeMap::new(), U256::ZERO);
    for StoredMint { mint, .. } in mints {
        let state = mint.progress.state;
        let code = mint.progress.failure.as_ref().filter(|_| state.is_terminal());
        let code = code.map_or("", |failure| failure.code.name());
        let sum: &mut (u64, U256) = sums.entry((state.word().to_owned(), code.to_owned())).or_default();
        *sum = (sum.0 + 1, sum.1 + mint.order.amount);
        if state == State::Finalized {
            booked += mint.order.amount;
        }
    }
    (sums, booked)
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
        account: String::new(),
        key_id: String::new(),
        allowance: Allowance::default(),
        order,
        progress: Progress::default(),
        idempotency_key: None,
        has_bank_reference: true,
        fingerprint: String::new(),
        event: (EventKind::MintAccepted, "{}".to_owned()),
        admission: Some(Admission::new(above, BTreeSet::new(), rule)),
    };
    // It is refused: nothing is stored.
    store.accept(new).await.expect("the store answers");
    seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
