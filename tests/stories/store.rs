//! One story of the store, on SQLite and on PostgreSQL.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use alloy::primitives::{Address, B256, U256, keccak256};
use cre_backend::base::clock::Clock;
use cre_backend::base::secret::SecretUrl;
use cre_backend::domain::access::{Allowance, Reader};
use cre_backend::domain::{BasketId, EventKind, Mint, MintProof, Order, Progress, State, TxLocation};
use cre_backend::store::event_log::LogState;
use cre_backend::store::lease::{Claimed, Work};
use cre_backend::store::{
    Accepted, BasketUpdate, MintFilter, MintUpdate, MintedBlock, NewMint, OrderOutcome, RunFigures,
    RunOfMint, RunRecord, RunVerdict, Store, StoreError, StoredMint, UpdateOutcome, WatchName,
};
use futures_util::future::join_all;
use sqlx::Connection;
use test_support::database_clock::DatabaseClock;
use test_support::postgres::Postgres;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::store_readings;

const START_MS: i64 = 1_790_000_000_000;
const LEASE: Duration = Duration::from_secs(5);

pub(crate) async fn open(url: &str, clock: &Clock, tasks: &mut JoinSet<()>) -> Store {
    let (store, writer) = Store::open(&SecretUrl::new(url), clock.clone()).await.expect("the store opens");
    tasks.spawn(writer.run());
    store
}

const TOKEN: Address = Address::repeat_byte(0x70);
const CONSUMER: Address = Address::repeat_byte(0xc0);
const BASKET: BasketId = BasketId { stablecoin: TOKEN, consumer: CONSUMER };
const BENEFICIARY: Address = Address::repeat_byte(0xbe);
/// A pause that lasts.
pub(crate) const LONG_MS: i64 = 1_000_000;

/// A mint of one base unit under a bank reference.
pub(crate) fn new(clock: &Clock, key: Option<&str>, bank_reference: &str) -> NewMint {
    let order = Order {
        stablecoin: TOKEN,
        consumer: CONSUMER,
        beneficiary: BENEFICIARY,
        amount: U256::from(1),
        decimals: 18,
        bank_reference: bank_reference.to_owned(),
        reference: keccak256(bank_reference),
    };
    NewMint {
        id: clock.new_id(),
        account: "default".to_owned(),
        key_id: String::new(),
        allowance: Allowance::default(),
        order,
        progress: Progress::default(),
        idempotency_key: key.map(str::to_owned),
        has_bank_reference: true,
        fingerprint: "f".repeat(64),
        event: (EventKind::MintAccepted, "{}".to_owned()),
        admission: None,
    }
}

/// How far a mint is that reached a state; a minted one in block `block`.
pub(crate) fn progress(state: State, block: u64) -> Progress {
    let location = TxLocation {
        tx: B256::repeat_byte(1),
        block_number: block,
        block_hash: B256::repeat_byte(u8::try_from(block).expect("a low block")),
    };
    let is_minted = matches!(state, State::Minted | State::Finalized);
    let proof = is_minted.then_some(MintProof { location, log_index: 3 });
    Progress { state, proof, ..Progress::default() }
}

/// What moves a mint to a state.
pub(crate) fn update(id: Uuid, version: i64, fence: Option<i64>, state: State, pause_ms: i64) -> MintUpdate {
    MintUpdate {
        id,
        basket: BASKET,
        version,
        fence,
        progress: progress(state, 7),
        pause_ms,
        allowance: Allowance::default(),
        release: state == State::Rejected,
        events: vec![(EventKind::Mint(state), format!("{{\"status\":\"{}\"}}", state.word()))],
        run: None,
        admission: None,
    }
}

/// The same for a mint that was claimed.
fn of_claim(stored: &StoredMint, state: State, pause_ms: i64) -> MintUpdate {
    let basket = stored.mint.order.basket();
    MintUpdate { basket, ..update(stored.mint.id, stored.mint.version, Some(stored.fence), state, pause_ms) }
}

