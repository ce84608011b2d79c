//! One story of the store, on SQLite and on PostgreSQL.

use std::time::Duration;

use cre_backend::clock::Clock;
use cre_backend::config::SecretUrl;
use cre_backend::store::lease::{Claimed, Work};
use cre_backend::store::log::LogState;
use cre_backend::store::{
    Accepted, Change, Changed, MintFilter, MintedBlock, NEVER_MS, NewMint, Store, StoreError,
};
use futures_util::future::join_all;
use sqlx::Connection;
use tokio::task::JoinSet;

use crate::support::postgres::Postgres;

pub(crate) const START_MS: i64 = 1_790_000_000_000;
const LEASE: Duration = Duration::from_secs(5);

pub(crate) async fn open(url: &str, clock: &Clock, tasks: &mut JoinSet<()>) -> Store {
    let (store, writer) = Store::open(&SecretUrl::new(url), clock.clone()).await.expect("the store opens");
    tasks.spawn(writer.run());
    store
}

pub(crate) fn new(clock: &Clock, key: Option<&str>, reference: &str) -> NewMint {
    NewMint {
        id: clock.new_id(),
        consumer: "0xConsumer".into(),
        stablecoin: "0xToken".into(),
        beneficiary: "0xAccount".into(),
        reference: reference.into(),
        amount: "1".into(),
        idempotency_key: key.map(str::to_owned),
        fingerprint: "f".into(),
        order_json: "{}".into(),
        state: "queued",
        progress_json: "{}".into(),
        event: ("mint.accepted", "{}".into()),
        admission: None,
    }
}

fn change(id: &str, version: i64, fence: Option<i64>, state: &'static str, due_at: i64) -> Change {
    Change {
        id: id.into(),
        consumer: "0xConsumer".into(),
        version,
        fence,
        state,
        progress_json: "{}".into(),
        minted_in: None,
        due_at,
        release: state == "rejected",
        events: vec![("mint.changed", format!("{{\"state\":\"{state}\"}}"))],
    }
}

async fn accepts(store: &Store, clock: &Clock) {
    let races = (0..40).map(|at| store.accept(new(clock, Some("key"), &format!("race {at}"))));
    let answers: Vec<Accepted> =
        join_all(races).await.into_iter().map(|answer| answer.expect("an answer")).collect();
    let inserted = answers.iter().filter(|answer| matches!(answer, Accepted::Inserted(_))).count();
    let replayed = answers.iter().filter(|answer| matches!(answer, Accepted::SameKey(_))).count();
    assert_eq!((inserted, replayed), (1, 39), "one key is one mint");

    let races = (0..40).map(|_| store.accept(new(clock, None, "one reference")));
    let answers: Vec<Accepted> =
        join_all(races).await.into_iter().map(|answer| answer.expect("an answer")).collect();
    let inserted = answers.iter().filter(|answer| matches!(answer, Accepted::Inserted(_))).count();
    assert_eq!(inserted, 1, "one reference is one mint");
    assert!(answers.iter().all(|answer| !matches!(answer, Accepted::SameKey(_))), "no key is not one key");
}

async fn claim(store: &Store, work: Work, most: usize) -> Option<Claimed> {
    store.claim(work, LEASE, |_| most).await.expect("an answer")
}

async fn claims(store: &Store, clock: &Clock) {
    let first = claim(store, Work::Mint, 9).await.expect("a due mint");
    let second = claim(store, Work::Mint, 9).await.expect("the other due mint");
    assert_eq!((first.rows.len(), second.rows.len()), (1, 1), "one report takes one order of a beneficiary");
    assert_ne!(first.rows[0].id, second.rows[0].id);
    assert!(claim(store, Work::Mint, 9).await.is_none(), "both are claimed");
    assert!(store.hold(&first.owner, LEASE).await.expect("an answer"));

    clock.advance(5_001);
    let taken = claim(store, Work::Mint, 9).await.expect("the lease ran out");
    let (stale, fresh) = if taken.rows[0].id == first.rows[0].id { (first, taken) } else { (second, taken) };
    assert!(!store.hold(&stale.owner, LEASE).await.expect("an answer"), "the old holder is fenced off");
    let (stale, fresh) = (&stale.rows[0], &fresh.rows[0]);
    let late = store.change(change(&stale.id, stale.version, Some(stale.fence), "executing", 0)).await;
    assert_eq!(late.expect("an answer"), Changed::Stale);
    let done = store.change(change(&fresh.id, fresh.version, Some(fresh.fence), "executing", 0)).await;
    assert_eq!(done.expect("an answer"), Changed::Done(fresh.version + 1));
    let again = store.change(change(&fresh.id, fresh.version, None, "cancelled", 0)).await;
    assert_eq!(again.expect("an answer"), Changed::Stale, "a change needs the version it was made from");

    assert!(claim(store, Work::Settle, 1).await.is_none(), "what somebody executes is not open");
    clock.advance(5_001);
    let open = claim(store, Work::Settle, 1).await.expect("its holder vanished").rows.remove(0);
    assert_eq!((open.id.as_str(), open.state.as_str()), (fresh.id.as_str(), "executing"));
    let end = change(&open.id, open.version, Some(open.fence), "rejected", NEVER_MS);
    assert!(matches!(store.change(end).await.expect("an answer"), Changed::Done(_)));
    clock.advance(60_000);
    while let Some(claimed) = claim(store, Work::Mint, 9).await {
        assert_ne!(claimed.rows[0].id, fresh.id, "an ended mint is never due");
    }
    assert!(claim(store, Work::Settle, 1).await.is_none());
}

