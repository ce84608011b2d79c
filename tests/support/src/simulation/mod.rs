//! A simulated world: the real service, worker, guard and store; a simulated chain, workflow and clock; and faults.
//!
//! [`live`] lives through one of them. [`chain`] is the chain behind a JSON-RPC endpoint, with the rules of the contracts
//! beside it; `source` is what backs the basket, `workflow` what a run does, `steps` what happens, and `checks` what must
//! be true all the same.

pub mod chain;
mod checks;
mod contracts;
mod kind;
mod live;
mod recount;
mod rest;
mod source;
mod steps;
mod workflow;
mod world;

pub use kind::Kind;
pub use live::{live, live_through_a_vanished_refusal};
