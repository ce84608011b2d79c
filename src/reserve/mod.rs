//! Reserves: nothing is promised that they do not cover, and minting stops by itself when that cannot be shown.
//!
//! [`guard`] applies ledger and breaker to the stored mints and to what chain and runs say; [`monitor`] follows the
//! chain; [`attest`] has the DON attest the reserves. None of them is what keeps the money safe: the consumer's own
//! check is the last word, and this is the early one.

pub mod attest;
mod breaker_update;
pub mod event_data;
pub mod guard;
pub mod monitor;
pub mod policy;
pub mod snapshot;
mod source;
mod telemetry;

pub use guard::{GuardError, ReserveGuard};
pub use policy::ReservePolicy;
pub use snapshot::{BasketReserves, KnownReserves};
pub use source::ReserveApi;
