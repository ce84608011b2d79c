//! What an admission is shown of a basket is at any time what its mints say, whoever wrote them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use alloy::primitives::{Address, U256};
use cre_backend::base::clock::Clock;
use cre_backend::domain::access::Allowance;
use cre_backend::domain::breaker::{Breaker, BreakerState, Reason};
use cre_backend::domain::{BasketId, EventKind, Progress, State};
use cre_backend::store::admission::{Admission, BreakerUpdate, LedgerSnapshot, Ruling};
use cre_backend::store::{Accepted, BasketUpdate, MintUpdate, NewMint, Recount, Store, UpdateOutcome};
use test_support::dice::Dice;
use test_support::postgres::Postgres;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::store::{LONG_MS, new, open, progress};

const TOKENS: [Address; 3] =
    [Address::repeat_byte(0xc1), Address::repeat_byte(0xc2), Address::repeat_byte(0xc3)];
/// What an unfinished mint may become; which states follow on each other is not the store's business.
const STATES: [State; 6] =
    [State::Queued, State::Executing, State::Submitted, State::Uncertain, State::Minted, State::Failed];
const STEPS: u32 = 400;

struct Known {
    id: Uuid,
    basket: BasketId,
    version: i64,
    amount: U256,
    progress: Progress,
}

impl Known {
    /// Whether the supply of a block lacks it, and may yet have it.
    fn is_promised(&self, above: u64) -> bool {
        let block = self.progress.proof.as_ref().map(|proof| proof.location.block_number);
        block.map_or_else(|| self.progress.state.is_unfinished(), |block| block > above)
    }
}

/// Asks for a mint and returns what the rule was shown.
async fn shown(store: &Store, mint: NewMint, minted_above: u64) -> LedgerSnapshot {
    let seen = Arc::new(Mutex::new(LedgerSnapshot::default()));
    let seen_by_rule = Arc::clone(&seen);
    let rule = move |ledger: &LedgerSnapshot| {
        seen_by_rule.lock().expect("the ledger").clone_from(ledger);
        Ruling::Admit(None)
    };
    let admission = Some(Admission::new(minted_above, BTreeSet::new(), rule));
    let asked = NewMint { admission, ..mint };
    assert!(matches!(store.accept(asked).await.expect("an answer"), Accepted::Inserted(_)));
    seen.lock().expect("the ledger").clone()
}

async fn update(store: &Store, known: &mut Known, dice: &mut Dice, height: u64) {
    let state = match known.progress.state {
        State::Finalized => return,
        State::Failed => State::Queued,
        State::Minted => *dice.pick(&[State::Finalized, State::Uncertain]),
        _ => *dice.pick(&STATES),
    };
    // A final block does not move.
    let progress = match (state, &known.progress.proof) {
        (State::Finalized, Some(_)) => Progress { state, ..known.progress.clone() },
        _ => progress(state, height - dice.below(4)),
    };
    let update = MintUpdate {
        id: known.id,
        basket: known.basket,
        version: known.version,
        fence: None,
        progress: progress.clone(),
        pause_ms: LONG_MS,
        allowance: Allowance::default(),
        release: false,
        events: vec![(EventKind::Mint(state), "{}".to_owned())],
        run: None,
        admission: None,
    };
    let UpdateOutcome::Stored(version) = store.update(update).await.expect("an answer") else {
        panic!("stale")
    };
    (known.version, known.progress) = (version, progress);
}

async fn open_breaker(store: &Store, basket: BasketId, step: u32) {
    let breaker = Breaker {
        state: BreakerState::Open,
        reasons: [(Reason::OperatorPause, format!("step {step}"))].into(),
        ..Breaker::default()
    };
    let mut update = BasketUpdate::default();
    update.move_breaker(basket, move |_, _| {
        Some(BreakerUpdate { breaker: breaker.clone(), events: Vec::new() })
    });
    assert!(store.update_baskets(update).await.expect("an answer"));
}

async fn story(stores: &[Store], clock: &Clock) {
    let mut dice = Dice::new(7);
    let (mut known, mut height) = (Vec::<Known>::new(), 10_u64);
    for step in 0..STEPS {
        let (store, stablecoin) = (dice.pick(stores), *dice.pick(&TOKENS));
        let mut mint = new(clock, None, &format!("mint {step}"));
        mint.order.stablecoin = stablecoin;
        mint.order.amount = U256::from(1 + dice.below(1_000));
        let basket = mint.order.basket();
        match dice.below(8) {
            0..3 => {
                let above = height - dice.below(6);
                let promised =
                    known.iter().filter(|known| known.basket == basket && known.is_promised(above));
                let promised = promised.fold(U256::ZERO, |sum, known| sum + known.amount);
                let breaker = store.breaker(stablecoin).await.expect("an answer");
                let (id, amount, progress) = (mint.id, mint.order.amount, mint.progress.clone());
                let ledger = shown(store, mint, above).await;
                assert_eq!((ledger.reserved, ledger.breaker), (promised, breaker), "step {step}");
                known.push(Known { id, basket, version: 1, amount, progress });
            }
            3 => open_breaker(store, basket, step).await,
            4 => height += 1,
            _ if known.is_empty() => {}
            _ => {
                let at = usize::try_from(dice.below(known.len() as u64)).expect("an index");
                update(store, &mut known[at], &mut dice, height).await;
                let Recount { kept, counted } = store.recount(known[at].basket).await.expect("an answer");
                assert_eq!(kept, counted, "step {step}");
            }
        }
    }
}

#[tokio::test]
async fn ledger_shows_what_the_mints_promise() {
    let clock = Clock::system();
    let mut tasks = JoinSet::new();
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("store.db").display());
    story(&[open(&url, &clock, &mut tasks).await], &clock).await;

    let Some(server) = Postgres::start().await else { return };
    let stores = [open(&server.url, &clock, &mut tasks).await, open(&server.url, &clock, &mut tasks).await];
    story(&stores, &clock).await;
}
