//! Running the CRE workflow for some orders and understanding what it said.
//!
//! [`executor`] carries out a [`Run`]; [`local`] does so with `bun run main.ts` on this machine, in a process of its own
//! or in one of a warm pool; [`output`] reads what a run printed, [`evidence`] what it can show for itself. What a run says is a claim; the chain decides.

mod error;
pub mod evidence;
pub mod executor;
pub mod local;
pub mod output;
pub mod run;

pub use error::WorkflowError;
pub use evidence::RunEvidence;
pub use executor::{Executor, RunPermit};
pub use run::{
    Attestable, Attestation, Attested, Outcome, Refusal, Run, RunFailureCode, RunReserves, RunResult,
};
