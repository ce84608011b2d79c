//! A gateway that issues a reserve-backed stablecoin with the Chainlink Runtime Environment.
//!
//! ```text
//!  dApp / curl / bank ──POST /mint──▶ http ▶ mint ▶ store
//!                                            │ claim
//!                                            ▼
//!                                    worker ▶ workflow ──run directory + `bun run main.ts`──▶ ACE, reserves, DON-signed
//!                                            │                                                report ▶ forwarder ▶ consumer
//!                                            ▼                                                                 │
//!                                    chain ◀──────────────── receipt and logs: the proof ─────────────────────┘
//! ```
//!
//! The chain is the judge. The gateway may crash, retry, be wrong or be stolen; the contracts mint a bank reference at
//! most once, only against a fresh reserve proof, only for a beneficiary that the policies accept, only from a report
//! that enough DON nodes signed. The gateway says "minted" only when it has read the mint event for that reference
//! from the consumer.
//!
//! Arrows run one way: `http → mint → {store, workflow, chain, reserve}`. The store knows no chain, and nothing below
//! `http` knows HTTP. [`Gateway::start`] puts it all together.

pub mod chain;
pub mod clock;
pub mod config;
pub mod fault;
pub mod http;
pub mod mint;
pub mod observe;
pub mod reserve;
pub mod store;
pub mod workflow;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::Address;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use chain::{Chain, ChainError, Contracts, Endpoints};
use clock::Clock;
use config::Config;
use http::serve::Limits;
use http::{App, AppParts, Explorer, HttpSettings};
use mint::service::{Service, ServiceSettings};
use mint::sizes::Sizes;
use mint::worker::{Worker, WorkerSettings};
use reserve::schedule::Scheduler;
use reserve::{Desk, ReserveApi, monitor};
use store::lease::Work;
use store::{Store, StoreError};
use workflow::workspace::Workspace;
use workflow::{Bun, BunSettings, Executor, WorkflowError};

/// How long running workflows may go on after the stop signal.
const GRACE: Duration = Duration::from_secs(20);
/// How often events of other instances are looked for.
const FOLLOW: Duration = Duration::from_millis(500);