async fn accepts(store: &Store, clock: &Clock) {
    let races = (0..40).map(|at| store.accept(new(clock, Some("key"), &format!("race {at}"))));
    let answers: Vec<Accepted> =
        join_all(races).await.into_iter().map(|answer| answer.expect("an answer")).collect();
    let inserted = answers.iter().filter(|answer| matches!(answer, Accepted::Inserted(_))).count();
    let replayed = answers.iter().filter(|answer| matches!(answer, Accepted::Replayed(_))).count();
    assert_eq!((inserted, replayed), (1, 39), "one key is one mint");

    let races = (0..40).map(|_| store.accept(new(clock, None, "one reference")));
    let answers: Vec<Accepted> =
        join_all(races).await.into_iter().map(|answer| answer.expect("an answer")).collect();
    let inserted = answers.iter().filter(|answer| matches!(answer, Accepted::Inserted(_))).count();
    assert_eq!(inserted, 1, "one reference is one mint");
    assert!(answers.iter().all(|answer| matches!(answer, Accepted::Inserted(_) | Accepted::Replayed(_))));

    let refused = NewMint { progress: progress(State::Rejected, 0), ..new(clock, None, "one reference") };
    let told = store.refuse(refused).await.expect("an answer");
    assert!(told.mint.is_accepted, "what was taken since answers a request that was refused: {told:?}");
}

async fn claim(store: &Store, work: Work, most: usize) -> Option<Claimed> {
    store.claim(work, LEASE, |_| most).await.expect("an answer")
}

async fn claims(store: &Store, time: &DatabaseClock) {
    let first = claim(store, Work::Mint, 9).await.expect("a due mint");
    let second = claim(store, Work::Mint, 9).await.expect("the other due mint");
    assert_eq!(
        (first.mints.len(), second.mints.len()),
        (1, 1),
        "one report takes one order of a beneficiary"
    );
    assert_ne!(id_of(&first), id_of(&second));
    assert!(claim(store, Work::Mint, 9).await.is_none(), "both are claimed");
    assert!(store.renew_claim(&first.owner, LEASE).await.expect("an answer"));

    time.advance(5_001).await;
    assert!(claim(store, Work::Settle, 1).await.is_none(), "this gives back what has lapsed");
    let late = store.update(of_claim(&first.mints[0], State::Executing, 0)).await;
    assert_eq!(late.expect("an answer"), UpdateOutcome::Stale, "a lapsed claim counts no more");
    let taken = claim(store, Work::Mint, 9).await.expect("the lease ran out");
    let (stale, fresh) = if id_of(&taken) == id_of(&first) { (first, taken) } else { (second, taken) };
    assert!(
        !store.renew_claim(&stale.owner, LEASE).await.expect("an answer"),
        "the old holder is fenced off"
    );
    let (stale, fresh) = (&stale.mints[0], &fresh.mints[0]);
    let late = store.update(of_claim(stale, State::Executing, 0)).await;
    assert_eq!(late.expect("an answer"), UpdateOutcome::Stale);
    let done = store.update(of_claim(fresh, State::Executing, 0)).await;
    assert_eq!(done.expect("an answer"), UpdateOutcome::Stored(fresh.mint.version + 1));
    let again = store.update(update(fresh.mint.id, fresh.mint.version, None, State::Cancelled, 0)).await;
    assert_eq!(
        again.expect("an answer"),
        UpdateOutcome::Stale,
        "an update needs the version it was made from"
    );

    assert!(claim(store, Work::Settle, 1).await.is_none(), "what somebody executes is not open");
    time.advance(5_001).await;
    let open = claim(store, Work::Settle, 1).await.expect("its holder vanished").mints.remove(0);
    assert_eq!((open.mint.id, open.mint.progress.state), (fresh.mint.id, State::Executing));
    let end = of_claim(&open, State::Rejected, LONG_MS);
    assert!(matches!(store.update(end).await.expect("an answer"), UpdateOutcome::Stored(_)));
    time.advance(60_000).await;
    while let Some(claimed) = claim(store, Work::Mint, 9).await {
        assert_ne!(id_of(&claimed), fresh.mint.id, "an ended mint is never due");
    }
    assert!(claim(store, Work::Settle, 1).await.is_none());
}

fn id_of(claimed: &Claimed) -> Uuid {
    claimed.mints[0].mint.id
}

