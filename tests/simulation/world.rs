//! One simulated world: the real service, worker and store; a simulated chain, workflow and clock; and bad luck.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alloy::primitives::{Address, B256};
use cre_backend::chain::{Chain, Endpoints};
use cre_backend::clock::Clock;
use cre_backend::config::SecretUrl;
use cre_backend::fault;
use cre_backend::mint::service::{Service, ServiceSettings};
use cre_backend::mint::sizes::Sizes;
use cre_backend::mint::worker::{Worker, WorkerSettings};
use cre_backend::mint::{Draft, Mint, State};
use cre_backend::store::lease::Work;
use cre_backend::store::log::LogState;
use cre_backend::store::{MintFilter, Store};
use cre_backend::workflow::{Executor, Outcome, Refusal, Reserves, Run, Simulated};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::chain::{CONSUMER, Mood, Report, SimChain, TOKEN};
use super::dice::Dice;

const START_MS: i64 = 1_790_000_000_000;
/// Payments in one world.
const PAYMENTS: u64 = 8;
/// Strokes of fate in one world.
const STROKES: u64 = 160;
/// Turns after which a world that has not come to rest is a violation.
const DRAIN_MAX: u32 = 4_000;
/// Points that a simulated run passes.
const CRASHES: [&str; 11] = [
    "commit.before",
    "commit.after",
    "claim.after",
    "look.before",
    "look.after",
    "note.before",
    "note.after",
    "slot.after",
    "spawn.before",
    "run.ended",
    "rest.before",
];

/// What was done to a world, and what came of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Toll {
    /// Faults by kind.
    pub(crate) faults: BTreeMap<String, u64>,
    /// Ends by state.
    pub(crate) ends: BTreeMap<&'static str, u64>,
    /// Broken promises, in words.
    pub(crate) violations: Vec<String>,
}

impl Toll {
    /// Faults of all kinds.
    pub(crate) fn points(&self) -> u64 {
        self.faults.values().sum()
    }

    /// Adds another world's report.
    pub(crate) fn add(&mut self, other: Self) {
        for (name, count) in other.faults {
            *self.faults.entry(name).or_default() += count;
        }
        for (name, count) in other.ends {
            *self.ends.entry(name).or_default() += count;
        }
        self.violations.extend(other.violations);
    }
}

type Faults = Arc<Mutex<BTreeMap<String, u64>>>;

struct World {
    seed: u64,
    dice: Dice,
    clock: Clock,
    chain: SimChain,
    url: SecretUrl,
    executor: Executor,
    faults: Faults,
    gateway: Option<Gateway>,
    asked: u64,
}

/// What lives and dies with a process.
struct Gateway {
    service: Service,
    worker: Worker,
    store: Store,
    writing: JoinHandle<()>,
    tasks: TaskTracker,
}

/// Lives through one world.
pub(crate) async fn live(seed: u64, folder: &Path) -> Toll {
    let clock = Clock::manual(START_MS);
    let chain = SimChain::new(clock.now_seconds(), seed);
    let faults = Faults::default();
    let url = SecretUrl::new(format!("sqlite:{}", folder.join(format!("{seed}.db")).display()));
    let executor = workflow(&chain, &faults, seed);
    let dice = Dice::new(seed ^ 0xabcd);
    let mut world = World { seed, dice, clock, chain, url, executor, faults, gateway: None, asked: 0 };
    fault::arm(None);
    world.start().await;
    for _ in 0..STROKES {
        world.stroke().await;
    }
    world.rest().await
}

/// A refusal that the chain takes back: the same report is delivered again by a stranger, and mints.
pub(crate) async fn live_through_a_vanished_refusal(folder: &Path) -> Toll {
    let clock = Clock::manual(START_MS);
    let chain = SimChain::new(clock.now_seconds(), 0);
    let url = SecretUrl::new(format!("sqlite:{}", folder.join("refusal.db").display()));
    let of_run = chain.clone();
    let run = move |run: &Run| {
        let report = Report { orders: run.orders.clone(), valid_until: run.valid_until, number: 1 };
        let mut state = of_run.state();
        state.refused.extend(run.orders.iter().map(|order| order.account));
        let claim = Some(state.deliver(report));
        state.refused.clear();
        vec![Outcome::Delivered { claim }; run.orders.len()]
    };
    let executor = Executor::Simulated(Simulated(Arc::new(run)));
    let (faults, dice) = (Faults::default(), Dice::new(0));
    let mut world = World { seed: 0, dice, clock, chain, url, executor, faults, gateway: None, asked: 0 };
    fault::arm(None);
    world.start().await;
    world.ask().await;
    world.turn(Some(Work::Mint)).await;
    world.chain.state().reorg(1);
    world.deliver_held();
    world.rest().await
}

