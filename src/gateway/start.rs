//! Start, service and stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::error::{Failed, StartError};
use super::listeners::Listeners;
use super::running::Running;
use crate::access::anonymous::KeyNeeded;
use crate::access::{Directory, Exposure, RequestCounts, Visit};
use crate::base::clock::Clock;
use crate::base::logging::with_causes;
use crate::base::metrics;
use crate::base::secret::SecretUrl;
use crate::base::task::Supervisor;
use crate::basket::{BasketCatalogue, BasketRegistry};
use crate::chain::{Chain, Endpoints};
use crate::config::{ChainConfig, Config, WorkflowConfig};
use crate::deployment::{DeploymentError, identify_from_memory, verify};
use crate::http::{App, AppParts, Explorer, HttpSettings, Links};
use crate::mint::worker::{Worker, WorkerDependencies, WorkerSettings};
use crate::mint::{Service, ServiceSettings};
use crate::reserve::attest::Scheduler;
use crate::reserve::{ReserveApi, ReserveGuard};
use crate::store::Store;
use crate::workflow::local::transmitters::transmitter_count;
use crate::workflow::local::workspace::Workspace;
use crate::workflow::local::{Bun, BunSettings, LocalDon, Transmitters};
use crate::workflow::{Executor, WorkflowError};

/// Least time for which a request without key and bank reference waits.
const KEYLESS_WAIT_MIN: Duration = Duration::from_secs(90);

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
    served: JoinHandle<Result<(), Failed>>,
}

impl Handle {
    /// Waits until the gateway has stopped and nothing of it is left.
    ///
    /// # Errors
    /// Why it stopped by itself.
    pub async fn stopped(self) -> Result<(), Failed> {
        self.served.await.unwrap_or_else(|_| Err(Failed("stopping it panicked".to_owned())))
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
        metrics::begin();
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
            waiters: Semaphore::new(config.mint.waiters_max),
            supervisor: Supervisor::new(shutdown.clone()),
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
        let schedule = config.workflow.attest_schedule.clone();
        let scheduler = Scheduler {
            guard,
            executor,
            schedule,
            soft_stop: shutdown.clone(),
            hard_stop: worker.hard_stop().clone(),
        };
        let running = Running {
            listeners,
            app,
            worker,
            scheduler,
            lease: config.mint.lease,
            run_timeout: config.workflow.timeout,
            monitor_interval: config.reserve.monitor_interval,
            chain: config.chain,
            state_dir: config.access.state_dir,
            newest_ms: store.newest_event_at().await?,
        };
        // The one task outside the tracker: it is the one that waits for the tracker.
        #[expect(clippy::disallowed_methods, reason = "the handle waits for this task")]
        let served = tokio::spawn(running.serve(writer));
        Ok(Handle { addr, operator_addr, key_needed, served })
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
        public_url: network.public_url.clone(),
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
        artifact,
        child_env,
        attest_schedule: _,
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
        artifact,
        rpc_url: config.chain.rpc_urls[0].clone(),
        environment: child_env,
        timeout,
        mode,
        engine,
    };
    let bun = Bun::start(settings, workspace).await?;
    Ok(Executor::Local(Arc::new(LocalDon::new(bun, transmitters))))
}