/// Why the gateway does not start, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The chain.
    #[error("RPC_URL: {0}")]
    Chain(#[from] ChainError),
    /// The database.
    #[error("DATABASE_URL: {0}")]
    Store(#[from] StoreError),
    /// The workflow.
    #[error("{0}")]
    Workflow(#[from] WorkflowError),
    /// Addresses are neither set nor recorded.
    #[error("{0} is not set and there is no deployment record for chain {1}")]
    NoAddress(&'static str, u64),
    /// The HTTP client or listener.
    #[error("the network cannot be used: {0}")]
    Network(String),
    /// More concurrency than keys.
    #[error("WORKFLOW_CONCURRENCY is {0}, but CRE_DON_FILE has only {1} transmitter keys")]
    TooConcurrent(usize, usize),
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
        let addr = listener.local_addr().map_err(|error| StartError::Network(error.to_string()))?;
        let clock = Clock::system();
        let (chain, default_basket) = open_chain(&config).await?;
        let (store, writer) = Store::open(&config.database_url, clock.clone()).await?;
        store.tie_to_chain(chain.chain_id(), &chain.genesis().await?.to_string()).await?;
        let transmitters = workflow::transmitter_count(&config.don_file)?;
        if config.workflow_concurrency > transmitters {
            return Err(StartError::TooConcurrent(config.workflow_concurrency, transmitters));
        }
        store.prepare_slots(transmitters).await?;
        let executor = open_executor(&config, store.instance()).await?;
        let reserve = ReserveApi::new(&config.workflow_dir, default_basket.map(|basket| basket.1))
            .map_err(|_| StartError::Network("the HTTP client cannot be made".to_owned()))?;
        let settings = ServiceSettings { max_tokens: config.mint_max_amount.clone(), default_basket };
        let default_consumer = default_basket.map(|basket| basket.1);
        let desk = Desk::new(store.clone(), chain.clone(), clock.clone(), config.reserve, default_consumer);
        let service =
            Service::new(store.clone(), chain.clone(), clock.clone(), settings).with_desk(desk.clone());
        let explorer = Explorer::new(config.explorer_url.as_deref(), chain.chain_id(), addr);
        let app = App::from(AppParts {
            service,
            desk: desk.clone(),
            executor: executor.clone(),
            reserve,
            settings: HttpSettings {
                is_loopback: addr.ip().is_loopback(),
                own: addr,
                cors_origins: config.cors_origins.clone(),
                mint_wait: config.mint_wait,
                explorer,
                default_basket,
                workflow_dir: config.workflow_dir.clone(),
            },
            streams: AppParts::stream_room(),
            stop: shutdown.clone(),
            clock: clock.clone(),
        });
        let worker = Worker {
            store: store.clone(),
            chain,
            executor: executor.clone(),
            desk: Some(desk.clone()),
            sizes: Sizes::default(),
            clock,
            settings: WorkerSettings {
                concurrency: config.workflow_concurrency,
                batch_max: config.batch_max,
                transmitters,
                lease: config.lease,
                run_timeout: config.workflow_timeout,
            },
            tasks: TaskTracker::new(),
            soft_stop: shutdown.clone(),
            hard_stop: CancellationToken::new(),
        };
        let scheduler = schedule(desk, &worker);
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
    async fn serve(self, writer: store::writer::Writer) {
        let Self { listener, app, worker, scheduler, store, executor, shutdown } = self;
        let (tasks, hard_stop) = (worker.tasks.clone(), worker.hard_stop.clone());
        let writing = TaskTracker::new();
        writing.spawn(writer.run());
        tasks.spawn(follow(store.clone(), shutdown.clone()));
        tasks.spawn(worker.clone().drive(Work::Mint));
        tasks.spawn(worker.clone().drive(Work::Settle));
        tasks.spawn(worker.watch());
        tasks.spawn(monitor::follow(scheduler.desk.clone(), shutdown.clone()));
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

/// Attestations share the worker's keys, runs and stop signals.
fn schedule(desk: Desk, worker: &Worker) -> Scheduler {
    Scheduler {
        desk,
        executor: worker.executor.clone(),
        transmitters: worker.settings.transmitters,
        lease: worker.settings.run_timeout + worker.settings.lease,
        soft_stop: worker.soft_stop.clone(),
        hard_stop: worker.hard_stop.clone(),
    }
}

/// Makes events of other instances known here.
async fn follow(store: Store, stop: CancellationToken) {
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
            Err(error) => tracing::warn!(error = ?error, "the event log cannot be read"),
        }
    }
}

type Pair = (Address, Address);

/// Asks the chain who it is and finds the contracts: from the settings, else from the deployment record.
async fn open_chain(config: &Config) -> Result<(Chain, Option<Pair>), StartError> {
    let endpoints = Endpoints::new(&config.rpc_urls)?;
    let chain_id = endpoints.chain_id().await?;
    let record = Record::read(&config.deployments_dir, chain_id);
    let given = config.addresses;
    let contracts = Contracts {
        factory: given
            .factory
            .or(record.basket_factory)
            .ok_or(StartError::NoAddress("BASKET_FACTORY", chain_id))?,
        forwarder: given
            .forwarder
            .or(record.forwarder)
            .ok_or(StartError::NoAddress("FORWARDER_ADDRESS", chain_id))?,
        lens: given.lens.or(record.compliance_lens),
    };
    // A recorded basket belongs to the recorded factory only.
    let recorded = record.first_basket.filter(|_| record.basket_factory == Some(contracts.factory));
    let default_basket =
        given.default_basket.or(recorded.map(|basket| (basket.stablecoin, basket.minting_consumer)));
    Ok((Chain::new(endpoints, contracts, chain_id, config.finality_confirmations), default_basket))
}

async fn open_executor(config: &Config, instance: &str) -> Result<Executor, StartError> {
    let workspace = Workspace::open(&config.run_dir, instance, config.workflow_dir.join("config.json"))?;
    let settings = BunSettings {
        program: config.bun_path.clone(),
        workflow_dir: config.workflow_dir.clone(),
        don_file: config.don_file.clone(),
        rpc_url: config.rpc_urls[0].clone(),
        environment: config.child_env.clone(),
        timeout: config.workflow_timeout,
        mode: config.workflow_mode,
    };
    Ok(Executor::Bun(Arc::new(Bun::start(settings, workspace).await?)))
}

/// What the deploy script wrote down.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Record {
    basket_factory: Option<Address>,
    forwarder: Option<Address>,
    compliance_lens: Option<Address>,
    first_basket: Option<RecordedBasket>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordedBasket {
    stablecoin: Address,
    minting_consumer: Address,
}

impl Record {
    fn read(folder: &Path, chain_id: u64) -> Self {
        let text = std::fs::read(folder.join(format!("{chain_id}.json"))).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }
}
