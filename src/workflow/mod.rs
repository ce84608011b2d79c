//! Running the CRE workflow for some orders and understanding what it said.
//!
//! [`workspace`] makes the private run directory, [`bun`] runs the workflow, in a process of its own or in one of the
//! warm ones of [`pool`], [`output`] reads its words. What a run says is a claim; the chain decides.

pub mod bun;
pub mod output;
mod pool;
mod process;
pub mod workspace;

use std::path::Path;
use std::sync::Arc;

use alloy::primitives::{Address, B256, U256};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use bun::{Bun, BunSettings, Mode};
pub use output::{Outcome, Refusal, Reserves};

/// Why the workflow cannot be run at all.
#[derive(Debug, thiserror::Error)]
pub enum WorkflowError {
    /// Bun did not start.
    #[error("BUN_PATH does not name a program that runs: {0}")]
    NoBun(#[source] std::io::Error),
    /// The bundle step failed.
    #[error("the workflow could not be bundled (bun run host/bundle.ts): {0}")]
    Bundle(String),
    /// A warm process did not come up.
    #[error(
        "the workflow does not stay up (CRE_SERVE=1 bun run main.ts; WORKFLOW_MODE=cold does without): {0}"
    )]
    NoServer(String),
    /// The run directory cannot be written.
    #[error("CRE_RUN_DIR cannot be written: {0}")]
    Folder(#[source] std::io::Error),
    /// The workflow's own config.json is unusable.
    #[error("config.json of the workflow folder is not a JSON object")]
    BaseConfig,
    /// The key file is missing or malformed.
    #[error("CRE_DON_FILE cannot be used: {0}")]
    DonFile(String),
}

/// One order of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunOrder {
    /// The reference on chain.
    pub reference: B256,
    /// The beneficiary.
    pub account: Address,
    /// Base units.
    pub amount: U256,
}

/// Orders of one basket for one run: they travel in one report, each for another beneficiary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Identifies the attempt; the execution id is derived from it.
    pub request_id: String,
    /// The chain.
    pub chain_id: u64,
    /// The token.
    pub stablecoin: Address,
    /// The consumer.
    pub consumer: Address,
    /// Unix seconds after which the report is worthless.
    pub valid_until: u64,
    /// The orders; at least one.
    pub orders: Vec<RunOrder>,
    /// Index of the transmitter key.
    pub slot: i64,
}

/// A run without an order: the DON proves the reserve and writes the proof to the basket's feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// Identifies the attempt; the execution id is derived from it.
    pub request_id: String,
    /// The token.
    pub stablecoin: Address,
    /// The consumer.
    pub consumer: Address,
    /// Index of the transmitter key.
    pub slot: i64,
}

/// How a run ended, and what it said about the reserves on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// What became of each order, in the order of the run.
    pub outcomes: Vec<Outcome>,
    /// The reserves as the run saw them, if it said anything about them.
    pub reserves: Option<Reserves>,
}

impl Ended {
    /// What the run said about itself, in words for the log.
    #[must_use]
    pub fn words(&self) -> String {
        match self.outcomes.as_slice() {
            [Outcome::Delivered { .. }] => "delivered".to_owned(),
            [Outcome::Refused(refusal)] => refusal.code.clone(),
            [Outcome::Unstarted(words) | Outcome::Lost(words), ..] => words.clone(),
            many => {
                let sent = many.iter().filter(|outcome| matches!(outcome, Outcome::Delivered { .. }));
                format!("{} of {} delivered", sent.count(), many.len())
            }
        }
    }
}

/// What carries out a run.
#[derive(Clone, Debug)]
pub enum Executor {
    /// `bun run main.ts` on this machine.
    Bun(Arc<Bun>),
    /// A stand-in for simulations.
    #[cfg(feature = "faults")]
    Simulated(Simulated),
}

/// What a simulated run does: its effect on the simulated chain is the function's own business.
#[cfg(feature = "faults")]
#[derive(Clone)]
pub struct Simulated(pub Arc<SimulatedRun>);

/// What becomes of each order of a run.
#[cfg(feature = "faults")]
pub type SimulatedRun = dyn Fn(&Run) -> Vec<Outcome> + Send + Sync;

#[cfg(feature = "faults")]
impl std::fmt::Debug for Simulated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Simulated")
    }
}

impl Executor {
    /// Carries out a run. Steps that the workflow prints go to `steps`; `stop` ends the run at once.
    pub async fn run(&self, run: &Run, steps: mpsc::Sender<String>, stop: &CancellationToken) -> Ended {
        match self {
            Self::Bun(bun) => bun.run(run, steps, stop).await,
            #[cfg(feature = "faults")]
            Self::Simulated(simulated) => Ended { outcomes: (simulated.0)(run), reserves: None },
        }
    }

    /// Has the DON attest a basket's reserves; returns what the run said, or why it said nothing.
    ///
    /// # Errors
    /// A sentence for the log; the chain decides whether the feed advanced.
    pub async fn attest(
        &self,
        attestation: &Attestation,
        stop: &CancellationToken,
    ) -> Result<Option<Reserves>, String> {
        match self {
            Self::Bun(bun) => bun.attest(attestation, stop).await,
            #[cfg(feature = "faults")]
            Self::Simulated(_) => Ok(None),
        }
    }

    /// Whether the program that runs workflows is there.
    pub async fn is_ready(&self) -> bool {
        match self {
            Self::Bun(bun) => bun.version().await.is_ok(),
            #[cfg(feature = "faults")]
            Self::Simulated(_) => true,
        }
    }

    /// Ends and removes what is only of use while this process lives.
    pub async fn close(&self) {
        match self {
            Self::Bun(bun) => bun.close().await,
            #[cfg(feature = "faults")]
            Self::Simulated(_) => {}
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
    struct Transmitters {
        transmitters: Vec<serde::de::IgnoredAny>,
    }
    let read =
        |path: &Path| std::fs::read(path).map_err(|error| WorkflowError::DonFile(error.kind().to_string()));
    let malformed = |_| WorkflowError::DonFile("it is not a key file".to_owned());
    let don: Don = serde_json::from_slice(&read(don_file)?).map_err(malformed)?;
    let folder = don_file.parent().unwrap_or_else(|| Path::new("."));
    let keys: Transmitters =
        serde_json::from_slice(&read(&folder.join(don.transmitters))?).map_err(malformed)?;
    if keys.transmitters.is_empty() {
        return Err(WorkflowError::DonFile("it names no transmitter".to_owned()));
    }
    Ok(keys.transmitters.len())
}
