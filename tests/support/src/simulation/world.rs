//! One simulated world: what it consists of, and how its processes start and die.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cre_backend::base::clock::Clock;
use cre_backend::base::fault;
use cre_backend::basket::BasketRegistry;
use cre_backend::chain::{Chain, Endpoints};
use cre_backend::domain::Mint;
use cre_backend::domain::breaker::Breaker;
use cre_backend::mint::worker::{Worker, WorkerDependencies, WorkerSettings};
use cre_backend::mint::{Service, ServiceSettings};
use cre_backend::reserve::ReserveGuard;
use cre_backend::store::{MintFilter, Store};
use cre_backend::workflow::Executor;
use cre_backend::workflow::local::{LocalDon, Simulated, Transmitters};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::callers::BLACKLISTED;
use super::chain::{ReserveProof, SimChain};
use super::contracts::BASKET;
use super::database::Database;
use super::kind::Kind;
use super::outage::Outages;
use super::source::ReserveSource;
use super::workflow::{RunLog, Surroundings};
use crate::dice::Dice;
use crate::fault_kind::FaultKind;
use crate::postgres::Postgres;
use crate::report::Report;

pub(super) const START_MS: i64 = 1_790_000_000_000;
pub(super) const LEASE: Duration = Duration::from_secs(5);
pub(super) const TRANSMITTERS: usize = 3;
/// An hour, the longest jump of a clock.
pub(super) const HOUR_MS: i64 = 3_600_000;
/// How often a process reads its database's clock.
const READ_TIME_MS: i64 = 10_000;
/// Most mints of one database of a world.
const MINTS_MAX: usize = 1_000;

/// Where worlds have their databases.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// A folder for files.
    pub folder: &'a Path,
    /// The server of worlds that share a database; such worlds need one.
    pub server: Option<&'a Postgres>,
}

/// A world.
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) kind: Kind,
    pub(super) dice: Dice,
    /// The time that no clock shows for certain, unix ms.
    pub(super) now_ms: i64,
    pub(super) chain: SimChain,
    pub(super) source: ReserveSource,
    pub(super) outages: Outages,
    pub(super) workflow: Simulated,
    pub(super) runs: RunLog,
    pub(super) report: Report,
    pub(super) databases: Vec<Database>,
    pub(super) instances: Vec<Instance>,
    /// The instance that acts.
    pub(super) here: usize,
    pub(super) asked: u64,
    /// Numbers what callers do besides their payments.
    pub(super) extras: u64,
    /// Where a process is to die, if one is.
    pub(super) armed: Option<&'static str>,
    /// How often it was armed.
    pub(super) armings: usize,
    /// Whether a process has died.
    pub(super) has_crashed: bool,
}

/// A process, or what starts anew as one.
pub(super) struct Instance {
    pub(super) database: usize,
    pub(super) clock: Clock,
    pub(super) gateway: Option<Gateway>,
    /// Whether this process has read supply and proof.
    pub(super) knows_figures: bool,
    /// When it read its database's clock last.
    read_at_ms: i64,
}

/// What lives and dies with a process.
pub(super) struct Gateway {
    pub(super) service: Service,
    pub(super) worker: Worker,
    pub(super) guard: ReserveGuard,
    pub(super) executor: Executor,
    pub(super) store: Store,
    pub(super) writing: JoinHandle<()>,
}

/// Where among the points a world begins to arm them: those of a kind three points apart, kinds two, so that twelve worlds
/// on end begin at nearly as many points.
fn first_arming(seed: u64) -> usize {
    let kinds = Kind::ALL.len() as u64;
    usize::try_from(3 * (seed / kinds) + 2 * (seed % kinds)).unwrap_or_default()
}