/// What waits for one consumer is claimed together, oldest first, each for another beneficiary; it is given back whole.
async fn batches(store: &Store, clock: &Clock) {
    reject_what_waits(store).await;
    let mut ids = Vec::new();
    for (at, beneficiary) in ["a", "b", "a", "c", "d"].into_iter().enumerate() {
        let consumer = format!("0xBatch{}", u8::from(at == 4));
        let one =
            NewMint { consumer, beneficiary: beneficiary.into(), ..new(clock, None, &format!("batch {at}")) };
        ids.push(one.id.to_string());
        store.accept(one).await.expect("an answer");
        clock.advance(1);
    }
    let claimed = claim(store, Work::Mint, 9).await.expect("three at once");
    let of = |claimed: &Claimed| claimed.rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>();
    assert_eq!(of(&claimed), [ids[0].clone(), ids[1].clone(), ids[3].clone()]);
    store.let_all_go(&claimed.owner, clock.now_ms()).await.expect("an answer");
    let claimed = claim(store, Work::Mint, 2).await.expect("two at once");
    assert_eq!(claimed.rows.len(), 2, "no more than asked for");
    for row in &claimed.rows {
        let minted_in = Some(MintedBlock { minted_block: 7, minted_hash: "0x07".into() });
        let done = Change { minted_in, ..change(&row.id, row.version, Some(row.fence), "minted", NEVER_MS) };
        assert!(matches!(store.change(done).await.expect("an answer"), Changed::Done(_)));
    }
    let blocks = store.minted_blocks().await.expect("an answer");
    assert_eq!(blocks, [MintedBlock { minted_block: 7, minted_hash: "0x07".into() }]);
    assert_eq!(store.minted_in(&blocks[0]).await.expect("an answer").len(), 2);
    let promised = async |above| store.promises("0xBatch0", above).await.expect("an answer").len();
    assert_eq!(
        (promised(6).await, promised(7).await),
        (4, 2),
        "the supply of block 7 contains what it minted"
    );
    reject_what_waits(store).await;
}

/// Changes that come in together are made together; each is judged by itself.
async fn changes_at_once(store: &Store, clock: &Clock) {
    let mut ids = Vec::new();
    for at in 0..10 {
        let one = new(clock, None, &format!("change {at}"));
        ids.push(one.id.to_string());
        store.accept(one).await.expect("an answer");
    }
    let due = clock.now_ms() + 1_000_000;
    let mut changes: Vec<Change> = ids.iter().map(|id| change(id, 1, None, "queued", due)).collect();
    changes[3].version = 7;
    changes[5].fence = Some(9);
    changes[8].state = "rejected";
    // Twice the same mint: the second change is made from what the first one left.
    changes.insert(4, change(&ids[0], 2, None, "rejected", NEVER_MS));
    changes.push(change(&ids[1], 1, None, "rejected", NEVER_MS));
    let answers = join_all(changes.into_iter().map(|change| store.change(change))).await;
    let answers: Vec<Changed> = answers.into_iter().map(|answer| answer.expect("an answer")).collect();
    let mut expected = vec![Changed::Done(2); 10];
    (expected[3], expected[5]) = (Changed::Stale, Changed::Stale);
    expected.insert(4, Changed::Done(3));
    expected.push(Changed::Stale);
    assert_eq!(answers, expected);
    for (at, id) in ids.iter().enumerate() {
        let row = store.mint(id.parse().expect("an id")).await.expect("an answer").expect("a mint");
        let state = if at == 0 || at == 8 { "rejected" } else { "queued" };
        let version = [3, 2, 2, 1, 2, 1, 2, 2, 2, 2][at];
        assert_eq!((row.state.as_str(), row.version), (state, version), "mint {at}");
    }
    clock.advance(1_000_001);
    reject_what_waits(store).await;
}