impl World {
    async fn start(&mut self) {
        let (store, writer) = Store::open(&self.url, self.clock.clone()).await.expect("the store opens");
        store.prepare_slots(3).await.expect("slots");
        let endpoints = Endpoints::of(vec![self.chain.provider()]).expect("an endpoint");
        let chain = Chain::new(endpoints, SimChain::contracts(), 31_337, None);
        let settings =
            ServiceSettings { max_tokens: "1000000".into(), default_basket: Some((TOKEN, CONSUMER)) };
        let tasks = TaskTracker::new();
        let worker = Worker {
            store: store.clone(),
            chain: chain.clone(),
            executor: self.executor.clone(),
            desk: None,
            sizes: Sizes::default(),
            clock: self.clock.clone(),
            settings: WorkerSettings {
                concurrency: 2,
                batch_max: 3,
                transmitters: 3,
                lease: Duration::from_secs(5),
                run_timeout: Duration::from_secs(30),
            },
            tasks: tasks.clone(),
            soft_stop: CancellationToken::new(),
            hard_stop: CancellationToken::new(),
        };
        let service = Service::new(store.clone(), chain, self.clock.clone(), settings);
        #[expect(clippy::disallowed_methods, reason = "the crash of a simulated process aborts it")]
        let writing = tokio::spawn(writer.run());
        self.gateway = Some(Gateway { service, worker, store, writing, tasks });
    }

    /// The process is gone, with everything that it had not committed.
    async fn crash(&mut self) {
        self.count("crash");
        let Some(gateway) = self.gateway.take() else { return };
        gateway.writing.abort();
        let _ = gateway.writing.await;
        gateway.tasks.close();
        gateway.tasks.wait().await;
        gateway.store.close().await;
        drop((gateway.service, gateway.worker, gateway.store));
        fault::arm(None);
        self.start().await;
    }