impl World {
    pub(super) async fn new(
        seed: u64,
        kind: Kind,
        ground: Ground<'_>,
        workflow: impl Fn(&Surroundings, u64) -> Simulated,
    ) -> Self {
        let chain = SimChain::new(u64::try_from(START_MS / 1000).unwrap_or_default(), seed);
        if kind == Kind::Tight {
            let mut state = chain.state();
            state.checks_reserves = false;
            let observed_at = state.now();
            state.attest(ReserveProof { amount: kind.reserves(), observed_at });
        }
        chain.state().refused.push(BLACKLISTED);
        fault::arm(None);
        let around = Surroundings {
            chain,
            source: ReserveSource::new(kind.reserves()),
            outages: Outages::default(),
            runs: RunLog::default(),
        };
        let file = |name: &str| ground.folder.join(format!("{seed}-{name}.db"));
        let databases = match kind {
            Kind::Doubled => vec![Database::file(file("one")).await, Database::file(file("two")).await],
            Kind::Shared => {
                vec![Database::on(ground.server.expect("such a world needs a server"), seed).await]
            }
            _ => vec![Database::file(file("one")).await],
        };
        let homes: &[usize] = match kind {
            Kind::Doubled => &[0, 1],
            Kind::Shared => &[0, 0],
            _ => &[0],
        };
        let instance = |database: &usize| Instance {
            database: *database,
            clock: Clock::manual(START_MS),
            gateway: None,
            knows_figures: false,
            read_at_ms: START_MS,
        };
        let mut world = Self {
            workflow: workflow(&around, seed),
            seed,
            kind,
            dice: Dice::new(seed ^ 0xabcd),
            now_ms: START_MS,
            chain: around.chain,
            source: around.source,
            outages: around.outages,
            runs: around.runs,
            report: Report::default(),
            databases,
            instances: homes.iter().map(instance).collect(),
            here: 0,
            asked: 0,
            extras: 0,
            armed: None,
            armings: first_arming(seed),
            has_crashed: false,
        };
        for at in 0..world.instances.len() {
            world.start(at).await;
        }
        world
    }

    /// Starts a process; its machine's clock is right, until a fault says otherwise.
    pub(super) async fn start(&mut self, at: usize) {
        let clock = Clock::manual(self.now_ms);
        let url = &self.databases[self.instances[at].database].url;
        let (store, writer) = Store::open(url, clock.clone()).await.expect("the store opens");
        let endpoints = Endpoints::of(vec![self.chain.provider()]).expect("an endpoint");
        let chain = Chain::new(endpoints, SimChain::identity(), None);
        let keys = Transmitters::prepare(store.clone(), TRANSMITTERS, LEASE).await.expect("keys");
        let executor = Executor::Local(Arc::new(LocalDon::simulated(self.workflow.clone(), keys)));
        let guard = ReserveGuard::new(store.clone(), chain.clone(), clock.clone(), self.kind.policy());
        let baskets = BasketRegistry::new(store.clone(), chain.clone(), BTreeSet::new());
        let settings =
            ServiceSettings { max_tokens: "1000000".to_owned(), keyless_wait: Duration::from_secs(120) };
        let service =
            Service::new(store.clone(), chain.clone(), baskets, guard.clone(), clock.clone(), settings);
        let with = WorkerDependencies {
            store: store.clone(),
            chain,
            executor: executor.clone(),
            guard: guard.clone(),
            clock: clock.clone(),
        };
        let settings = WorkerSettings {
            concurrency: 2,
            batch_max: 3,
            lease: LEASE,
            run_timeout: Duration::from_secs(30),
        };
        let worker = Worker::new(with, settings, CancellationToken::new());
        #[expect(clippy::disallowed_methods, reason = "the crash of a simulated process aborts it")]
        let writing = tokio::spawn(writer.run());
        let instance = &mut self.instances[at];
        (instance.clock, instance.knows_figures, instance.read_at_ms) = (clock, false, self.now_ms);
        instance.gateway = Some(Gateway { service, worker, guard, executor, store, writing });
    }

    /// The process that acts.
    pub(super) fn gateway(&self) -> &Gateway {
        self.instances[self.here].gateway.as_ref().expect("a process lives while the world does")
    }

