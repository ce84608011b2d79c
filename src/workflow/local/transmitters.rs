//! Transmitter keys: a run holds one, so that two runs never race for a nonce.
//!
//! The keys themselves stay in the DON's key file; here they are numbers (slots) with a lease in the store, so that
//! several gateways on one database share them.

use std::path::Path;
use std::time::Duration;

use metrics::counter;
use serde::Deserialize;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::base::metrics::LEASES_LOST;
use crate::base::task;
use crate::store::lease::SlotLease;
use crate::store::{Store, StoreError};
use crate::workflow::error::WorkflowError;

/// The transmitter keys of the local DON.
#[derive(Clone, Debug)]
pub struct Transmitters {
    store: Store,
    count: usize,
    lease: Duration,
    heartbeats: TaskTracker,
}

/// A transmitter key held by this process until it is released.
#[derive(Debug)]
pub struct TransmitterLease {
    slot: SlotLease,
    lost: CancellationToken,
    _heartbeat: DropGuard,
}

impl TransmitterLease {
    /// Index of the key.
    #[must_use]
    pub const fn slot(&self) -> i64 {
        self.slot.slot
    }

    /// Fires when the key went to somebody else.
    #[must_use]
    pub const fn lost(&self) -> &CancellationToken {
        &self.lost
    }
}

impl Transmitters {
    /// Prepares the leases of `count` keys; each ends `lease` after its last heartbeat.
    pub async fn prepare(store: Store, count: usize, lease: Duration) -> Result<Self, StoreError> {
        store.prepare_slots(count).await?;
        Ok(Self { store, count, lease, heartbeats: TaskTracker::new() })
    }

    /// Claims a free key, if there is one, and keeps it until it is released.
    pub async fn claim(&self) -> Result<Option<TransmitterLease>, StoreError> {
        let Some(slot) = self.store.claim_slot(self.count, self.lease).await? else { return Ok(None) };
        let (lost, end) = (CancellationToken::new(), CancellationToken::new());
        let (store, lease) = (self.store.clone(), self.lease);
        let (is_lost, ended) = (lost.clone(), end.clone());
        self.heartbeats.spawn(async move {
            let beat = || heartbeat(&store, slot, lease, &is_lost);
            ended.run_until_cancelled(task::restarting("heartbeat of a transmitter key", beat)).await
        });
        Ok(Some(TransmitterLease { slot, lost, _heartbeat: end.drop_guard() }))
    }

    /// Gives a key back.
    pub async fn release(&self, key: TransmitterLease) {
        let slot = key.slot;
        drop(key);
        // If this fails, the lease ends by itself.
        let _ = self.store.renew_slot(slot, Duration::ZERO).await;
    }

    /// Waits until no heartbeat is left; every key was released.
    pub async fn close(&self) {
        self.heartbeats.close();
        self.heartbeats.wait().await;
    }
}

/// Prolongs the lease of a key until it is lost.
async fn heartbeat(store: &Store, slot: SlotLease, lease: Duration, lost: &CancellationToken) {
    loop {
        tokio::time::sleep(lease / 4).await;
        if let Ok(false) = store.renew_slot(slot, lease).await {
            counter!(LEASES_LOST, "kind" => "transmitter").increment(1);
            lost.cancel();
            return;
        }
    }
}

/// Number of transmitter keys that the DON key file names; the keys themselves are not kept.
///
/// # Errors
/// When a file is missing or malformed.
pub fn transmitter_count(don_file: &Path) -> Result<usize, WorkflowError> {
    #[derive(Deserialize)]
    struct Don {
        transmitters: String,
    }
    #[derive(Deserialize)]
    struct Keys {
        transmitters: Vec<serde::de::IgnoredAny>,
    }
    let read =
        |path: &Path| std::fs::read(path).map_err(|error| WorkflowError::DonFile(error.kind().to_string()));
    let malformed = |_| WorkflowError::DonFile("it is not a key file".to_owned());
    let don: Don = serde_json::from_slice(&read(don_file)?).map_err(malformed)?;
    let folder = don_file.parent().unwrap_or_else(|| Path::new("."));
    let keys: Keys = serde_json::from_slice(&read(&folder.join(don.transmitters))?).map_err(malformed)?;
    if keys.transmitters.is_empty() {
        return Err(WorkflowError::DonFile("it names no transmitter".to_owned()));
    }
    Ok(keys.transmitters.len())
}
