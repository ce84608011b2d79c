//! The ledgers that the writer keeps in memory show at any time what the database has, whoever wrote it.

use std::sync::{Arc, Mutex};

use alloy::primitives::Address;
use cre_backend::base::clock::Clock;
use cre_backend::domain::breaker::{Breaker, BreakerState, Reason};
use cre_backend::domain::coverage::Reservation;
use cre_backend::domain::{EventKind, State};
use cre_backend::store::admission::{Admission, BreakerUpdate, LedgerSnapshot, Ruling};
use cre_backend::store::{Accepted, BasketUpdate, MintUpdate, NEVER_MS, NewMint, Store, UpdateOutcome};
use test_support::dice::Dice;
use test_support::postgres::Postgres;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::store::{START_MS, new, open, progress};

const CONSUMERS: [Address; 3] =
    [Address::repeat_byte(0xc1), Address::repeat_byte(0xc2), Address::repeat_byte(0xc3)];
/// The states that a mint may be in; which of them follow on each other is not the store's business.
const STATES: [State; 7] = [
    State::Queued,
    State::Executing,
    State::Submitted,
    State::Uncertain,
    State::Minted,
    State::Finalized,
    State::Failed,
];
const STEPS: u32 = 400;

struct Known {
    id: Uuid,
    consumer: Address,
    version: i64,
}

/// Asks for a mint and returns what the rule was shown.
async fn shown(store: &Store, mint: NewMint, minted_above: u64) -> (Breaker, Vec<(Uuid, Reservation)>) {
    let seen = Arc::new(Mutex::new(LedgerSnapshot::default()));
    let seen_by_rule = Arc::clone(&seen);
    let rule = move |ledger: &LedgerSnapshot| {
        seen_by_rule.lock().expect("the ledger").clone_from(ledger);
        Ruling::Admit(None)
    };
    let asked = NewMint { admission: Some(Admission::new(minted_above, rule)), ..mint };
    assert!(matches!(store.accept(asked).await.expect("an answer"), Accepted::Inserted(_)));
    let ledger = seen.lock().expect("the ledger").clone();
    (ledger.breaker, sorted(ledger.reservations.into_iter().collect()))
}

fn sorted(mut reservations: Vec<(Uuid, Reservation)>) -> Vec<(Uuid, Reservation)> {
    reservations.sort_by_key(|(id, _)| *id);
    reservations
}

async fn update(store: &Store, known: &mut Known, dice: &mut Dice, height: u64) {
    let state = *dice.pick(&STATES);
    let update = MintUpdate {
        id: known.id,
        consumer: known.consumer,
        version: known.version,
        fence: None,
        progress: progress(state, height - dice.below(4)),
        due_at: NEVER_MS,
        release: false,
        events: vec![(EventKind::Mint(state), "{}".to_owned())],
    };
    let UpdateOutcome::Stored(version) = store.update(update).await.expect("an answer") else {
        panic!("stale")
    };
    known.version = version;
}

async fn open_breaker(store: &Store, consumer: Address, step: u32) {
    let breaker = Breaker {
        state: BreakerState::Open,
        reasons: [(Reason::OperatorPause, format!("step {step}"))].into(),
        ..Breaker::default()
    };
    let mut update = BasketUpdate::default();
    update.move_breaker(consumer, move |_| {
        Some(BreakerUpdate { breaker: breaker.clone(), events: Vec::new() })
    });
    assert!(store.update_baskets(update).await.expect("an answer"));
}

async fn story(stores: &[Store], clock: &Clock) {
    let mut dice = Dice::new(7);
    let (mut known, mut height) = (Vec::<Known>::new(), 10_u64);
    for step in 0..STEPS {
        let (store, consumer) = (dice.pick(stores), *dice.pick(&CONSUMERS));
        match dice.below(8) {
            0..3 => {
                let mut mint = new(clock, None, &format!("mint {step}"));
                mint.order.consumer = consumer;
                known.push(Known { id: mint.id, consumer, version: 1 });
                let above = height - dice.below(6);
                let stored = store.reservations(consumer, above).await.expect("an answer");
                let breaker = store.breaker(consumer).await.expect("an answer");
                assert_eq!(shown(store, mint, above).await, (breaker, sorted(stored)), "step {step}");
            }
            3 => open_breaker(store, consumer, step).await,
            4 => height += 1,
            _ if known.is_empty() => {}
            _ => {
                let at = usize::try_from(dice.below(known.len() as u64)).expect("an index");
                update(store, &mut known[at], &mut dice, height).await;
            }
        }
    }
}

#[tokio::test]
async fn ledger_cache_shows_what_the_database_has() {
    let clock = Clock::manual(START_MS);
    let mut tasks = JoinSet::new();
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("store.db").display());
    story(&[open(&url, &clock, &mut tasks).await], &clock).await;

    let Some(server) = Postgres::start().await else { return };
    let stores = [open(&server.url, &clock, &mut tasks).await, open(&server.url, &clock, &mut tasks).await];
    story(&stores, &clock).await;
}
