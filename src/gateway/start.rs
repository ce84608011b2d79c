//! Start, service and stop.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::error::StartError;
use crate::access::Exposure;
use crate::base::clock::Clock;
use crate::base::logging::with_causes;
use crate::basket::BasketRegistry;
use crate::chain::{Chain, Endpoints};
use crate::config::{ChainConfig, Config, WorkflowConfig};
use crate::deployment::{DeploymentError, identify_from_memory, verify, watch};
use crate::http::serve::Limits;
use crate::http::{self, App, AppParts, Explorer, HttpSettings};
use crate::mint::worker::{Worker, WorkerDependencies, WorkerSettings};
use crate::mint::{Service, ServiceSettings};
use crate::reserve::attest::Scheduler;
use crate::reserve::{ReserveApi, ReserveGuard, monitor};
use crate::store::Store;
use crate::store::event_log::LogState;
use crate::store::lease::Work;
use crate::store::writer::Writer;
use crate::workflow::local::transmitters::transmitter_count;
use crate::workflow::local::workspace::Workspace;
use crate::workflow::local::{Bun, BunSettings, LocalDon, Transmitters};
use crate::workflow::{Executor, WorkflowError};

/// How long running workflows may go on after the stop signal.
const GRACE: Duration = Duration::from_secs(20);
/// Least time for which a request without key and bank reference waits.
const KEYLESS_WAIT_MIN: Duration = Duration::from_secs(90);
/// How often the database's clock is read.
const READ_TIME: Duration = Duration::from_secs(10);
/// How often events of other instances are looked for.
const FOLLOW: Duration = Duration::from_millis(500);

/// The gateway.
#[derive(Clone, Copy, Debug)]
pub struct Gateway;

/// A running gateway.
#[derive(Debug)]
pub struct Handle {
    /// Address it listens on.
    pub addr: SocketAddr,
    served: JoinHandle<()>,
}

impl Handle {
    /// Waits until the gateway has stopped and nothing of it is left.
    pub async fn stopped(self) {
        // The task only fails if it panicked, and then there is nothing left to wait for.
        let _ = self.served.await;
    }
}

impl Gateway {
    /// Checks everything a mint needs, starts the workers, and serves `listener` until `shutdown` fires.
    ///
    /// # Errors
    /// [`StartError`], one sentence.
    pub async fn start(
        config: Config,
        listener: TcpListener,
        shutdown: CancellationToken,
    ) -> Result<Handle, StartError> {
        // A second gateway in one process finds the provider installed, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let addr = listener.local_addr().map_err(StartError::Listener)?;
        let clock = Clock::system();
        let endpoints = Endpoints::new(&config.chain.rpc_urls).map_err(StartError::Rpc)?;
        let chain = Chain::unheard(endpoints, config.chain.finality_confirmations);
        let (store, writer) = Store::open(&config.server.database_url, clock.clone()).await?;
        look_at_chain(&chain, &config.chain, &store).await?;
        let executor = open_executor(&config, &store).await?;
        let reserve_api = ReserveApi::new(&config.workflow.config_file).map_err(StartError::HttpClient)?;
        let guard = ReserveGuard::new(store.clone(), chain.clone(), clock.clone(), config.reserve);
        let baskets = BasketRegistry::new(store.clone(), chain.clone());
        let service_settings = ServiceSettings {
            max_tokens: config.mint.max_amount.clone(),
            keyless_wait: config.mint.wait.max(KEYLESS_WAIT_MIN),
        };
        let service = Service::new(
            store.clone(),
            chain.clone(),
            baskets.clone(),
            guard.clone(),
            clock.clone(),
            service_settings,
        );
        let app = App::from(AppParts {
            service,
            baskets,
            guard: guard.clone(),
            store: store.clone(),
            chain: chain.clone(),
            executor: executor.clone(),
            reserve_api,
            settings: HttpSettings {
                is_loopback: addr.ip().is_loopback(),
                own: addr,
                exposure: Exposure::default(),
                cors_origins: config.server.cors_origins.clone(),
                mint_wait: config.mint.wait,
                explorer: Explorer::new(config.server.explorer_url.as_deref(), chain.clone(), addr),
                workflow_dir: config.workflow.dir.clone(),
            },
            streams: AppParts::stream_room(),
            stop: shutdown.clone(),
            clock: clock.clone(),
        });
        let worker_settings = WorkerSettings {
            concurrency: config.workflow.concurrency,
            batch_max: config.mint.batch_max,
            lease: config.mint.lease,
            run_timeout: config.workflow.timeout,
        };
        let with = WorkerDependencies {
            store: store.clone(),
            chain: chain.clone(),
            executor: executor.clone(),
            guard: guard.clone(),
            clock: clock.clone(),
        };
        let worker = Worker::new(with, worker_settings, shutdown.clone());
        let scheduler = Scheduler {
            guard,
            executor: executor.clone(),
            soft_stop: shutdown.clone(),
            hard_stop: worker.hard_stop().clone(),
        };
        let lease = config.mint.lease;
        let watch = watch(chain, config.chain, store.clone(), shutdown.clone());
        let running = Running { listener, app, worker, scheduler, store, executor, clock, lease, shutdown };
        // The one task outside the tracker: it is the one that waits for the tracker.
        #[expect(clippy::disallowed_methods, reason = "the handle waits for this task")]
        let served = tokio::spawn(running.serve(writer, watch));
        Ok(Handle { addr, served })
    }
}

struct Running {
    listener: TcpListener,
    app: App,
    worker: Worker,
    scheduler: Scheduler,
    store: Store,
    executor: Executor,
    clock: Clock,
    lease: Duration,
    shutdown: CancellationToken,
}