/// What waits for one consumer is claimed together, oldest first, each for another beneficiary; it is given back whole.
async fn batches(store: &Store, clock: &Clock, time: &DatabaseClock) {
    reject_what_waits(store).await;
    let (batch, other) = (Address::repeat_byte(0xba), Address::repeat_byte(0xbb));
    let mut ids = Vec::new();
    for (at, beneficiary) in [1, 2, 1, 3, 4].into_iter().enumerate() {
        let mut one = new(clock, None, &format!("batch {at}"));
        one.order.stablecoin = if at == 4 { other } else { batch };
        one.order.beneficiary = Address::repeat_byte(beneficiary);
        ids.push(one.id);
        store.accept(one).await.expect("an answer");
        time.advance(1).await;
    }
    let claimed = claim(store, Work::Mint, 9).await.expect("three at once");
    let claimed_ids: Vec<Uuid> = claimed.mints.iter().map(|stored| stored.mint.id).collect();
    assert_eq!(claimed_ids, [ids[0], ids[1], ids[3]]);
    store.release_claim(claimed.basket, &claimed.owner, 0, 0).await.expect("an answer");
    let others = claim(store, Work::Mint, 2).await.expect("the basket that was served longest ago");
    assert_eq!((others.mints.len(), id_of(&others)), (1, ids[4]));
    store.release_claim(others.basket, &others.owner, 0, LONG_MS).await.expect("an answer");
    let claimed = claim(store, Work::Mint, 2).await.expect("two at once");
    assert_eq!(claimed.mints.len(), 2, "no more than asked for");
    for stored in &claimed.mints {
        let done = of_claim(stored, State::Minted, LONG_MS);
        assert!(matches!(store.update(done).await.expect("an answer"), UpdateOutcome::Stored(_)));
    }
    let blocks = store.minted_blocks().await.expect("an answer");
    assert_eq!(blocks, [MintedBlock { number: 7, hash: B256::repeat_byte(7) }]);
    assert_eq!(store.minted_in(&blocks[0]).await.expect("an answer").len(), 2);
    let promised = async |above| store.promised(batch, above).await.expect("an answer");
    assert_eq!(
        (promised(6).await, promised(7).await),
        (U256::from(4), U256::from(2)),
        "the supply of block 7 contains what it minted"
    );
    reject_what_waits(store).await;
    time.advance(LONG_MS).await;
    reject_what_waits(store).await;
}

/// Updates that come in together are made together; each is judged by itself.
async fn updates_at_once(store: &Store, clock: &Clock, time: &DatabaseClock) {
    let mut ids = Vec::new();
    for at in 0..10 {
        let one = new(clock, None, &format!("update {at}"));
        ids.push(one.id);
        store.accept(one).await.expect("an answer");
    }
    let mut updates: Vec<MintUpdate> =
        ids.iter().map(|id| update(*id, 1, None, State::Queued, LONG_MS)).collect();
    updates[3].version = 7;
    updates[5].fence = Some(9);
    updates[8].progress.state = State::Rejected;
    // Twice the same mint: the second update is made from what the first one left.
    updates.insert(4, update(ids[0], 2, None, State::Rejected, LONG_MS));
    updates.push(update(ids[1], 1, None, State::Rejected, LONG_MS));
    let answers = join_all(updates.into_iter().map(|update| store.update(update))).await;
    let answers: Vec<UpdateOutcome> = answers.into_iter().map(|answer| answer.expect("an answer")).collect();
    let mut expected = vec![UpdateOutcome::Stored(2); 10];
    (expected[3], expected[5]) = (UpdateOutcome::Stale, UpdateOutcome::Stale);
    expected.insert(4, UpdateOutcome::Stored(3));
    expected.push(UpdateOutcome::Stale);
    assert_eq!(answers, expected);
    for (at, id) in ids.iter().enumerate() {
        let mint = store.mint(*id).await.expect("an answer").expect("a mint").mint;
        let state = if at == 0 || at == 8 { State::Rejected } else { State::Queued };
        let version = [3, 2, 2, 1, 2, 1, 2, 2, 2, 2][at];
        assert_eq!((mint.progress.state, mint.version), (state, version), "mint {at}");
    }
    time.advance(LONG_MS).await;
    reject_what_waits(store).await;
}

async fn reject_what_waits(store: &Store) {
    while let Some(rest) = claim(store, Work::Mint, 9).await {
        for stored in &rest.mints {
            let end = of_claim(stored, State::Rejected, LONG_MS);
            store.update(end).await.expect("an answer");
        }
    }
}

