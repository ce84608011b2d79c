//! What the start does about keys: it makes the first one, and looks whether the database was restored.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::error::StartError;
use crate::access::Directory;
use crate::access::bootstrap::{BootstrapError, first_key, recover};
use crate::access::secret_text::is_live_chain;
use crate::base::clock::Clock;
use crate::base::logging::with_causes;
use crate::base::task;
use crate::config::Config;
use crate::domain::access::AccessChange;
use crate::http::App;
use crate::reserve::{ReserveGuard, monitor};
use crate::store::{AccessUpdate, Store};

/// Longest that the look for a restore may take before anybody is served.
const LOOK_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause before it is tried again.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Makes the key with which all others are made.
pub(super) async fn make_first_key(app: App, state_dir: &Path) {
    // This runs when the chain was found to be the right one, so its id is known.
    let chain_id = app.chain.identity().map(|identity| identity.chain_id).unwrap_or_default();
    let made = first_key(&app.store, &app.clock, is_live_chain(chain_id), state_dir).await;
    let known = app.directory.reload().await.map_err(BootstrapError::from);
    match known.and(made) {
        Ok(Some(path)) => tracing::info!(path = %path.display(), "an administrator's key was made"),
        Ok(None) => {}
        Err(error) => {
            let error: &BootstrapError = &error;
            tracing::error!(error = with_causes(error), "an administrator's key could not be made");
        }
    }
}

/// The look for a restore.
#[derive(Clone, Debug)]
pub(super) struct RestoreLook {
    pub(super) guard: ReserveGuard,
    pub(super) directory: Directory,
    /// When the newest event was logged before this start, unix ms; `None` = there was none.
    pub(super) newest_ms: Option<i64>,
}

impl RestoreLook {
    /// Looks before anybody is served, if there is something to lose: a key that was revoked since the backup counts
    /// again in a restored database. Returns what is still to be done.
    pub(super) async fn at_start(self) -> Option<Self> {
        if self.newest_ms.is_none() || !self.directory.has_keys() {
            return None;
        }
        match tokio::time::timeout(LOOK_TIMEOUT, self.look()).await {
            Ok(true) => None,
            Ok(false) | Err(_) => Some(self),
        }
    }

    /// Looks until it was seen.
    pub(super) async fn until_seen(&self, stop: &CancellationToken) {
        while !self.look().await {
            task::moved();
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    async fn look(&self) -> bool {
        let newest_ms = self.newest_ms.unwrap_or_default();
        match monitor::is_restored(&self.guard, newest_ms).await {
            Ok(false) => return true,
            Ok(true) => {}
            Err(error) => {
                tracing::warn!(
                    error = with_causes(&error),
                    "nobody can say whether the database was restored"
                );
                return false;
            }
        }
        tracing::error!(
            "the chain has a mint that this database does not know: it was restored; keys do not count until an \
             administrator has named those to keep (POST /keys/keep)"
        );
        let update = AccessUpdate { change: AccessChange::Restored, by: "start".to_owned() };
        match self.directory.change(update).await {
            Ok(_) => true,
            Err(error) => {
                tracing::error!(error = with_causes(&error), "keys could not be put out of force");
                false
            }
        }
    }
}

/// Work on keys with no gateway running.
#[derive(Clone, Copy, Debug)]
pub struct Keys;

impl Keys {
    /// Makes a new key for administrators in place of a lost one, with no gateway running; returns its file.
    ///
    /// # Errors
    /// When a gateway runs, or database or file cannot be written.
    pub async fn recover(config: &Config) -> Result<PathBuf, StartError> {
        let clock = Clock::system();
        let (store, writer) = Store::open(&config.server.database_url, clock.clone()).await?;
        let writing = TaskTracker::new();
        writing.spawn(writer.run());
        writing.close();
        let recovered = async {
            let (chain_id, _) = store.tied_chain().await?.ok_or(BootstrapError::NoChain)?;
            recover(&store, &clock, is_live_chain(chain_id), &config.access.state_dir).await
        };
        let recovered = recovered.await;
        store.close_writes();
        writing.wait().await;
        store.close().await;
        Ok(recovered?)
    }
}