impl Running {
    /// Serves until the stop signal; then lets running workflows end, then ends them. What follows the chain begins when
    /// `watch` has found it; who waits to be minted is told why he waits, and ends at his deadline, without it.
    async fn serve(self, writer: Writer, watch: impl Future<Output = ()> + Send + 'static) {
        let Self { listener, app, worker, scheduler, store, executor, clock, lease, shutdown } = self;
        let (tasks, hard_stop) = (worker.tasks().clone(), worker.hard_stop().clone());
        let writing = TaskTracker::new();
        writing.spawn(writer.run());
        tasks.spawn(follow_time(store.clone(), clock, lease, shutdown.clone()));
        tasks.spawn(check_log(store.clone(), shutdown.clone()));
        tasks.spawn(worker.clone().expire());
        tasks.spawn(worker.clone().run(Work::Mint));
        tasks.spawn(follow_events(store.clone(), shutdown.clone()));
        tasks.spawn(watch);
        let on_chain = OnChain { chain: app.chain.clone(), stop: shutdown.clone() };
        tasks.spawn(on_chain.clone().run(worker.clone().run(Work::Settle)));
        tasks.spawn(on_chain.clone().run(worker.follow_finality()));
        tasks.spawn(on_chain.clone().run(monitor::follow(scheduler.guard.clone(), shutdown.clone())));
        tasks.spawn(on_chain.run(scheduler.run()));
        http::serve::serve(listener, http::router(app), Limits::default(), shutdown).await;
        tasks.close();
        if tokio::time::timeout(GRACE, tasks.wait()).await.is_err() {
            hard_stop.cancel();
            tasks.wait().await;
        }
        executor.close().await;
        store.close_writes();
        writing.close();
        writing.wait().await;
        store.close().await;
    }
}

/// Keeps the clock with the database's; a jump by more than a quarter of a lease may have cost claims.
async fn follow_time(store: Store, clock: Clock, lease: Duration, stop: CancellationToken) {
    let worth_telling = |by_ms: i64| u128::from(by_ms.unsigned_abs()) > lease.as_millis() / 4;
    let ahead_ms = clock.ahead_of_machine_ms();
    if worth_telling(ahead_ms) {
        tracing::warn!(ahead_ms, "the database's clock and this machine's differ; the database's counts");
    }
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(READ_TIME) => {}
        }
        match store.read_time().await {
            Ok(jump_ms) if worth_telling(jump_ms) => {
                clock.remember_jump(jump_ms);
                tracing::warn!(jump_ms, "the database's clock jumped");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(error = with_causes(&error), "the database's clock cannot be read"),
        }
    }
}

/// Recomputes the hashes of the event log once, beside other work.
async fn check_log(store: Store, stop: CancellationToken) {
    match stop.run_until_cancelled(store.verify_log_at_leisure()).await {
        None => {}
        Some(Ok(LogState::Intact(entries))) => tracing::info!(entries, "the event log is intact"),
        Some(Ok(LogState::Broken(seq))) => {
            tracing::error!(seq, "the event log is broken: an entry was changed or is missing");
        }
        Some(Err(error)) => tracing::warn!(error = with_causes(&error), "the event log cannot be checked"),
    }
}

/// Makes events of other instances known here.
async fn follow_events(store: Store, stop: CancellationToken) {
    if store.is_exclusive() {
        return;
    }
    let mut seen = store.head().borrow().seq;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(FOLLOW) => {}
        }
        match store.follow(seen).await {
            Ok(newest) => seen = newest,
            Err(error) => tracing::warn!(error = with_causes(&error), "the event log cannot be read"),
        }
    }
}

/// What following the chain waits for.
#[derive(Clone)]
struct OnChain {
    chain: Chain,
    stop: CancellationToken,
}

impl OnChain {
    /// Begins with the work once the chain may be believed; never, if the stop signal comes first.
    async fn run(self, work: impl Future<Output = ()>) {
        if self.stop.run_until_cancelled(self.chain.verified()).await.is_some() {
            work.await;
        }
    }
}

/// The first look at the chain. One that says nothing is asked again later: until then the gateway serves what the
/// database knows.
async fn look_at_chain(chain: &Chain, config: &ChainConfig, store: &Store) -> Result<(), StartError> {
    match verify(chain, config, store).await {
        Err(error @ DeploymentError::Silent(_)) => {
            tracing::warn!("{}; the gateway starts without it and asks again", with_causes(&error));
            Ok(identify_from_memory(chain, config, store).await?)
        }
        looked => Ok(looked?),
    }
}

async fn open_executor(config: &Config, store: &Store) -> Result<Executor, WorkflowError> {
    let WorkflowConfig {
        dir,
        mode,
        concurrency,
        timeout,
        bun_path,
        run_dir,
        don_file,
        config_file,
        child_env,
    } = config.workflow.clone();
    let keys = transmitter_count(&don_file)?;
    if concurrency > keys {
        return Err(WorkflowError::TooConcurrent(concurrency, keys));
    }
    let transmitters = Transmitters::prepare(store.clone(), keys, config.mint.lease).await?;
    let workspace = Workspace::open(&run_dir, store.instance(), config_file.clone())?;
    let settings = BunSettings {
        program: bun_path,
        workflow_dir: dir,
        don_file,
        config_file,
        rpc_url: config.chain.rpc_urls[0].clone(),
        environment: child_env,
        timeout,
        mode,
    };
    let bun = Bun::start(settings, workspace).await?;
    Ok(Executor::Local(Arc::new(LocalDon::new(bun, transmitters))))
}