async fn slots(store: &Store, time: &DatabaseClock) {
    store.prepare_slots(3).await.expect("slots");
    store.prepare_slots(3).await.expect("the same slots again");
    let mut held = Vec::new();
    while let Some(slot) = store.claim_slot(3, LEASE).await.expect("an answer") {
        held.push(slot);
    }
    assert_eq!(held.iter().map(|slot| slot.slot).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(store.renew_slot(held[1], Duration::ZERO).await.expect("an answer"), "freed");
    let again = store.claim_slot(3, LEASE).await.expect("an answer").expect("the freed one");
    assert_eq!(again.slot, 1);
    assert!(!store.renew_slot(held[1], LEASE).await.expect("an answer"), "the old holder is fenced off");
    time.advance(5_001).await;
    assert!(store.claim_slot(3, LEASE).await.expect("an answer").is_some(), "leases end");
}

async fn log(store: &Store, url: &str) {
    let LogState::Intact(length) = store.verify_log().await.expect("an answer") else {
        panic!("the log is broken")
    };
    let events = store.events_after(0, 1_000).await.expect("events");
    assert_eq!(i64::try_from(events.len()).expect("a number"), length);
    assert!(events.iter().zip(1..).all(|(event, seq)| event.seq == seq), "1, 2, 3 without gaps");

    let path = url.strip_prefix("sqlite:").map_or_else(|| url.to_owned(), |path| format!("sqlite:{path}"));
    let mut vandal = sqlx::AnyConnection::connect(&path).await.expect("a connection");
    for (damage, repair, at) in [
        (
            "UPDATE events SET data = '{\"x\":1}' WHERE seq = 2",
            "UPDATE events SET data = '{}' WHERE seq = 2",
            2,
        ),
        ("UPDATE events SET at = at + 1 WHERE seq = 1", "UPDATE events SET at = at - 1 WHERE seq = 1", 1),
        // Whoever writes the last entry anew, with a hash that suits it, still has the head against him.
        (
            "UPDATE event_head SET hash = 'x' || hash WHERE id = 1",
            "UPDATE event_head SET hash = SUBSTR(hash, 2) WHERE id = 1",
            length,
        ),
    ] {
        sqlx::query(damage).execute(&mut vandal).await.expect("damage");
        assert_eq!(store.verify_log().await.expect("an answer"), LogState::Broken(at));
        sqlx::query(repair).execute(&mut vandal).await.expect("repair");
        assert_eq!(store.verify_log().await.expect("an answer"), LogState::Intact(length));
    }
    sqlx::query("DELETE FROM events WHERE seq = (SELECT MAX(seq) FROM events)")
        .execute(&mut vandal)
        .await
        .expect("damage");
    assert_eq!(store.verify_log().await.expect("an answer"), LogState::Broken(length));
}

async fn listed(store: &Store, filter: MintFilter) -> Vec<StoredMint> {
    store.mints(&filter).await.expect("mints").mints
}

async fn lists(store: &Store) {
    let all = listed(store, MintFilter::default()).await;
    assert_eq!(all.len(), 2);
    assert!(all[0].mint.id > all[1].mint.id, "newest first");
    assert_eq!(all[0].mint.order, new(&Clock::system(), None, "one reference").order, "as it was stored");
    let none = MintFilter { beneficiary: Some(TOKEN), ..MintFilter::default() };
    assert!(listed(store, none).await.is_empty());
    for (state, count) in [(State::Queued, 2), (State::Minted, 0)] {
        let filter = MintFilter { states: vec![state], ..MintFilter::default() };
        assert_eq!(listed(store, filter).await.len(), count, "{state:?}");
    }

    store.tie_to_chain(31_337, "0xaa").await.expect("a new tie");
    store.tie_to_chain(31_337, "0xaa").await.expect("the same tie");
    assert!(matches!(store.tie_to_chain(31_337, "0xbb").await, Err(StoreError::ForeignChain(_))));
    assert!(matches!(store.tie_to_chain(1, "0xaa").await, Err(StoreError::ForeignChain(_))));
}

/// What runs can show stays with their mints: all that was signed, and the newest of what was not.
async fn runs(store: &Store, clock: &Clock, time: &DatabaseClock) {
    let inserted = async |reference: &str| match store.accept(new(clock, None, reference)).await {
        Ok(Accepted::Inserted(stored)) => stored.mint,
        other => panic!("{other:?}"),
    };
    let run = |number: u8| RunOfMint {
        record: Arc::new(RunRecord {
            execution_id: B256::repeat_byte(number),
            orders: 2,
            is_signed: number == 1,
            figures: (number == 1).then_some(RunFigures {
                reserves: U256::MAX,
                liability: U256::from(7),
                observed_at: 1_790_000_000,
            }),
            evidence_version: 1,
            evidence_json: format!("{{\"number\":{number}}}"),
        }),
        verdict: RunVerdict {
            outcome: if number == 1 { OrderOutcome::Lost } else { OrderOutcome::Unsigned },
            code: "NODES_FAILED".to_owned(),
            policy: String::new(),
            reason: String::new(),
        },
    };
    let (mint, neighbour) = (inserted("many runs").await, inserted("one run").await);
    assert!(store.runs_of(mint.id).await.expect("an answer").is_empty());
    let told = async |mint: &Mint, version, run| {
        let change = update(mint.id, version, None, State::Queued, LONG_MS);
        store.update(MintUpdate { run: Some(run), ..change }).await.expect("an answer")
    };
    assert_eq!(told(&mint, mint.version + 9, run(99)).await, UpdateOutcome::Stale);
    assert!(store.runs_of(mint.id).await.expect("an answer").is_empty(), "no run without its outcome");
    for number in 1..=20 {
        time.advance(1_000).await;
        let version = mint.version + i64::from(number) - 1;
        assert_eq!(told(&mint, version, run(number)).await, UpdateOutcome::Stored(version + 1));
        if number == 2 {
            assert!(matches!(told(&neighbour, neighbour.version, run(2)).await, UpdateOutcome::Stored(_)));
        }
    }
    let kept = store.runs_of(mint.id).await.expect("an answer");
    let numbers: Vec<u8> = kept.iter().map(|kept| kept.record.execution_id[0]).collect();
    let expected: Vec<u8> = std::iter::once(1).chain(5..=20).collect();
    assert_eq!(numbers, expected, "what was signed and the newest sixteen others, newest last");
    assert_eq!((&kept[0].record, &kept[0].verdict), (&*run(1).record, &run(1).verdict), "as it was stored");
    let beside = store.runs_of(neighbour.id).await.expect("an answer");
    assert_eq!(beside.len(), 1, "a run stays as long as one of its mints keeps it");
    assert_eq!(beside[0].record, *run(2).record);
    let orders = store.orders_of_run(B256::repeat_byte(2)).await.expect("an answer");
    assert_eq!(orders.iter().map(|order| order.mint_id).collect::<Vec<_>>(), [neighbour.id]);
    let forgotten = store.orders_of_run(B256::repeat_byte(3)).await.expect("an answer");
    assert!(forgotten.is_empty());
}

/// A reference leads those to its mint who may see that, and nobody else.
async fn references(store: &Store, clock: &Clock) {
    let known = new(clock, None, "whose is it");
    assert!(matches!(store.accept(known.clone()).await, Ok(Accepted::Inserted(_))));
    let order = known.order.key();
    for (reader, found) in [
        (Reader::Account("default"), Some(known.id)),
        (Reader::Everybody, Some(known.id)),
        (Reader::Account("other"), None),
    ] {
        let held = store.mint_of_for(TOKEN, order.reference, reader).await.expect("an answer");
        let asked_for = store.only_mint_of(&order, reader).await.expect("an answer");
        assert_eq!((held, asked_for), (found, found), "{reader:?}");
    }
}

/// What changes days after it was accepted is found by its change, whether it lives or has ended; a page is never lost.
async fn changes(store: &Store, clock: &Clock, time: &DatabaseClock) {
    let (late, quiet) = (new(clock, None, "late"), new(clock, None, "quiet"));
    let mut since = 0;
    for one in [&late, &quiet] {
        let Ok(Accepted::Inserted(stored)) = store.accept(one.clone()).await else { panic!("not stored") };
        since = stored.mint.created_at + 3 * 86_400_000;
    }
    time.advance(3 * 86_400_000).await;
    let changed = async |since: i64, states: &[State]| {
        let filter =
            MintFilter { updated_from: Some(since), states: states.to_vec(), ..MintFilter::default() };
        listed(store, filter).await.iter().map(|stored| stored.mint.id).collect::<Vec<_>>()
    };
    assert!(changed(since, &[]).await.is_empty());
    // A whole day, which is summed up from its running totals.
    let day = (since - 3 * 86_400_000).div_euclid(86_400_000) * 86_400_000;
    let cancelled_that_day = async || {
        let sums = store.summary(None, None, day..day + 86_400_000).await.expect("an answer");
        sums.iter().filter(|(key, _)| key.state == "cancelled").map(|(_, sum)| sum.mints).sum::<u64>()
    };
    // What a scraper reads is what the days add up to.
    let counts_add_up = async || {
        let counts = store.mint_counts().await.expect("counts").by_state;
        let counted = counts.iter().map(|count| (count.state.clone(), count.mints.unsigned_abs()));
        let sums = store.summary(None, None, 0..i64::MAX).await.expect("an answer");
        let mut summed = BTreeMap::new();
        for (key, sum) in sums {
            *summed.entry(key.state).or_default() += sum.mints;
        }
        assert_eq!(counted.collect::<BTreeMap<_, _>>(), summed);
    };
    counts_add_up().await;
    let before = cancelled_that_day().await;
    let cancelled = update(late.id, 1, None, State::Cancelled, 0);
    assert_eq!(store.update(cancelled).await.expect("an answer"), UpdateOutcome::Stored(2));
    assert_eq!(cancelled_that_day().await, before + 1);
    counts_add_up().await;
    assert_eq!(changed(since, &[]).await, [late.id]);
    assert_eq!(changed(since, &[State::Cancelled]).await, [late.id]);
    assert!(changed(since, &[State::Queued]).await.is_empty());
    assert!(changed(since + 1, &[]).await.is_empty());

    time.advance(3 * 86_400_000).await;
    let since = since + 3 * 86_400_000;
    let again = update(late.id, 2, None, State::Queued, 0);
    assert_eq!(store.update(again).await.expect("an answer"), UpdateOutcome::Stored(3));
    assert_eq!(cancelled_that_day().await, before, "what lives again has not ended");
    counts_add_up().await;
    assert_eq!(changed(since, &[]).await, [late.id]);
    assert_eq!(changed(since, &[State::Queued]).await, [late.id]);

    let every = listed(store, MintFilter::default()).await;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let filter = MintFilter { limit: 3, after, ..MintFilter::default() };
        let page = store.mints(&filter).await.expect("a page");
        assert!(page.mints.len() == 3 || page.next.is_none());
        seen.extend(page.mints.iter().map(|stored| stored.mint.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, every.iter().map(|stored| stored.mint.id).collect::<Vec<_>>());
    assert!(seen.len() > 10 && seen.len() < 100);
}

/// Nothing begins within half a minute of a request's deadline.
async fn deadlines(store: &Store, clock: &Clock) {
    let now_ms = store.access_stamp().await.expect("an answer").now_ms;
    let mut ids = Vec::new();
    for (beneficiary, ahead_ms) in [(1, 30_000), (2, 30_001)] {
        let mut due = new(clock, None, &format!("due in {ahead_ms} ms"));
        due.order.beneficiary = Address::repeat_byte(beneficiary);
        due.progress.expires_at = now_ms + ahead_ms;
        ids.push(due.id);
        store.accept(due).await.expect("an answer");
    }
    let mut begun = Vec::new();
    while let Some(claimed) = claim(store, Work::Mint, 99).await {
        begun.extend(claimed.mints.iter().map(|stored| stored.mint.id));
    }
    let is_begun: Vec<bool> = ids.iter().map(|id| begun.contains(id)).collect();
    assert_eq!(is_begun, [false, true]);
}

/// Instances with clocks of their own move breakers by one time, the database's.
async fn breakers(store: &Store, clock: &Clock) {
    let now_ms = store.access_stamp().await.expect("an answer").now_ms;
    clock.follow(now_ms + 3_600_000);
    let seen_ms = Arc::new(AtomicI64::new(0));
    let seen = Arc::clone(&seen_ms);
    let mut update = BasketUpdate::default();
    update.move_breaker(BASKET, move |_, at_ms| {
        seen.store(at_ms, Ordering::SeqCst);
        None
    });
    assert!(store.update_baskets(update).await.expect("an answer"));
    clock.follow(now_ms);
    assert_eq!(seen_ms.load(Ordering::SeqCst), now_ms);
}

async fn story(url: &str) {
    let (clock, time) = (Clock::system(), DatabaseClock::of(url, START_MS).await);
    let mut tasks = JoinSet::new();
    let store = open(url, &clock, &mut tasks).await;
    accepts(&store, &clock).await;
    store_readings::readings(&store).await;
    lists(&store).await;
    claims(&store, &time).await;
    slots(&store, &time).await;
    batches(&store, &clock, &time).await;
    updates_at_once(&store, &clock, &time).await;
    runs(&store, &clock, &time).await;
    references(&store, &clock).await;
    changes(&store, &clock, &time).await;
    deadlines(&store, &clock).await;
    breakers(&store, &clock).await;
    store.close_writes();
    tasks.join_all().await;
    let late = store.accept(new(&clock, None, "too late")).await;
    assert!(matches!(late, Err(StoreError::Closed)));
    store.close().await;
    drop(store);

    let mut tasks = JoinSet::new();
    let store = open(url, &clock, &mut tasks).await;
    log(&store, url).await;
}

#[tokio::test]
async fn store_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("store.db").display());
    story(&url).await;
}

