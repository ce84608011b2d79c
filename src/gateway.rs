//! The gateway put together: started, served, stopped.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::Address;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::base::clock::Clock;
use crate::base::logging::with_causes;
use crate::basket::BasketRegistry;
use crate::chain::{Chain, ChainError, Contracts, Endpoints};
use crate::config::{Config, WorkflowConfig};
use crate::deployment::DeploymentRecord;
use crate::http::serve::Limits;
use crate::http::{self, App, AppParts, Explorer, HttpSettings};
use crate::mint::worker::{Worker, WorkerDependencies, WorkerSettings};
use crate::mint::{Service, ServiceSettings};
use crate::reserve::attest::Scheduler;
use crate::reserve::{ReserveApi, ReserveGuard, monitor};
use crate::store::lease::Work;
use crate::store::writer::Writer;
use crate::store::{Store, StoreError};
use crate::workflow::local::transmitters::transmitter_count;
use crate::workflow::local::workspace::Workspace;
use crate::workflow::local::{Bun, BunSettings, LocalDon, Transmitters};
use crate::workflow::{Executor, WorkflowError};

/// How long running workflows may go on after the stop signal.
const GRACE: Duration = Duration::from_secs(20);
/// How often events of other instances are looked for.
const FOLLOW: Duration = Duration::from_millis(500);

/// Why the gateway does not start; the source says more.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The chain.
    #[error("RPC_URL cannot be used")]
    Chain(#[from] ChainError),
    /// The database.
    #[error("DATABASE_URL cannot be used")]
    Store(#[from] StoreError),
    /// The workflow.
    #[error(transparent)]
    Workflow(#[from] WorkflowError),
    /// Addresses are neither set nor recorded.
    #[error("{0} is not set and there is no deployment record for chain {1}")]
    NoAddress(&'static str, u64),
    /// The listener.
    #[error("the address that the server listens on is unknown")]
    Listener(#[source] std::io::Error),
    /// The HTTP client.
    #[error("the HTTP client cannot be made")]
    HttpClient(#[source] reqwest::Error),
}

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
        let (chain, default_basket) = open_chain(&config).await?;
        let (store, writer) = Store::open(&config.server.database_url, clock.clone()).await?;
        store.tie_to_chain(chain.chain_id(), &chain.genesis().await?.to_string()).await?;
        let executor = open_executor(&config, &store).await?;
        let default_consumer = default_basket.map(|basket| basket.1);
        let reserve_api = ReserveApi::new(&config.workflow.config_file, default_consumer)
            .map_err(StartError::HttpClient)?;
        let guard =
            ReserveGuard::new(store.clone(), chain.clone(), clock.clone(), config.reserve, default_consumer);
        let baskets = BasketRegistry::new(store.clone(), chain.clone(), default_basket);
        let service_settings = ServiceSettings { max_tokens: config.mint.max_amount.clone() };
        let service =
            Service::new(store.clone(), baskets.clone(), guard.clone(), clock.clone(), service_settings);
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
                cors_origins: config.server.cors_origins.clone(),
                mint_wait: config.mint.wait,
                explorer: Explorer::new(config.server.explorer_url.as_deref(), chain.chain_id(), addr),
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
            chain,
            executor: executor.clone(),
            guard: guard.clone(),
            clock,
        };
        let worker = Worker::new(with, worker_settings, shutdown.clone());
        let scheduler = Scheduler {
            guard,
            executor: executor.clone(),
            soft_stop: shutdown.clone(),
            hard_stop: worker.hard_stop().clone(),
        };
        let running = Running { listener, app, worker, scheduler, store, executor, shutdown };
        // The one task outside the tracker: it is the one that waits for the tracker.
        #[expect(clippy::disallowed_methods, reason = "the handle waits for this task")]
        let served = tokio::spawn(running.serve(writer));
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
    shutdown: CancellationToken,
}

impl Running {
    /// Serves until the stop signal; then lets running workflows end, then ends them.
    async fn serve(self, writer: Writer) {
        let Self { listener, app, worker, scheduler, store, executor, shutdown } = self;
        let (tasks, hard_stop) = (worker.tasks().clone(), worker.hard_stop().clone());
        let writing = TaskTracker::new();
        writing.spawn(writer.run());
        tasks.spawn(follow_events(store.clone(), shutdown.clone()));
        tasks.spawn(worker.clone().run(Work::Mint));
        tasks.spawn(worker.clone().run(Work::Settle));
        tasks.spawn(worker.follow_finality());
        tasks.spawn(monitor::follow(scheduler.guard.clone(), shutdown.clone()));
        tasks.spawn(scheduler.run());
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

/// Asks the chain who it is and finds the contracts: from the settings, else from the deployment record. Returns also
/// token and consumer of the default basket.
async fn open_chain(config: &Config) -> Result<(Chain, Option<(Address, Address)>), StartError> {
    let config = &config.chain;
    let endpoints = Endpoints::new(&config.rpc_urls)?;
    let chain_id = endpoints.chain_id().await?;
    let record = DeploymentRecord::read(&config.deployments_dir, chain_id);
    let given = config.addresses;
    let missing = |setting| StartError::NoAddress(setting, chain_id);
    let contracts = Contracts {
        factory: given.factory.or(record.basket_factory).ok_or(missing("BASKET_FACTORY"))?,
        forwarder: given.forwarder.or(record.forwarder).ok_or(missing("FORWARDER_ADDRESS"))?,
        lens: given.lens.or(record.compliance_lens),
    };
    // A recorded basket belongs to the recorded factory only.
    let recorded = record.first_basket.filter(|_| record.basket_factory == Some(contracts.factory));
    let default_basket =
        given.default_basket.or(recorded.map(|basket| (basket.stablecoin, basket.minting_consumer)));
    Ok((Chain::new(endpoints, contracts, chain_id, config.finality_confirmations), default_basket))
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
