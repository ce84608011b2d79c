//! How long the store's questions and writes take with a history and without one, asked in turn.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use alloy::primitives::Address;
use cre_backend::base::clock::Clock;
use cre_backend::domain::access::{Allowance, Reader};
use cre_backend::domain::{BasketId, EventKind, Progress, State};
use cre_backend::store::lease::Work;
use cre_backend::store::{MintFilter, MintUpdate, NewMint, StatementLines, Store, StoreError, UpdateOutcome};

use crate::known::Known;
use crate::support::new_mint;

const LEASE: Duration = Duration::from_secs(60);
const DAY_MS: i64 = 86_400_000;
/// Mints that one claim takes.
const CLAIMED: usize = 20;
const PAGE: usize = 50;
/// Turns that each healthy basket is to have beside a crowd, and mints that each of them takes.
const TURNS: usize = 10;
const TAKEN: usize = 4;

/// How often each is asked.
#[derive(Clone, Copy)]
pub(crate) struct Rounds {
    pub(crate) questions: usize,
    pub(crate) accepts: usize,
}

/// A database that is measured.
pub(crate) struct Side {
    pub(crate) store: Store,
    pub(crate) known: Vec<Known>,
}

/// What was measured of one question or write, ms.
pub(crate) struct Measured {
    pub(crate) name: String,
    /// Whether it is a question that minting waits for, or that is asked again and again.
    pub(crate) is_hot: bool,
    pub(crate) full: Vec<Duration>,
    pub(crate) empty: Vec<Duration>,
}

/// Two databases, asked in turn.
pub(crate) struct Pair {
    pub(crate) full: Side,
    pub(crate) empty: Side,
    pub(crate) clock: Clock,
    pub(crate) rounds: Rounds,
    pub(crate) measured: Vec<Measured>,
}

type Done = Result<(), StoreError>;

impl Pair {
    async fn ask(&mut self, name: &str, is_hot: bool, ask: impl AsyncFn(&Store, &Known) -> Done) {
        let (mut full, mut empty) = (Vec::new(), Vec::new());
        for round in 0..self.rounds.questions {
            for (side, times) in [(&self.full, &mut full), (&self.empty, &mut empty)] {
                let known = &side.known[(round * 7) % side.known.len()];
                let began = Instant::now();
                ask(&side.store, known).await.unwrap_or_else(|error| panic!("{name}: {error}"));
                times.push(began.elapsed());
            }
        }
        self.measured.push(Measured { name: name.to_owned(), is_hot, full, empty });
    }

    /// What minting asks, and what is asked again and again.
    pub(crate) async fn hot_questions(&mut self) {
        let clock = self.clock.clone();
        self.ask("a mint by its id", true, async |store, known| store.mint(known.id).await.map(drop)).await;
        self.ask("a mint by its key", true, async |store, known| {
            let new = NewMint {
                account: known.account.clone(),
                idempotency_key: Some(known.key.clone()),
                fingerprint: known.fingerprint.clone(),
                ..new(
                    &clock,
                    BasketId { stablecoin: known.order.stablecoin, consumer: known.order.consumer },
                    0,
                )
            };
            assert!(store.mint_by_key(&new).await?.is_some(), "the key is known");
            Ok(())
        })
        .await;
        self.ask("a mint by its reference on chain", true, async |store, known| {
            store.mint_of(known.order.stablecoin, known.order.reference).await.map(drop)
        })
        .await;
        self.ask("the only mint of an order", true, async |store, known| {
            store.only_mint_of(&known.order, Reader::Everybody).await.map(drop)
        })
        .await;
        self.ask("the events of a mint", true, async |store, known| {
            store.events_of_mints(0, [known.id], 256).await.map(drop)
        })
        .await;
        self.ask("the newest events", true, async |store, _| {
            let head = store.head().borrow().seq;
            store.events_after(head - 3, 256).await.map(drop)
        })
        .await;
        self.ask("what a basket promised, and its breaker", true, async |store, known| {
            store.promised(known.order.stablecoin, 0).await?;
            store.breaker(known.order.stablecoin).await.map(drop)
        })
        .await;
        self.ask("the baskets that are followed", true, async |store, _| {
            store.followed_baskets().await.map(drop)
        })
        .await;
        self.ask("blocks with mints that are not final", true, async |store, _| {
            store.minted_blocks().await.map(drop)
        })
        .await;
        self.ask("queued mints that expired", true, async |store, _| store.expired_mints(64).await.map(drop))
            .await;
        self.ask("nothing to claim", true, async |store, _| {
            store.claim(Work::Mint, LEASE, |_| CLAIMED).await?;
            store.claim(Work::Settle, LEASE, |_| 1).await.map(drop)
        })
        .await;
        self.ask("the counts for /metrics", true, async |store, _| store.mint_counts().await.map(drop)).await;
        self.ask("the newest alarms", true, async |store, _| store.newest_alarms(20).await.map(drop)).await;
    }