    fn count(&self, name: &str) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner).entry(name.to_owned()).or_default() += 1;
    }

    async fn stroke(&mut self) {
        match self.dice.below(20) {
            0..=2 => self.ask().await,
            3..=7 => self.turn(Some(Work::Mint)).await,
            8..=9 => self.turn(Some(Work::Settle)).await,
            10..=12 => self.turn(None).await,
            13 => self.pass(3).await,
            14 => {
                let name = (*self.dice.pick(&CRASHES)).to_owned();
                let spare = u32::try_from(self.dice.below(3)).unwrap_or(0);
                fault::arm(Some(fault::Plan { name, spare, is_simulated: true }));
            }
            15 => {
                let mood = match self.dice.below(4) {
                    0 => Mood::Dropping(30),
                    1 => Mood::Behind(1 + self.dice.below(3)),
                    _ => Mood::Honest,
                };
                if mood != Mood::Honest {
                    self.count("bad endpoint");
                }
                self.chain.state().mood = mood;
            }
            16 => {
                self.count("re-organisation");
                let depth = 1 + self.dice.below(3);
                self.chain.state().reorg(depth);
            }
            17 => self.deliver_held(),
            18 => self.meddle().await,
            _ => {
                self.count("clock jump");
                let jump = i64::try_from(self.dice.below(60_000)).unwrap_or(0) - 20_000;
                self.clock.advance(jump);
            }
        }
    }

    /// A stranger delivers a report that he holds.
    fn deliver_held(&mut self) {
        let mut chain = self.chain.state();
        if chain.held.is_empty() {
            return;
        }
        let at = usize::try_from(self.dice.below(chain.held.len() as u64)).unwrap_or(0);
        let report = chain.held.swap_remove(at);
        chain.deliver(report);
        drop(chain);
        self.count("late delivery");
    }

    async fn pass(&mut self, seconds: u64) {
        self.clock.advance(i64::try_from(seconds * 1000).unwrap_or(0));
        let mut chain = self.chain.state();
        chain.pass_time(seconds - 1);
        chain.mine();
    }

    /// A caller asks for a payment, new or once more.
    async fn ask(&mut self) {
        let payment = if self.asked < PAYMENTS && !self.dice.chance(30) {
            self.asked += 1;
            self.asked - 1
        } else {
            self.dice.below(self.asked.max(1))
        };
        let Some(gateway) = &self.gateway else { return };
        let service = gateway.service.clone();
        let draft = draft(payment);
        let asking = async { service.accept(&draft, Some(format!("key {payment}"))).await.map(drop) };
        let dead = tokio::select! {
            _ = asking => false,
            () = fault::struck() => true,
        };
        drop(service);
        if dead {
            self.crash().await;
        }
    }

    /// One turn of a kind of work, or (nothing named) a look at the blocks with mints.
    async fn turn(&mut self, work: Option<Work>) {
        let Some(gateway) = &self.gateway else { return };
        let worker = gateway.worker.clone();
        let turning = async {
            match work {
                Some(work) => worker.turn(work).await,
                None => worker.watch_turn().await,
            }
        };
        let dead = tokio::select! {
            _ = turning => false,
            () = fault::struck() => true,
        };
        drop(worker);
        if dead {
            self.crash().await;
        }
    }

    /// A caller cancels or retries some mint.
    async fn meddle(&mut self) {
        let mints = self.mints().await;
        if mints.is_empty() {
            return;
        }
        let id = self.dice.pick(&mints).id;
        let is_cancel = self.dice.chance(50);
        let Some(gateway) = &self.gateway else { return };
        let service = gateway.service.clone();
        let meddling = async {
            // Most are not allowed at that moment, which is an answer.
            let _ = if is_cancel {
                service.cancel(id).await.map(drop)
            } else {
                service.retry(id).await.map(drop)
            };
        };
        let dead = tokio::select! {
            () = meddling => false,
            () = fault::struck() => true,
        };
        drop(service);
        if dead {
            self.crash().await;
        }
    }

    async fn mints(&self) -> Vec<Mint> {
        let Some(gateway) = &self.gateway else { return Vec::new() };
        let filter = MintFilter { limit: 100, ..MintFilter::default() };
        gateway.service.list(&filter).await.unwrap_or_default()
    }

    /// Bad luck ends; everything must come to rest, and be true.
    async fn rest(&mut self) -> Toll {
        fault::arm(None);
        self.chain.state().mood = Mood::Honest;
        self.clock.advance(60_000);
        let mut violations = Vec::new();
        for _ in 0..DRAIN_MAX {
            let Some(gateway) = &self.gateway else { break };
            let worker = gateway.worker.clone();
            while worker.turn(Work::Mint).await
                || worker.turn(Work::Settle).await
                || worker.watch_turn().await
            {}
            if self.mints().await.iter().all(|mint| mint.progress.state.is_terminal()) {
                break;
            }
            self.pass(5).await;
        }
        let mut ends: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mints = self.mints().await;
        for mint in &mints {
            *ends.entry(mint.progress.state.word()).or_default() += 1;
            let found = judge(mint, &self.chain);
            violations.extend(found.map(|words| format!("seed {}: {words}", self.seed)));
        }
        if mints.len() as u64 > self.asked {
            violations.push(format!("seed {}: {} mints for {} payments", self.seed, mints.len(), self.asked));
        }
        if let Some(gateway) = self.gateway.take() {
            if !matches!(gateway.store.verify_log().await, Ok(LogState::Intact(_))) {
                violations.push(format!("seed {}: the event log is broken", self.seed));
            }
            gateway.store.close_writes();
            let _ = gateway.writing.await;
            gateway.store.close().await;
        }
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Toll { faults, ends, violations }
    }
}

