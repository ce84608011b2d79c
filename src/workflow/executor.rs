//! What carries out runs.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::local::LocalDon;
use super::local::transmitters::TransmitterLease;
use super::run::{Attestation, Attested, Run, RunResult};
use crate::store::StoreError;

/// What carries out runs.
#[derive(Clone, Debug)]
pub enum Executor {
    /// `bun run main.ts` on this machine.
    Local(Arc<LocalDon>),
}

/// Leave to carry out one run; it must be given back with [`Executor::release`].
#[derive(Debug)]
pub struct RunPermit(Permit);

#[derive(Debug)]
enum Permit {
    Local(TransmitterLease),
}

impl Executor {
    /// Leave for one more run; `None` while as many are under way as can be.
    pub async fn permit(&self) -> Result<Option<RunPermit>, StoreError> {
        match self {
            Self::Local(don) => Ok(don.claim_transmitter().await?.map(|key| RunPermit(Permit::Local(key)))),
        }
    }

    /// Gives the leave back.
    pub async fn release(&self, permit: RunPermit) {
        match (self, permit.0) {
            (Self::Local(don), Permit::Local(key)) => don.release_transmitter(key).await,
        }
    }

    /// Carries out a run. Steps that the workflow prints go to `steps`; `stop` ends the run at once.
    pub async fn run(
        &self,
        permit: &RunPermit,
        run: &Run,
        steps: mpsc::Sender<String>,
        stop: &CancellationToken,
    ) -> RunResult {
        match (self, &permit.0) {
            (Self::Local(don), Permit::Local(key)) => don.run(key, run, steps, stop).await,
        }
    }

    /// Has the DON attest a basket's reserves; returns what the run said, if it said anything.
    ///
    /// # Errors
    /// A sentence for the log; the chain decides whether the feed advanced.
    pub async fn attest(
        &self,
        permit: &RunPermit,
        attestation: &Attestation,
        stop: &CancellationToken,
    ) -> Result<Option<Attested>, String> {
        match (self, &permit.0) {
            (Self::Local(don), Permit::Local(key)) => don.attest(key, attestation, stop).await,
        }
    }

    /// Whether the program that runs workflows is there.
    pub async fn is_ready(&self) -> bool {
        match self {
            Self::Local(don) => don.is_ready().await,
        }
    }

    /// Ends and removes what is only of use while this process lives.
    pub async fn close(&self) {
        match self {
            Self::Local(don) => don.close().await,
        }
    }
}