    /// The database of the process that acts.
    pub(super) fn database(&self) -> &Database {
        &self.databases[self.instances[self.here].database]
    }

    /// A process is gone, with everything that it had not committed.
    pub(super) async fn stop(&mut self, at: usize) {
        let Some(gateway) = self.instances[at].gateway.take() else { return };
        let Gateway { service, worker, guard, executor, store, writing } = gateway;
        writing.abort();
        let _ = writing.await;
        worker.tasks().close();
        worker.tasks().wait().await;
        executor.close().await;
        store.close().await;
        drop((service, worker, guard, executor, store));
    }

    /// Processes die at the point where they are to, and others take their place.
    async fn crash(&mut self, instances: &[usize]) {
        self.has_crashed = true;
        if let Some(point) = self.armed.take() {
            self.report.count_fault(FaultKind::Crash, point);
        }
        for at in instances {
            self.stop(*at).await;
        }
        fault::arm(None);
        for at in instances {
            self.start(*at).await;
        }
    }

    /// Does something in the process that acts, unless that dies over it; `None` = it died, and another took its place.
    pub(super) async fn survive<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let here = self.here;
        self.survive_all(&[here], work).await
    }

    /// The same for work of several processes.
    pub(super) async fn survive_all<T>(
        &mut self,
        instances: &[usize],
        work: impl Future<Output = T>,
    ) -> Option<T> {
        // On the heap: an unoptimised future with all that it awaits does not fit the stack of a test.
        let work = Box::pin(work);
        let done = tokio::select! {
            biased;
            () = fault::struck() => None,
            done = work => Some(done),
        };
        if done.is_none() {
            Box::pin(self.crash(instances)).await;
        }
        done
    }

    /// Checks an invariant; what is wrong, if anything, is a violation.
    pub(super) fn check_that(&mut self, invariant: &str, wrong: Option<impl std::fmt::Display>) {
        let wrong = wrong.map(|wrong| format!("seed {} ({:?}): {wrong}", self.seed, self.kind));
        self.report.check(invariant, wrong);
    }

    /// Lets time pass everywhere. Now and then each process reads the clock of its database.
    pub(super) async fn pass(&mut self, seconds: u64) {
        let by_ms = i64::try_from(seconds * 1000).unwrap_or(0);
        self.now_ms += by_ms;
        for database in &mut self.databases {
            database.advance(by_ms).await;
        }
        for instance in &self.instances {
            instance.clock.advance(by_ms);
        }
        self.read_times(READ_TIME_MS).await;
        let mut chain = self.chain.state();
        chain.pass_time(seconds - 1);
        chain.mine();
    }

    /// Each process reads the clock of its database, if it did not for so long.
    pub(super) async fn read_times(&mut self, not_for_ms: i64) {
        for instance in &mut self.instances {
            if self.now_ms - instance.read_at_ms >= not_for_ms
                && let Some(gateway) = &instance.gateway
            {
                gateway.store.read_time().await.expect("the store answers");
                instance.read_at_ms = self.now_ms;
            }
        }
    }

    /// The mints of the database of the process that acts, newest first.
    pub(super) async fn mints(&self) -> Vec<Mint> {
        let filter = MintFilter { limit: MINTS_MAX, ..MintFilter::default() };
        self.gateway().service.list(&filter).await.expect("the store answers").0
    }

    pub(super) async fn breaker(&self) -> Breaker {
        self.gateway().guard.breaker(BASKET).await.expect("the store answers")
    }

    /// The instances of which each database has one.
    pub(super) fn one_for_each_database(&self) -> Vec<usize> {
        let first = |database| self.instances.iter().position(|instance| instance.database == database);
        (0..self.databases.len()).filter_map(first).collect()
    }

    /// A path beside the database of the process that acts, where that is a file.
    pub(super) fn beside(&self, name: &str) -> Option<(PathBuf, PathBuf)> {
        let file = self.database().file.clone()?;
        let other = file.with_file_name(format!("{}-{name}.db", self.seed));
        Some((file, other))
    }
}