#[tokio::test]
async fn store_on_postgresql() {
    let Some(server) = Postgres::start_durable().await else { return };
    story(&server.url).await;
}

/// One of two instances looks at the chain, and the other hears what it read.
async fn check_watch(one: &Store, two: &Store) {
    let take =
        async |store: &Store, lease| store.take_watch(WatchName::Chain, lease).await.expect("an answer");
    let has = async |store: &Store| store.has_watch(WatchName::Chain).await.expect("an answer");
    assert!(take(one, LEASE).await && take(one, LEASE).await, "who has it keeps it");
    assert!(!take(two, LEASE).await && has(one).await && !has(two).await);
    two.leave_watch(WatchName::Chain).await.expect("an answer");
    assert!(!take(two, LEASE).await, "nobody gives away what another one has");
    one.leave_watch(WatchName::Chain).await.expect("an answer");
    assert!(take(two, Duration::ZERO).await, "what was left is free");
    assert!(take(one, LEASE).await && has(one).await, "and so is what has lapsed");

    for (block, json) in [(7, "seven"), (6, "six")] {
        one.share_figures(TOKEN, block, json).await.expect("an answer");
    }
    assert_eq!(
        two.shared_figures().await.expect("figures"),
        [(TOKEN, "seven".to_owned())],
        "the newer ones stay"
    );
}

