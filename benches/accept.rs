//! Durable accepts: how many a second, and how long one takes at a steady 1 000 a second.
//!
//! ```text
//! cargo bench --bench accept
//! ```
//!
//! Both databases write to the disk before they answer (SQLite synchronous=FULL, PostgreSQL fsync=on). The requests are
//! for twenty baskets and none of them ends; with ledgers, each acceptance is judged by what its basket has promised.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use alloy::primitives::{B256, U256, address};
use cre_backend::base::clock::Clock;
use cre_backend::base::secret::SecretUrl;
use cre_backend::domain::access::Allowance;
use cre_backend::domain::admission::AdmissionRefusal;
use cre_backend::domain::coverage::Coverage;
use cre_backend::domain::{EventKind, Order, Progress};
use cre_backend::store::admission::{Admission, LedgerSnapshot, Ruling};
use cre_backend::store::{NewMint, Store};
use futures_util::StreamExt;
use futures_util::stream::{FuturesUnordered, iter};
use test_support::postgres::Postgres;

/// Length of each measurement.
const SECONDS: u64 = 10;
/// Requests a second of the steady measurement.
const RATE: u64 = 1_000;
/// Requests under way in the measurement of the most.
const CLIENTS: usize = 64;
const BASKETS: u128 = 20;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        println!(
            "| database | most accepts/s | at {RATE}/s: p50 ms | p99 ms | max ms |\n|---|---:|---:|---:|---:|"
        );
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on the disk");
        for (has_ledger, with) in [(false, "without ledgers"), (true, "with ledgers")] {
            let database = folder.path().join(format!("{has_ledger}.db"));
            measure(&format!("SQLite, {with}"), &format!("sqlite:{}", database.display()), has_ledger).await;
            if let Some(server) = Postgres::start_durable().await {
                measure(&format!("PostgreSQL, {with}"), &server.url, has_ledger).await;
            }
        }
    });
}

async fn measure(name: &str, url: &str, has_ledger: bool) {
    let clock = Clock::system();
    let (store, writer) = Store::open(&SecretUrl::new(url), clock.clone()).await.expect("the store opens");
    #[expect(clippy::disallowed_methods, reason = "the writer ends with the measurement")]
    let writing = tokio::spawn(writer.run());
    // The steady measurement first: it is to find the ledgers as short as they are in a gateway that keeps up.
    let mut times = steady(&store, &clock, has_ledger).await;
    let most = most(&store, &clock, has_ledger).await;
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
    println!("| {name} | {most:.0} | {:.1} | {:.1} | {:.1} |", at(50), at(99), at(100));
    store.close_writes();
    writing.await.expect("the writer ends");
}

/// As many as a fixed number of callers can get in.
async fn most(store: &Store, clock: &Clock, has_ledger: bool) -> f64 {
    let began = Instant::now();
    let requests = std::iter::from_fn(|| {
        (began.elapsed() < Duration::from_secs(SECONDS)).then(|| new(clock, has_ledger))
    });
    let done = iter(requests).map(|mint| store.accept(mint)).buffer_unordered(CLIENTS);
    let count = done.fold(0_u32, async |count, answer| count + u32::from(answer.is_ok())).await;
    f64::from(count) / began.elapsed().as_secs_f64()
}

/// Callers that come at a fixed rate, whether or not the ones before were served.
async fn steady(store: &Store, clock: &Clock, has_ledger: bool) -> Vec<Duration> {
    let mut tick = tokio::time::interval(Duration::from_micros(1_000_000 / RATE));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
    let (mut running, mut times) = (FuturesUnordered::new(), Vec::new());
    let mut left = SECONDS * RATE;
    while left > 0 || !running.is_empty() {
        tokio::select! {
            due = tick.tick(), if left > 0 => {
                left -= 1;
                let mint = new(clock, has_ledger);
                running.push(async move {
                    store.accept(mint).await.expect("an answer");
                    due.elapsed()
                });
            }
            Some(time) = running.next() => times.push(time),
        }
    }
    times
}

fn new(clock: &Clock, has_ledger: bool) -> NewMint {
    let id = clock.new_id();
    let mut stablecoin = address!("24B3c7704709ed1491473F30393FFc93cFB0FC34");
    stablecoin[19] = u8::try_from(id.as_u128() % BASKETS).expect("a small number");
    let order = Order {
        stablecoin,
        consumer: address!("44BF2a9217A2970A1bCC7529Bf1d40828C594320"),
        beneficiary: address!("60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd"),
        amount: U256::from(10).pow(U256::from(18)),
        decimals: 18,
        bank_reference: id.to_string(),
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
        admission: has_ledger.then(ledger),
    }
}

/// What the basket has promised, with reserves that cover everything.
fn ledger() -> Admission {
    Admission::new(0, BTreeSet::new(), |ledger: &LedgerSnapshot| {
        let reserved = ledger.reserved;
        let coverage = Coverage { reserves: U256::MAX, supply: U256::ZERO, reserved, margin_bps: 10_000 };
        let requested = U256::from(1);
        match coverage.deficit(requested).is_zero() {
            true => Ruling::Admit(None),
            false => Ruling::Refuse(AdmissionRefusal::Overdrawn { coverage, requested }),
        }
    })
}
