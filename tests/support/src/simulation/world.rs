//! One simulated world: what it consists of, and how its process starts and dies.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cre_backend::base::clock::Clock;
use cre_backend::base::fault;
use cre_backend::base::secret::SecretUrl;
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

use super::chain::{ReserveProof, SimChain};
use super::contracts::BASKET;
use super::kind::Kind;
use super::source::ReserveSource;
use super::workflow::RunLog;
use crate::dice::Dice;
use crate::fault_points::death_at;
use crate::report::Report;

const START_MS: i64 = 1_790_000_000_000;
const LEASE: Duration = Duration::from_secs(5);
const TRANSMITTERS: usize = 3;

/// A world.
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) kind: Kind,
    pub(super) dice: Dice,
    pub(super) clock: Clock,
    pub(super) chain: SimChain,
    pub(super) source: ReserveSource,
    pub(super) url: SecretUrl,
    pub(super) workflow: Simulated,
    pub(super) runs: RunLog,
    pub(super) report: Report,
    pub(super) gateway: Option<Gateway>,
    pub(super) asked: u64,
    /// Where the process is to die, if it is.
    pub(super) armed: Option<&'static str>,
    /// How often it was armed.
    pub(super) armings: usize,
    /// Whether this process has read supply and proof.
    pub(super) knows_figures: bool,
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

impl World {
    pub(super) fn new(
        seed: u64,
        kind: Kind,
        folder: &Path,
        source: ReserveSource,
        runs: RunLog,
        workflow: impl Fn(&SimChain, &ReserveSource, &RunLog, u64) -> Simulated,
    ) -> Self {
        let clock = Clock::manual(START_MS);
        let chain = SimChain::new(clock.now_seconds(), seed);
        if kind == Kind::Tight {
            let mut state = chain.state();
            state.checks_reserves = false;
            let observed_at = state.now();
            state.attest(ReserveProof { amount: kind.reserves(), observed_at });
        }
        fault::arm(None);
        Self {
            workflow: workflow(&chain, &source, &runs, seed),
            url: SecretUrl::new(format!("sqlite:{}", folder.join(format!("{seed}.db")).display())),
            seed,
            kind,
            dice: Dice::new(seed ^ 0xabcd),
            clock,
            chain,
            source,
            runs,
            report: Report::default(),
            gateway: None,
            asked: 0,
            armed: None,
            armings: usize::try_from(seed).unwrap_or_default(),
            knows_figures: false,
        }
    }

    pub(super) async fn start(&mut self) {
        let clock = self.clock.clone();
        let (store, writer) = Store::open(&self.url, clock.clone()).await.expect("the store opens");
        let endpoints = Endpoints::of(vec![self.chain.provider()]).expect("an endpoint");
        let chain = Chain::new(endpoints, SimChain::identity(), None);
        let keys = Transmitters::prepare(store.clone(), TRANSMITTERS, LEASE).await.expect("keys");
        let executor = Executor::Local(Arc::new(LocalDon::simulated(self.workflow.clone(), keys)));
        let guard = ReserveGuard::new(store.clone(), chain.clone(), clock.clone(), self.kind.policy());
        let baskets = BasketRegistry::new(store.clone(), chain.clone());
        let settings =
            ServiceSettings { max_tokens: "1000000".to_owned(), keyless_wait: Duration::from_secs(120) };
        let service =
            Service::new(store.clone(), chain.clone(), baskets, guard.clone(), clock.clone(), settings);
        let with = WorkerDependencies {
            store: store.clone(),
            chain,
            executor: executor.clone(),
            guard: guard.clone(),
            clock,
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
        self.knows_figures = false;
        self.gateway = Some(Gateway { service, worker, guard, executor, store, writing });
    }

    pub(super) fn gateway(&self) -> &Gateway {
        self.gateway.as_ref().expect("a process lives while the world does")
    }

    /// The process is gone, with everything that it had not committed.
    pub(super) async fn crash(&mut self) {
        if let Some(point) = self.armed.take() {
            self.report.count_fault(death_at(point));
        }
        let Some(gateway) = self.gateway.take() else { return };
        let Gateway { service, worker, guard, executor, store, writing } = gateway;
        writing.abort();
        let _ = writing.await;
        worker.tasks().close();
        worker.tasks().wait().await;
        executor.close().await;
        store.close().await;
        drop((service, worker, guard, executor, store));
        fault::arm(None);
        self.start().await;
    }

    /// Does something, unless the process dies over it; `None` = it died, and another took its place.
    pub(super) async fn survive<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        // On the heap: an unoptimised future with all that it awaits does not fit the stack of a test.
        let work = Box::pin(work);
        let done = tokio::select! {
            biased;
            () = fault::struck() => None,
            done = work => Some(done),
        };
        if done.is_none() {
            Box::pin(self.crash()).await;
        }
        done
    }

    pub(super) fn violate(&mut self, message: impl std::fmt::Display) {
        self.report.violations.push(format!("seed {} ({:?}): {message}", self.seed, self.kind));
    }

    pub(super) fn pass(&self, seconds: u64) {
        self.clock.advance(i64::try_from(seconds * 1000).unwrap_or(0));
        let mut chain = self.chain.state();
        chain.pass_time(seconds - 1);
        chain.mine();
    }

    pub(super) async fn mints(&self) -> Vec<Mint> {
        let filter = MintFilter { limit: 100, ..MintFilter::default() };
        self.gateway().service.list(&filter).await.unwrap_or_default()
    }

    pub(super) async fn breaker(&self) -> Breaker {
        self.gateway().guard.breaker(BASKET).await.expect("the store answers")
    }
}