#[tokio::test]
async fn store_is_shared_on_postgresql_and_not_on_sqlite() {
    let clock = Clock::system();
    let folder = tempfile::tempdir().expect("a folder");
    let url = SecretUrl::new(format!("sqlite:{}", folder.path().join("store.db").display()));
    let (_first, _writer) = Store::open(&url, clock.clone()).await.expect("the first opens");
    assert!(matches!(Store::open(&url, clock.clone()).await, Err(StoreError::Locked)));
    let beside = |name: &str| SecretUrl::new(format!("sqlite:{}", folder.path().join(name).display()));
    std::os::unix::fs::symlink("store.db", folder.path().join("link.db")).expect("a link");
    for other in ["link.db", "./store.db"] {
        let opened = Store::open(&beside(other), clock.clone()).await;
        assert!(matches!(opened, Err(StoreError::Locked)), "{other} is the same file");
    }
    std::fs::hard_link(folder.path().join("store.db"), folder.path().join("hard.db")).expect("a link");
    let opened = Store::open(&beside("hard.db"), clock.clone()).await;
    assert!(matches!(opened, Err(StoreError::SeveralNames)));

    let Some(server) = Postgres::start().await else { return };
    let mut tasks = JoinSet::new();
    let (one, two) =
        (open(&server.url, &clock, &mut tasks).await, open(&server.url, &clock, &mut tasks).await);
    let races = (0..50).map(|at| {
        let store = if at % 2 == 0 { &one } else { &two };
        store.accept(new(&clock, None, &format!("payment {}", at / 2)))
    });
    let answers = join_all(races).await;
    let inserted = answers.iter().filter(|answer| matches!(answer, Ok(Accepted::Inserted(_)))).count();
    assert_eq!(inserted, 25, "each payment once, whoever took it");
    assert_eq!(one.verify_log().await.expect("an answer"), LogState::Intact(25));

    check_watch(&one, &two).await;

    let mut claimed = Vec::new();
    for at in 0..25 {
        let store = if at % 2 == 0 { &one } else { &two };
        claimed.push(claim(store, Work::Mint, 1).await.expect("a due mint").mints.remove(0).mint.id);
    }
    claimed.sort_unstable();
    claimed.dedup();
    assert_eq!(claimed.len(), 25, "no mint is claimed twice");
    assert_eq!(two.follow(0).await.expect("an answer"), 25);
}
