//! Start, service and stop.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::access::{RestoreLook, make_first_key};
use super::error::StartError;
use super::listeners::Listeners;
use crate::access::anonymous::KeyNeeded;
use crate::access::{Directory, Exposure, RequestCounts, Visit};
use crate::base::clock::Clock;
use crate::base::logging::with_causes;
use crate::base::secret::SecretUrl;
use crate::basket::{BasketCatalogue, BasketRegistry};
use crate::chain::{Chain, Endpoints};
use crate::config::{ChainConfig, Config, WorkflowConfig};
use crate::deployment::{DeploymentError, identify_from_memory, verify, watch};
use crate::http::serve::Limits;
use crate::http::{self, App, AppParts, Explorer, HttpSettings, Links};
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
    /// Address it listens on; of several, the first.
    pub addr: SocketAddr,
    /// Address on which operators are served, if they are on one of their own.
    pub operator_addr: Option<SocketAddr>,
    /// Why nobody is let in without a key, not even somebody on this machine.
    pub key_needed: Option<&'static str>,
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
    /// Checks everything a mint needs, starts the workers, and serves `listeners` until `shutdown` fires.
    ///
    /// # Errors
    /// [`StartError`], one sentence.
    pub async fn start(
        config: Config,
        listeners: Listeners,
        shutdown: CancellationToken,
    ) -> Result<Handle, StartError> {
        // A second gateway in one process finds the provider installed, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let addr = listeners.addr().map_err(StartError::Listener)?;
        let operator_addr = listeners.operator_addr().map_err(StartError::Listener)?;
        let clock = Clock::system();
        let endpoints = Endpoints::new(&config.chain.rpc_urls).map_err(StartError::Rpc)?;
        let chain = Chain::unheard(endpoints, config.chain.finality_confirmations);
        let (store, writer) = Store::open(&config.server.database_url, clock.clone()).await?;
        look_at_chain(&chain, &config.chain, &store).await?;
        let executor = open_executor(&config, &store).await?;
        let reserve_api = ReserveApi::new(&config.workflow.config_file).map_err(StartError::HttpClient)?;
        let guard = ReserveGuard::new(store.clone(), chain.clone(), clock.clone(), config.reserve);
        let baskets = BasketRegistry::new(store.clone(), chain.clone(), config.chain.allowed_baskets.clone());
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
        let directory = Directory::load(store.clone()).await?;
        let app = App::from(AppParts {
            service,
            directory,
            limits: Arc::new(RequestCounts::new(config.access.requests)),
            baskets,
            catalogue: BasketCatalogue::new(chain.clone()),
            guard: guard.clone(),
            store: store.clone(),
            chain: chain.clone(),
            executor: executor.clone(),
            reserve_api,
            settings: http_settings(&config, &chain, addr),
            streams: AppParts::stream_room(),
            stop: shutdown.clone(),
            clock: clock.clone(),
        });
        let key_needed = app.key_needed(Visit::from_here(addr.ip())).map(KeyNeeded::reason);
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
            clock,
        };
        let worker = Worker::new(with, worker_settings, shutdown.clone());
        let scheduler =
            Scheduler { guard, executor, soft_stop: shutdown.clone(), hard_stop: worker.hard_stop().clone() };
        let lease = config.mint.lease;
        let watch = watch(chain, config.chain, store.clone(), shutdown);
        let state_dir = config.access.state_dir;
        let newest_ms = store.newest_event_at().await?;
        let running = Running { listeners, app, worker, scheduler, lease, state_dir, newest_ms };
        // The one task outside the tracker: it is the one that waits for the tracker.
        #[expect(clippy::disallowed_methods, reason = "the handle waits for this task")]
        let served = tokio::spawn(running.serve(writer, watch));
        Ok(Handle { addr, operator_addr, key_needed, served })
    }
}

struct Running {
    listeners: Listeners,
    app: App,
    worker: Worker,
    scheduler: Scheduler,
    lease: Duration,
    state_dir: PathBuf,
    newest_ms: Option<i64>,
}