    /// What people and their programs ask.
    pub(crate) async fn lists(&mut self) {
        type Of = fn(&Known) -> MintFilter;
        let lists: [(&str, Of); 13] = [
            ("no filter", |_| MintFilter::default()),
            ("state finalized", |_| MintFilter { states: vec![State::Finalized], ..MintFilter::default() }),
            ("state queued (few)", |_| MintFilter { states: vec![State::Queued], ..MintFilter::default() }),
            ("state rejected", |_| MintFilter { states: vec![State::Rejected], ..MintFilter::default() }),
            ("basket", |known| MintFilter {
                stablecoin: Some(known.order.stablecoin),
                ..MintFilter::default()
            }),
            ("beneficiary", |known| MintFilter {
                beneficiary: Some(known.order.account),
                ..MintFilter::default()
            }),
            ("unknown beneficiary", |_| MintFilter {
                beneficiary: Some(Address::repeat_byte(9)),
                ..MintFilter::default()
            }),
            ("bank reference", |known| MintFilter {
                bank_reference: Some(known.bank_reference.clone()),
                ..MintFilter::default()
            }),
            ("transaction", |known| MintFilter { tx: Some(known.tx), ..MintFilter::default() }),
            ("code", |_| MintFilter { code: Some("ACE_REJECTED"), ..MintFilter::default() }),
            ("a day", |known| MintFilter {
                created_from: Some(known.created_at - DAY_MS),
                created_to: Some(known.created_at),
                ..MintFilter::default()
            }),
            ("changed since", |known| MintFilter {
                updated_from: Some(known.created_at),
                ..MintFilter::default()
            }),
            ("basket and beneficiary", |known| MintFilter {
                stablecoin: Some(known.order.stablecoin),
                beneficiary: Some(known.order.account),
                ..MintFilter::default()
            }),
        ];
        for (name, filter) in lists {
            self.ask(&format!("list of an account: {name}"), false, async |store, known| {
                let filter =
                    MintFilter { account: Some(known.account.clone()), limit: PAGE, ..filter(known) };
                store.mints(&filter).await.map(drop)
            })
            .await;
        }
        self.ask("list of all accounts", false, async |store, _| {
            store.mints(&MintFilter { limit: PAGE, ..MintFilter::default() }).await.map(drop)
        })
        .await;
        self.ask("list of an account: basket and rare code", false, async |store, known| {
            let filter = MintFilter {
                account: Some(known.account.clone()),
                stablecoin: Some(known.order.stablecoin),
                code: Some("EXPIRED"),
                limit: PAGE,
                ..MintFilter::default()
            };
            store.mints(&filter).await.map(drop)
        })
        .await;
        self.ask("the runs of a mint", false, async |store, known| store.runs_of(known.id).await.map(drop))
            .await;
        self.ask("the orders of a run", false, async |store, known| {
            store.orders_of_run(known.execution).await.map(drop)
        })
        .await;
        self.ask("summary of 92 days", false, async |store, known| {
            let range = known.created_at - 92 * DAY_MS..known.created_at;
            store.summary(Some(&known.account), None, range).await.map(drop)
        })
        .await;
        self.ask("statement: what it opens with", false, async |store, known| {
            store
                .booked_before(Some(&known.account), known.order.stablecoin, known.created_at)
                .await
                .map(drop)
        })
        .await;
        self.ask("statement: 50 lines", false, async |store, known| {
            let lines = StatementLines {
                account: Some(known.account.clone()),
                stablecoin: known.order.stablecoin,
                after: (known.created_at - DAY_MS, String::new()),
                to: known.created_at,
                limit: PAGE,
            };
            store.booked_mints(&lines).await.map(drop)
        })
        .await;
    }

    /// Accepts, claims, heartbeats and changes: in turn, and last, because they leave rows.
    pub(crate) async fn writes(&mut self) {
        let baskets = self.baskets();
        let accept = async |pair: &Self, side: &Side, round: usize| {
            let new = new(&pair.clock, baskets[round % baskets.len()], round);
            let began = Instant::now();
            side.store.accept(new).await.expect("it is accepted");
            began.elapsed()
        };
        let (mut full, mut empty) = (Vec::new(), Vec::new());
        for round in 0..self.rounds.accepts {
            // Who is first alternates, too: what the disk does in the background must not always hit the same.
            if round % 2 == 0 {
                full.push(accept(self, &self.full, round).await);
                empty.push(accept(self, &self.empty, round).await);
            } else {
                empty.push(accept(self, &self.empty, round).await);
                full.push(accept(self, &self.full, round).await);
            }
        }
        self.measured.push(Measured { name: "acceptance".to_owned(), is_hot: false, full, empty });

        let mut times: BTreeMap<&str, [Vec<Duration>; 2]> = BTreeMap::new();
        for _ in 0..(self.rounds.accepts / CLAIMED / 2).max(1) {
            for (at, side) in [&self.full, &self.empty].into_iter().enumerate() {
                for (what, time) in work(&side.store).await {
                    times.entry(what).or_default()[at].push(time);
                }
            }
        }
        for (name, [full, empty]) in times {
            self.measured.push(Measured { name: name.to_owned(), is_hot: false, full, empty });
        }
    }

