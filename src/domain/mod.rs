//! What is minted and what may stop it, as types and pure functions: no clock, no database, no chain, no HTTP.
//!
//! [`request`] turns a caller's text into types that cannot hold a bad value; [`order`] is what is to be minted;
//! [`state`] is the state machine of a mint; [`breaker`] that of a basket's circuit breaker; [`coverage`] counts what is
//! promised against what is owned; [`access`] is what a caller may do; [`failure`], [`verdict`] and [`refusal`] are the codes for "no".

pub mod access;
pub mod admission;
pub mod basket;
pub mod breaker;
pub mod coverage;
pub mod event;
pub mod evidence;
pub mod failure;
pub mod mint;
pub mod order;
pub mod refusal;
pub mod request;
pub mod state;
pub mod verdict;

pub use basket::{Basket, BasketContracts, BasketId};
pub use event::EventKind;
pub use evidence::{MintProof, TxLocation};
pub use failure::{Evidence, Failure, FailureCode};
pub use mint::Mint;
pub use order::{Order, OrderKey};
pub use refusal::RefusalCode;
pub use state::{Event, Progress, State};
pub use verdict::{Verdict, VerdictCode};
