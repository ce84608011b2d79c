//! The local DON: Bun runs it, a transmitter key sends its reports.

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::bun::Bun;
use super::transmitters::{TransmitterLease, Transmitters};
use crate::store::StoreError;
use crate::workflow::run::{Attestation, Attested, Run, RunResult};

/// What runs the workflow.
#[derive(Clone, Debug)]
enum Program {
    /// `bun run main.ts`.
    Bun(Box<Bun>),
    /// A stand-in for simulations.
    #[cfg(feature = "faults")]
    Simulated(Simulated),
}

/// The local DON.
#[derive(Clone, Debug)]
pub struct LocalDon {
    program: Program,
    transmitters: Transmitters,
}

/// What a simulated run does: its effect on the simulated chain is the function's own business.
#[cfg(feature = "faults")]
#[derive(Clone)]
pub struct Simulated(pub std::sync::Arc<dyn Fn(&Run) -> RunResult + Send + Sync>);

#[cfg(feature = "faults")]
impl std::fmt::Debug for Simulated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Simulated")
    }
}

impl LocalDon {
    /// A DON that Bun runs.
    #[must_use]
    pub fn new(bun: Bun, transmitters: Transmitters) -> Self {
        Self { program: Program::Bun(Box::new(bun)), transmitters }
    }

    /// A DON whose runs are simulated.
    #[cfg(feature = "faults")]
    #[must_use]
    pub const fn simulated(run: Simulated, transmitters: Transmitters) -> Self {
        Self { program: Program::Simulated(run), transmitters }
    }

    /// A free transmitter key, if there is one.
    pub async fn claim_transmitter(&self) -> Result<Option<TransmitterLease>, StoreError> {
        self.transmitters.claim().await
    }

    /// Gives a transmitter key back.
    pub async fn release_transmitter(&self, key: TransmitterLease) {
        self.transmitters.release(key).await;
    }

    /// Carries out a run; it is stopped when the key goes to somebody else.
    pub async fn run(
        &self,
        key: &TransmitterLease,
        run: &Run,
        steps: mpsc::Sender<String>,
        stop: &CancellationToken,
    ) -> RunResult {
        match &self.program {
            Program::Bun(bun) => {
                let stop = stop.child_token();
                until_lost(key, &stop, bun.run(run, key.slot(), steps, &stop)).await
            }
            #[cfg(feature = "faults")]
            Program::Simulated(simulated) => (simulated.0)(run),
        }
    }

    /// Has the DON attest a basket's reserves; it is stopped when the key goes to somebody else.
    pub async fn attest(
        &self,
        key: &TransmitterLease,
        attestation: &Attestation,
        stop: &CancellationToken,
    ) -> Result<Option<Attested>, String> {
        match &self.program {
            Program::Bun(bun) => {
                let stop = stop.child_token();
                until_lost(key, &stop, bun.attest(attestation, key.slot(), &stop)).await
            }
            #[cfg(feature = "faults")]
            Program::Simulated(_) => Ok(None),
        }
    }

    /// Whether the program that runs workflows is there.
    pub async fn is_ready(&self) -> bool {
        match &self.program {
            Program::Bun(bun) => bun.version().await.is_ok(),
            #[cfg(feature = "faults")]
            Program::Simulated(_) => true,
        }
    }

    /// Ends processes and heartbeats, and removes what is only of use while this process lives.
    pub async fn close(&self) {
        match &self.program {
            Program::Bun(bun) => bun.close().await,
            #[cfg(feature = "faults")]
            Program::Simulated(_) => {}
        }
        self.transmitters.close().await;
    }
}

/// Waits for something to end, and stops it when the key is lost.
async fn until_lost<T>(key: &TransmitterLease, stop: &CancellationToken, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = key.lost().cancelled() => stop.cancel(),
    }
    work.await
}