    fn baskets(&self) -> Vec<BasketId> {
        let basket =
            |known: &Known| BasketId { stablecoin: known.order.stablecoin, consumer: known.order.consumer };
        let baskets: BTreeMap<Address, BasketId> =
            self.empty.known.iter().map(|known| (known.order.stablecoin, basket(known))).collect();
        baskets.into_values().collect()
    }

    /// How often each basket had its turn while one that may not run holds a crowd; on the database with the history. The
    /// crowd's basket first.
    pub(crate) async fn turns(&self, crowd: usize) -> Vec<usize> {
        let store = &self.full.store;
        let consumer = Address::repeat_byte(0xc0);
        let baskets: Vec<BasketId> =
            (0xa0..0xab).map(|at| BasketId { stablecoin: Address::repeat_byte(at), consumer }).collect();
        let [paused, healthy @ ..] = baskets.as_slice() else { return Vec::new() };
        let crowd = (0..crowd).map(|at| store.accept(new(&self.clock, *paused, at)));
        for accepted in futures_util::future::join_all(crowd).await {
            accepted.expect("it is accepted");
        }
        // What other measurements left is claimed meanwhile, and stays so.
        loop {
            let claimed =
                store.claim(Work::Mint, LEASE, |_| 64).await.expect("an answer").expect("the crowd waits");
            if claimed.basket == *paused {
                store.release_claim(*paused, &claimed.owner, 0, DAY_MS).await.expect("the basket is paused");
                break;
            }
        }
        for basket in healthy {
            for at in 0..TURNS * TAKEN {
                store.accept(new(&self.clock, *basket, at)).await.expect("it is accepted");
            }
        }
        let mut turns = vec![0; baskets.len()];
        for _ in 0..TURNS * healthy.len() {
            let claimed =
                store.claim(Work::Mint, LEASE, |_| TAKEN).await.expect("an answer").expect("some wait");
            if let Some(at) = baskets.iter().position(|basket| *basket == claimed.basket) {
                turns[at] += 1;
            }
        }
        turns
    }
}

/// One claim of twenty and what follows it.
async fn work(store: &Store) -> Vec<(&'static str, Duration)> {
    let mut times = Vec::new();
    let began = Instant::now();
    let claimed =
        store.claim(Work::Mint, LEASE, |_| CLAIMED).await.expect("an answer").expect("something is queued");
    times.push(("claim of 20", began.elapsed()));
    assert_eq!(claimed.mints.len(), CLAIMED, "there are enough beneficiaries");
    let began = Instant::now();
    assert!(store.renew_claim(&claimed.owner, LEASE).await.expect("an answer"));
    times.push(("heartbeat of a claim", began.elapsed()));
    for (at, stored) in claimed.mints.iter().enumerate() {
        let progress = Progress { state: State::Cancelled, ..stored.mint.progress.clone() };
        let update = MintUpdate {
            id: stored.mint.id,
            basket: claimed.basket,
            version: stored.mint.version,
            fence: Some(stored.fence),
            progress,
            pause_ms: 0,
            allowance: Allowance::default(),
            release: true,
            events: vec![(EventKind::Mint(State::Cancelled), "{}".to_owned())],
            run: None,
            admission: None,
        };
        let began = Instant::now();
        let done = store.update(update).await.expect("an answer");
        assert!(matches!(done, UpdateOutcome::Stored(_)));
        if at < 3 {
            times.push(("the end of a mint", began.elapsed()));
        }
    }
    let began = Instant::now();
    store.release_claim(claimed.basket, &claimed.owner, 0, 0).await.expect("an answer");
    times.push(("giving back a claim", began.elapsed()));
    times
}

/// An order of one of many beneficiaries.
fn new(clock: &Clock, basket: BasketId, number: usize) -> NewMint {
    let mut beneficiary = Address::repeat_byte(0xbe);
    beneficiary[18..].copy_from_slice(&u16::try_from(number % 65_536).expect("a small number").to_be_bytes());
    new_mint(clock, basket, beneficiary)
}
