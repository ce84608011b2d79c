//! A simulated world: the real service, worker, guard and store; a simulated chain, workflow and clock; and faults.
//!
//! [`live`] lives through one of them. [`chain`] is the chain behind a JSON-RPC endpoint, with the rules of the contracts
//! beside it; `source` is what backs the basket, `workflow` what a run does, `outage` what it lacks for a while, `database`
//! where a gateway remembers. `steps` is what happens, `skew` where clocks differ, `callers` what people ask for, and `checks`
//! what must be true all the same.

mod callers;
pub mod chain;
mod checks;
mod contracts;
mod database;
mod kind;
mod live;
mod outage;
mod recount;
mod rest;
mod skew;
mod source;
mod steps;
mod workflow;
mod world;

pub use kind::Kind;
pub use live::{live, live_behind_the_first_proof, live_through_a_vanished_refusal};
pub use world::Ground;
