//! What handlers can reach.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::explorer::Explorer;
use super::links::Links;
use crate::access::anonymous::{KeyNeeded, key_needed};
use crate::access::{Directory, Exposure, RequestCounts, Visit};
use crate::base::clock::Clock;
use crate::base::public_url::PublicUrl;
use crate::base::task::Supervisor;
use crate::basket::{BasketCatalogue, BasketRegistry};
use crate::chain::{Chain, LOCAL_CHAIN};
use crate::mint::Service;
use crate::reserve::{ReserveApi, ReserveGuard};
use crate::store::Store;
use crate::workflow::Executor;

/// Open event streams.
const STREAMS_MAX: usize = 256;

/// What handlers need to know.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// What the settings say about callers from elsewhere.
    pub exposure: Exposure,
    /// Names of hosts, in lower case, by which it may be called besides those of this machine.
    pub host_names: Arc<[String]>,
    /// Proxies that are believed about their callers' addresses.
    pub trusted_proxies: Arc<[IpNet]>,
    /// Its own public address.
    pub public_url: Option<PublicUrl>,
    /// The first RPC endpoint, where it is on this machine and its address holds nothing but that.
    pub loopback_rpc: Option<String>,
    /// Browser origins that may call.
    pub cors_origins: Arc<[String]>,
    /// Longest wait of `POST /mint`.
    pub mint_wait: Duration,
    /// Links to its own pages.
    pub links: Links,
    /// Explorer links.
    pub explorer: Explorer,
    /// The CRE project folder.
    pub workflow_dir: PathBuf,
}

impl HttpSettings {
    /// The origin of its own public address.
    #[must_use]
    pub fn public_origin(&self) -> Option<&str> {
        self.public_url.as_ref().map(PublicUrl::origin)
    }
}

/// What every handler can reach; one for all of them, because each request copies the handle.
#[derive(Clone, Debug)]
pub struct App(Arc<AppParts>);

impl Deref for App {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0
    }
}

impl From<AppParts> for App {
    fn from(parts: AppParts) -> Self {
        Self(Arc::new(parts))
    }
}

/// The parts of an [`App`].
#[derive(Debug)]
pub struct AppParts {
    /// The mints.
    pub service: Service,
    /// The keys.
    pub directory: Directory,
    /// Counts requests.
    pub limits: Arc<RequestCounts>,
    /// The baskets of the factory.
    pub baskets: BasketRegistry,
    /// What pages show of the baskets.
    pub catalogue: BasketCatalogue,
    /// Ledger and breakers.
    pub guard: ReserveGuard,
    /// The database.
    pub store: Store,
    /// The chain.
    pub chain: Chain,
    /// What runs workflows; asked for readiness only.
    pub executor: Executor,
    /// The reserve API; asked for readiness only.
    pub reserve_api: ReserveApi,
    /// Settings.
    pub settings: HttpSettings,
    /// Room for event streams.
    pub streams: Arc<Semaphore>,
    /// Room for requests that wait for the chain.
    pub waiters: Semaphore,
    /// Fires when the server stops: waits and streams end.
    pub stop: CancellationToken,
    /// The clock.
    pub clock: Clock,
    /// Watches over the tasks of the gateway.
    pub supervisor: Supervisor,
}

impl AppParts {
    /// What keeps a request without a key out; `None` lets it in.
    #[must_use]
    pub fn key_needed(&self, visit: Visit) -> Option<KeyNeeded> {
        key_needed(self.settings.exposure, visit, self.directory.has_keys())
    }

    /// The endpoint that a page on this machine may call itself: that of a local test chain, which signs for its accounts.
    #[must_use]
    pub fn local_rpc(&self) -> Option<&str> {
        self.settings.loopback_rpc.as_deref().filter(|_| self.chain.chain_id() == LOCAL_CHAIN)
    }

    /// Room for event streams.
    #[must_use]
    pub fn stream_room() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(STREAMS_MAX))
    }
}
