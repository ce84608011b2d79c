//! The worker: claims mints, drives each to its end, and never believes anything but the chain.
//!
//! [`drive`] is the one loop: it claims what is due, has [`execute`] run the workflow for what waits and [`reconcile`]
//! ask the chain for what is open, and begins another attempt where that is called for. [`finality`] looks at blocks
//! with mints until they are final. Nothing else calls execute or reconcile, and neither calls the other.
//!
//! An intent is written before its effect: "executing" with `validUntil` is stored before a process is told anything. A
//! crash between any two steps is the same as a pause: the next holder of a claim asks the chain first. What was being
//! executed then counts as lost, which means: perhaps signed. A second attempt is safe because the consumer accepts a
//! reference once; an end without a mint is declared only when every report that may exist has provably lapsed.

mod batch_limit;
mod claim;
mod context;
mod drive;
mod execute;
mod expire;
mod finality;
mod reconcile;
mod retry;
mod transition;
mod weather;

pub use context::{WorkerDependencies, WorkerSettings};
pub use drive::Worker;