impl Running {
    /// Serves until the stop signal; then lets running workflows end, then ends them. What follows the chain begins when
    /// `watch` has found it; who waits to be minted is told why he waits, and ends at his deadline, without it.
    async fn serve(self, writer: Writer, watch: impl Future<Output = ()> + Send + 'static) {
        let Self { listeners, app, worker, scheduler, lease, state_dir, newest_ms } = self;
        let (store, shutdown) = (app.store.clone(), app.stop.clone());
        let (tasks, hard_stop) = (worker.tasks().clone(), worker.hard_stop().clone());
        let writing = TaskTracker::new();
        writing.spawn(writer.run());
        tasks.spawn(follow_time(store.clone(), app.clock.clone(), lease, shutdown.clone()));
        tasks.spawn(check_log(store.clone(), shutdown.clone()));
        tasks.spawn(worker.clone().expire());
        tasks.spawn(worker.clone().run(Work::Mint));
        tasks.spawn(follow_events(store.clone(), shutdown.clone()));
        tasks.spawn(watch);
        let restore = RestoreLook { guard: app.guard.clone(), directory: app.directory.clone(), newest_ms };
        let restore = restore.at_start().await;
        tasks.spawn(app.directory.clone().follow(shutdown.clone()));
        let (limits, until) = (Arc::clone(&app.limits), shutdown.clone());
        tasks.spawn(async move { limits.tidy(until).await });
        let on_chain = OnChain { chain: app.chain.clone(), stop: shutdown.clone() };
        tasks.spawn(on_chain.clone().run(worker.clone().run(Work::Settle)));
        tasks.spawn(on_chain.clone().run(worker.follow_finality()));
        let (guard, stop, keys) = (app.guard.clone(), shutdown.clone(), app.clone());
        tasks.spawn(on_chain.clone().run(async move {
            make_first_key(keys, &state_dir).await;
            if let Some(restore) = restore {
                restore.until_seen(&stop).await;
            }
            monitor::follow(guard, stop).await;
        }));
        tasks.spawn(on_chain.run(scheduler.run()));
        let operators = async {
            if let Some(listener) = listeners.operator {
                let routes = http::operator_router(app.clone());
                http::serve::serve(vec![listener], routes, Limits::OPERATORS, shutdown.clone()).await;
            }
        };
        let api =
            http::serve::serve(listeners.api, http::router(app.clone()), Limits::default(), shutdown.clone());
        tokio::join!(api, operators);
        tasks.close();
        if tokio::time::timeout(GRACE, tasks.wait()).await.is_err() {
            hard_stop.cancel();
            tasks.wait().await;
        }
        app.executor.close().await;
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

fn http_settings(config: &Config, chain: &Chain, addr: SocketAddr) -> HttpSettings {
    let network = &config.network;
    let links = Links::new(network.public_url.as_ref(), addr);
    let public_host = network.public_url.as_ref().map(|url| url.host().to_owned());
    HttpSettings {
        exposure: Exposure {
            public_url: network.public_url.is_some(),
            allowed_hosts: !network.allowed_hosts.is_empty(),
            trusted_proxies: !network.trusted_proxies.is_empty(),
        },
        host_names: network.allowed_hosts.iter().cloned().chain(public_host).collect(),
        trusted_proxies: network.trusted_proxies.iter().copied().collect(),
        public_origin: network.public_url.as_ref().map(|url| url.origin().to_owned()),
        loopback_rpc: config.chain.rpc_urls.first().and_then(SecretUrl::loopback_origin),
        cors_origins: network.cors_origins.iter().cloned().collect(),
        mint_wait: config.mint.wait,
        explorer: Explorer::new(config.server.explorer_url.as_deref(), chain.clone(), links.clone()),
        links,
        workflow_dir: config.workflow.dir.clone(),
    }
}

async fn open_executor(config: &Config, store: &Store) -> Result<Executor, WorkflowError> {
    let WorkflowConfig {
        dir,
        mode,
        engine,
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
        engine,
    };
    let bun = Bun::start(settings, workspace).await?;
    Ok(Executor::Local(Arc::new(LocalDon::new(bun, transmitters))))
}
