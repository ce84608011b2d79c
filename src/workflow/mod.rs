//! Running the CRE workflow for one order and understanding what it said.
//!
//! [`workspace`] makes the private run directory, [`bun`] runs the process and never leaves one behind, [`output`]
//! reads its words. What a run says is a claim; the chain decides.

pub mod bun;
pub mod output;
pub mod workspace;

use std::path::Path;

use alloy::primitives::{Address, B256, U256};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use bun::{Bun, BunSettings};
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

/// One order for one run.
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
    /// The reference on chain.
    pub reference: B256,
    /// The beneficiary.
    pub account: Address,
    /// Base units.
    pub amount: U256,
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
    /// What became of the order.
    pub outcome: Outcome,
    /// The reserves as the run saw them, if it said anything about them.
    pub reserves: Option<Reserves>,
}

/// What carries out a run.
#[derive(Clone, Debug)]
pub enum Executor {
    /// `bun run main.ts` on this machine.
    Bun(Bun),
    /// A stand-in for simulations.
    #[cfg(feature = "faults")]
    Simulated(Simulated),
}

/// What a simulated run does: its effect on the simulated chain is the function's own business.
#[cfg(feature = "faults")]
#[derive(Clone)]
pub struct Simulated(pub std::sync::Arc<dyn Fn(&Run) -> Outcome + Send + Sync>);

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
            Self::Simulated(simulated) => Ended { outcome: (simulated.0)(run), reserves: None },
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

    /// Removes what is only of use while the process lives.
    pub fn close(&self) {
        match self {
            Self::Bun(bun) => bun.close(),
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
