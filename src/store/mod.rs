//! The database: the only memory, the queue, and the log of everything that happened.
//!
//! One set of SQL serves SQLite and PostgreSQL. What callers, workers and the monitor decide is written by [`writer`],
//! which takes the head row of the event log first and commits many writes at once; nothing is published that was not
//! committed. Leases, names of baskets and the chain cursor are written beside it. Domain types go in and come out; text
//! and SQL stay here. Every method fails with [`StoreError`] when the database does not answer.

pub mod admission;
mod basket_update;
mod baskets;
mod breakers;
mod chain_cursor;
mod chain_tie;
mod commits;
mod database;
mod error;
mod event;
pub mod event_log;
pub mod lease;
mod ledger_cache;
mod minted_blocks;
mod mints;
mod notifier;
mod open;
mod queue;
mod rows;
pub mod writer;

pub use basket_update::{BasketEvent, BasketUpdate, ChainCursor};
pub use baskets::BasketName;
pub use breakers::StateCount;
pub use database::Store;
pub use error::StoreError;
pub use event::{LogHead, LoggedEvent};
pub use minted_blocks::MintedBlock;
pub use mints::MintFilter;
pub use notifier::{MintSubscription, Signal};
pub use rows::{Accepted, MintUpdate, NEVER_MS, NewMint, StoredMint, UpdateOutcome};
