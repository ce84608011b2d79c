//! The database: the only memory, the queue, and the log of everything that happened.
//!
//! One set of SQL serves SQLite and PostgreSQL. What callers, workers and the monitor decide is written by [`writer`],
//! which takes the rows of the baskets first and the head row of the event log last and commits many writes at once;
//! nothing is published that was not committed. Names of baskets and a cursor that only moves are written beside it.
//! Domain types go in and come out; text and SQL stay here. The database's clock decides about leases and due times.
//! Every method fails with [`StoreError`] when the database does not answer; how long that may take, [`connections`] says.

mod access;
mod access_rows;
mod access_update;
pub mod admission;
pub mod backup;
mod basket_update;
mod baskets;
mod chain_cursor;
mod chain_tie;
mod claims;
mod commit;
mod commit_access;
mod commit_blocks;
mod commit_claims;
mod commit_mints;
mod commit_runs;
mod commit_spent;
mod commits;
mod connections;
mod database;
mod error;
mod event;
pub mod event_log;
pub mod lease;
mod mint_list;
mod minted_blocks;
mod mints;
mod notifier;
mod open;
#[cfg(test)]
mod query_plans;
mod queue;
mod readings;
mod rows;
mod run;
mod runs;
mod spent_counts;
mod statement;
mod summary;
mod tokens;
mod totals;
mod watches;
pub mod writer;

pub use access::{AccessSnapshot, AccessStamp};
pub use access_update::AccessUpdate;
pub use basket_update::{BasketEvent, BasketUpdate, ChainCursor};
pub use baskets::BasketName;
pub use database::Store;
pub use error::StoreError;
pub use event::{LogHead, LoggedEvent};
pub use mint_list::{MintFilter, MintPosition, StoredPage};
pub use minted_blocks::MintedBlock;
pub use mints::{MintCounts, StateCount};
pub use notifier::{MintSubscription, Signal};
pub use queue::Recount;
pub use readings::Reading;
pub use rows::{Accepted, MintUpdate, NewMint, StoredMint, UpdateOutcome};
pub use run::{OrderOutcome, RunFigures, RunOfMint, RunOrder, RunRecord, RunVerdict, StoredRun};
pub use statement::StatementLines;
pub use summary::{Sum, SummaryKey};
pub use tokens::{Token, TokenKind};
pub use watches::WatchName;