/// What is wrong with a mint's end, if anything.
fn judge(mint: &Mint, chain: &SimChain) -> Option<String> {
    let reference: B256 = mint.order.reference;
    let (count, live) = {
        let state = chain.state();
        (state.mints_of(&reference), state.is_live(&reference))
    };
    let state = mint.progress.state;
    match (state, count) {
        (_, 2..) => Some(format!("{reference} was minted {count} times")),
        (State::Finalized, 1) => None,
        (State::Finalized, _) => Some(format!("{reference} is finalized but was never minted")),
        (State::Rejected | State::Failed | State::Cancelled, 0) if !live => None,
        (State::Rejected | State::Failed | State::Cancelled, 0) => {
            Some(format!("{reference} is {} but a live report exists", state.word()))
        }
        (State::Rejected | State::Failed | State::Cancelled, _) => {
            Some(format!("{reference} is {} but was minted", state.word()))
        }
        _ => Some(format!("{reference} never came to rest: {}", state.word())),
    }
}

fn draft(payment: u64) -> Draft {
    let byte = u8::try_from(payment + 1).unwrap_or(u8::MAX);
    Draft {
        beneficiary: Address::repeat_byte(byte).to_string(),
        amount: format!("{}", payment + 10),
        bank_reference: Some(format!("payment {payment}")),
        ..Draft::default()
    }
}

/// A workflow that does what workflows do on bad days.
fn workflow(chain: &SimChain, faults: &Faults, seed: u64) -> Executor {
    let dice = Mutex::new((Dice::new(seed ^ 0x77), 0_u64));
    let (chain, faults) = (chain.clone(), Arc::clone(faults));
    let run = move |run: &Run| {
        let mut dice = dice.lock().unwrap_or_else(PoisonError::into_inner);
        dice.1 += 1;
        let report = Report { orders: run.orders.clone(), valid_until: run.valid_until, number: dice.1 };
        let (name, outcomes) = behave(&mut dice.0, &chain, report);
        if name != "delivered" {
            let mut faults = faults.lock().unwrap_or_else(PoisonError::into_inner);
            *faults.entry(format!("workflow: {name}")).or_default() += 1;
        }
        outcomes
    };
    Executor::Simulated(Simulated(Arc::new(run)))
}

fn behave(dice: &mut Dice, chain: &SimChain, report: Report) -> (&'static str, Vec<Outcome>) {
    let all = |outcome: Outcome| vec![outcome; report.orders.len()];
    let lost = || all(Outcome::Lost("simulated".to_owned()));
    let refused = |code: &str| {
        let refusal = Refusal {
            code: code.to_owned(),
            policy: String::new(),
            reason: String::new(),
            reserves: Reserves::default(),
        };
        Outcome::Refused(Box::new(refusal))
    };
    let mut state = chain.state();
    let told = |claim: B256| all(Outcome::Delivered { claim: Some(claim) });
    match dice.below(17) {
        0 => {
            state.deliver(report.clone());
            ("delivered, not told", lost())
        }
        1 => {
            state.held.push(report.clone());
            ("signed, in a stranger's hands", lost())
        }
        2 => {
            state.held.push(report.clone());
            ("says delivered, is not", told(B256::repeat_byte(7)))
        }
        3 => {
            state.deliver(report.clone());
            ("delivered, wrong hash", told(B256::repeat_byte(8)))
        }
        4 => ("hangs, nothing signed", lost()),
        5 => ("reserve source down", all(refused("POR_UNAVAILABLE"))),
        6 => ("refused", all(refused("POR_INSUFFICIENT_RESERVES"))),
        7 => ("cannot start", all(Outcome::Unstarted("simulated".to_owned()))),
        8 => {
            // The policies change between the preview and the delivery, for some or for all.
            let some = 1 + usize::try_from(dice.below(report.orders.len() as u64)).unwrap_or(0);
            state.refused.extend(report.orders.iter().take(some).map(|order| order.account));
            let claim = state.deliver(report.clone());
            state.refused.clear();
            ("refused on chain", told(claim))
        }
        9 => {
            // Refused before it signs: the first order stays at home, the others travel.
            let rest = Report { orders: report.orders[1..].to_vec(), ..report.clone() };
            let outcome = match rest.orders.is_empty() {
                true => Outcome::Delivered { claim: None },
                false => Outcome::Delivered { claim: Some(state.deliver(rest)) },
            };
            let mut outcomes = all(outcome);
            outcomes[0] = refused("ACE_REJECTED");
            ("refused one", outcomes)
        }
        _ => ("delivered", told(state.deliver(report.clone()))),
    }
}
