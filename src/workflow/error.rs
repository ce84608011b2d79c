//! Why the workflow cannot be run at all.

use crate::store::StoreError;

/// Why the workflow cannot be run at all; each sentence names the setting.
#[derive(Debug, thiserror::Error)]
pub enum WorkflowError {
    /// Bun did not start.
    #[error("BUN_PATH does not name a program that runs")]
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
    #[error("CRE_RUN_DIR cannot be written")]
    Folder(#[source] std::io::Error),
    /// The workflow's configuration is unusable.
    #[error("the workflow's configuration (CRE_CONFIG_FILE) is not a JSON object")]
    Config,
    /// The key file is missing or malformed.
    #[error("CRE_DON_FILE cannot be used: {0}")]
    DonFile(String),
    /// More runs at once than keys.
    #[error("WORKFLOW_CONCURRENCY is {0}, but CRE_DON_FILE has only {1} transmitter keys")]
    TooConcurrent(usize, usize),
    /// The leases of transmitter keys cannot be stored.
    #[error("the transmitter keys cannot be prepared")]
    Store(#[from] StoreError),
}