async fn reject_what_waits(store: &Store) {
    while let Some(rest) = claim(store, Work::Mint, 9).await {
        for row in &rest.rows {
            let end = change(&row.id, row.version, Some(row.fence), "rejected", NEVER_MS);
            store.change(end).await.expect("an answer");
        }
    }
}

async fn slots(store: &Store, clock: &Clock) {
    store.prepare_slots(3).await.expect("slots");
    store.prepare_slots(3).await.expect("the same slots again");
    let mut held = Vec::new();
    while let Some(slot) = store.claim_slot(3, LEASE).await.expect("an answer") {
        held.push(slot);
    }
    assert_eq!(held.iter().map(|slot| slot.slot).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(store.hold_slot(held[1], Duration::ZERO).await.expect("an answer"), "freed");
    let again = store.claim_slot(3, LEASE).await.expect("an answer").expect("the freed one");
    assert_eq!(again.slot, 1);
    assert!(!store.hold_slot(held[1], LEASE).await.expect("an answer"), "the old holder is fenced off");
    clock.advance(5_001);
    assert!(store.claim_slot(3, LEASE).await.expect("an answer").is_some(), "leases end");
}

async fn log(store: &Store, url: &str) {
    let LogState::Intact(length) = store.verify_log().await.expect("an answer") else {
        panic!("the log is broken")
    };
    let events = store.events_after(0, None, 1_000).await.expect("events");
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

async fn lists(store: &Store) {
    let all = store.mints(&MintFilter { limit: 10, ..MintFilter::default() }).await.expect("mints");
    assert_eq!(all.len(), 2);
    assert!(all[0].id > all[1].id, "newest first");
    let older = MintFilter {
        before: all[0].id.clone(),
        basket: "0xToken".into(),
        limit: 10,
        ..MintFilter::default()
    };
    assert_eq!(store.mints(&older).await.expect("mints").len(), 1);
    let none = MintFilter { beneficiary: "0xOther".into(), limit: 10, ..MintFilter::default() };
    assert!(store.mints(&none).await.expect("mints").is_empty());

    store.tie_to_chain(31_337, "0xaa").await.expect("a new tie");
    store.tie_to_chain(31_337, "0xaa").await.expect("the same tie");
    assert!(matches!(store.tie_to_chain(31_337, "0xbb").await, Err(StoreError::ForeignChain(_))));
    assert!(matches!(store.tie_to_chain(1, "0xaa").await, Err(StoreError::ForeignChain(_))));
}

async fn story(url: &str) {
    let clock = Clock::manual(START_MS);
    let mut tasks = JoinSet::new();
    let store = open(url, &clock, &mut tasks).await;
    accepts(&store, &clock).await;
    lists(&store).await;
    claims(&store, &clock).await;
    slots(&store, &clock).await;
    batches(&store, &clock).await;
    changes_at_once(&store, &clock).await;
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
async fn on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("store.db").display());
    story(&url).await;
}

#[tokio::test]
async fn on_postgresql() {
    let Some(server) = Postgres::start_durable().await else { return };
    story(&server.url).await;
}

#[tokio::test]
async fn two_processes_share_postgresql_and_not_sqlite() {
    let clock = Clock::manual(START_MS);
    let folder = tempfile::tempdir().expect("a folder");
    let url = SecretUrl::new(format!("sqlite:{}", folder.path().join("store.db").display()));
    let (_first, _writer) = Store::open(&url, clock.clone()).await.expect("the first opens");
    assert!(matches!(Store::open(&url, clock.clone()).await, Err(StoreError::Locked)));

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

    let mut claimed = Vec::new();
    for at in 0..25 {
        let store = if at % 2 == 0 { &one } else { &two };
        claimed.push(claim(store, Work::Mint, 1).await.expect("a due mint").rows.remove(0).id);
    }
    claimed.sort_unstable();
    claimed.dedup();
    assert_eq!(claimed.len(), 25, "no mint is claimed twice");
    assert_eq!(two.follow(0).await.expect("an answer"), 25);
}
