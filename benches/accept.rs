//! Durable accepts: how many a second, what a key costs them, and how long one takes at a steady 1 000 a second.
//!
//! ```text
//! cargo bench --bench accept
//! ```
//!
//! Both databases write to the disk before they answer (SQLite synchronous=FULL, PostgreSQL fsync=on). The requests are
//! for twenty baskets and none of them ends; with ledgers, each acceptance is judged by what its basket has promised.

mod support;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alloy::primitives::{U256, address};
use cre_backend::access::issue::{KeySpec, new_key};
use cre_backend::access::{Caller, Directory, RequestCounts, RequestLimits};
use cre_backend::base::clock::Clock;
use cre_backend::base::secret::SecretUrl;
use cre_backend::domain::BasketId;
use cre_backend::domain::access::{AccessChange, ChangeOutcome, Grant, Scopes};
use cre_backend::store::{AccessUpdate, NewMint, Store};
use futures_util::StreamExt;
use futures_util::stream::{FuturesUnordered, iter};
use test_support::postgres::Postgres;
use tokio_util::sync::{CancellationToken, DropGuard};

use support::new_mint;

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
            "| database | most accepts/s: anonymous | by a key | by a key with limits a day | anonymous at {RATE}/s: p50 ms \
             | p99 ms | max ms |\n|---|---:|---:|---:|---:|---:|---:|"
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
    let doors = [
        Door::open(&store, &clock, None).await,
        with_key(&store, &clock, 0).await,
        with_key(&store, &clock, 1).await,
    ];
    let of = |door| Requests { clock: &clock, has_ledger, door };
    // The steady measurement first: it is to find the ledgers as short as they are in a gateway that keeps up.
    let mut times = steady(&store, of(&doors[0])).await;
    // In turn, a second each: what else the machine does hits all of them.
    let mut rates = doors.each_ref().map(|_| Vec::new());
    for _ in 0..SECONDS {
        for (door, rates) in doors.iter().zip(&mut rates) {
            rates.push(most(&store, of(door)).await);
        }
    }
    let [anonymous, key, limited] = rates.map(|mut rates| {
        rates.sort_unstable_by(f64::total_cmp);
        rates[rates.len() / 2]
    });
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
    println!(
        "| {name} | {anonymous:.0} | {key:.0} | {limited:.0} | {:.1} | {:.1} | {:.1} |",
        at(50),
        at(99),
        at(100)
    );
    store.close_writes();
    writing.await.expect("the writer ends");
}

/// Who asks, and what is looked at before the store is.
struct Door {
    directory: Directory,
    counts: RequestCounts,
    key: Option<String>,
    /// Without news from the database a directory lets nobody in.
    _following: DropGuard,
}

impl Door {
    async fn open(store: &Store, clock: &Clock, key: Option<KeySpec>) -> Self {
        let directory = Directory::load(store.clone()).await.expect("the keys are loaded");
        let until = CancellationToken::new();
        #[expect(clippy::disallowed_methods, reason = "it ends with the door")]
        tokio::spawn(directory.clone().follow(until.clone()));
        let _following = until.drop_guard();
        let counts = RequestCounts::new(RequestLimits { per_key: u32::MAX, per_address: u32::MAX });
        let Some(spec) = key else { return Self { directory, counts, key: None, _following } };
        let (key, text) = new_key(spec, false, clock);
        let change = AccessChange::CreateKey(Box::new(key));
        let made = directory.change(AccessUpdate { change, by: "the benchmark".to_owned() }).await;
        assert!(matches!(made, Ok(ChangeOutcome::Done)), "{made:?}");
        Self { directory, counts, key: Some(text), _following }
    }

    /// Who is let in.
    async fn caller(&self) -> Arc<Caller> {
        let Some(text) = &self.key else { return Arc::new(Caller::anonymous()) };
        let caller = self.directory.caller(text, Some(false), Ipv4Addr::LOCALHOST.into()).await;
        let caller = caller.expect("the key is good");
        assert!(self.counts.count_key(caller.key_id()).is_none_or(|standing| !standing.is_spent));
        caller
    }
}

/// A key of the default account; with limits for each day that nobody reaches, or without.
async fn with_key(store: &Store, clock: &Clock, limits: usize) -> Door {
    let most = (limits > 0).then_some(U256::MAX >> 1);
    let grant = Grant { per_day: most, per_beneficiary: most, ..Grant::UNLIMITED };
    let spec = KeySpec {
        account: "default".to_owned(),
        holder: "bench".to_owned(),
        name: "bench".to_owned(),
        scopes: Scopes::all(),
        networks: Vec::new(),
        grants: Some([grant].into_iter().collect()),
        expires_at: None,
    };
    Door::open(store, clock, Some(spec)).await
}

/// Requests of one kind.
#[derive(Clone, Copy)]
struct Requests<'a> {
    clock: &'a Clock,
    has_ledger: bool,
    door: &'a Door,
}

/// As many a second as a fixed number of callers can get in.
async fn most(store: &Store, requests: Requests<'_>) -> f64 {
    let began = Instant::now();
    let asked = std::iter::from_fn(|| (began.elapsed() < Duration::from_secs(1)).then_some(requests));
    let done = iter(asked).map(async |requests| store.accept(requests.next().await).await);
    let done = done.buffer_unordered(CLIENTS);
    let count = done.fold(0_u32, async |count, answer| count + u32::from(answer.is_ok())).await;
    f64::from(count) / began.elapsed().as_secs_f64()
}

/// Callers that come at a fixed rate, whether or not the ones before were served.
async fn steady(store: &Store, requests: Requests<'_>) -> Vec<Duration> {
    let mut tick = tokio::time::interval(Duration::from_micros(1_000_000 / RATE));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
    let (mut running, mut times) = (FuturesUnordered::new(), Vec::new());
    let mut left = SECONDS * RATE;
    while left > 0 || !running.is_empty() {
        tokio::select! {
            due = tick.tick(), if left > 0 => {
                left -= 1;
                running.push(async move {
                    store.accept(requests.next().await).await.expect("an answer");
                    due.elapsed()
                });
            }
            Some(time) = running.next() => times.push(time),
        }
    }
    times
}

impl Requests<'_> {
    async fn next(self) -> NewMint {
        let Self { clock, has_ledger, door } = self;
        let caller = door.caller().await;
        let mut stablecoin = address!("24B3c7704709ed1491473F30393FFc93cFB0FC34");
        stablecoin[19] = u8::try_from(clock.new_id().as_u128() % BASKETS).expect("a small number");
        let consumer = address!("44BF2a9217A2970A1bCC7529Bf1d40828C594320");
        let beneficiary = address!("60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd");
        let asked = new_mint(clock, BasketId { stablecoin, consumer }, beneficiary);
        let allowance = caller.rights.allowance(stablecoin, beneficiary);
        NewMint {
            account: caller.account.to_string(),
            key_id: caller.key_id().to_owned(),
            allowance: allowance.expect("it reaches every basket"),
            admission: asked.admission.filter(|_| has_ledger),
            ..asked
        }
    }
}
