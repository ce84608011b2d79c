//! A mint's way through the gateway: [`service`] accepts, shows and cancels, `admission` judges; [`worker`] claims mints, runs the workflow
//! and reads the outcome from the chain; [`failure_map`] says in the caller's terms why something was not minted;
//! [`evidence`] is what its runs can show for themselves.

mod admission;
pub mod evidence;
pub mod failure_map;
pub mod service;
mod telemetry;
pub mod view;
pub mod worker;

pub use service::{Acceptance, PendingMint, Requester, RetriedMints, Service, ServiceSettings};
