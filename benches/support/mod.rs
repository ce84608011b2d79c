//! What the benchmarks of the store ask it for.

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256, U256};
use cre_backend::base::clock::Clock;
use cre_backend::domain::access::Allowance;
use cre_backend::domain::coverage::Coverage;
use cre_backend::domain::{BasketId, EventKind, Order, Progress};
use cre_backend::store::NewMint;
use cre_backend::store::admission::{Admission, LedgerSnapshot, Ruling};

/// An order that nobody made before, of the account `default`, with a key and a bank reference, judged by its basket's ledger.
pub(crate) fn new_mint(clock: &Clock, basket: BasketId, beneficiary: Address) -> NewMint {
    let id = clock.new_id();
    let BasketId { stablecoin, consumer } = basket;
    let order = Order {
        stablecoin,
        consumer,
        beneficiary,
        amount: U256::from(10).pow(U256::from(18)),
        decimals: 18,
        bank_reference: format!("bank {id}"),
        reference: B256::left_padding_from(id.as_bytes()),
    };
    NewMint {
        id,
        account: "default".to_owned(),
        key_id: String::new(),
        allowance: Allowance::default(),
        has_bank_reference: true,
        order,
        progress: Progress::default(),
        idempotency_key: Some(format!("key {id}")),
        fingerprint: "f".repeat(64),
        event: (EventKind::MintAccepted, "{}".to_owned()),
        admission: Some(ledger()),
    }
}

/// What the basket has promised, with reserves that cover everything.
fn ledger() -> Admission {
    Admission::new(0, BTreeSet::new(), |ledger: &LedgerSnapshot| {
        let reserved = ledger.reserved;
        let coverage = Coverage { reserves: U256::MAX, supply: U256::ZERO, reserved, margin_bps: 10_000 };
        assert!(coverage.deficit(U256::from(1)).is_zero(), "the reserves cover everything");
        Ruling::Admit(None)
    })
}
