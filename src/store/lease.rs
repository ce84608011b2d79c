//! Claims with a time limit: who works on mints, and who sends with a transmitter key.
//!
//! A claim is held by heartbeats. Whoever loses it (crash, pause, network) is fenced off: the numbers of its rows are
//! older than those of the next holder, and its writes change nothing. All of it is compared by the database's clock.

use super::rows::StoredMint;
use crate::domain::BasketId;

/// Which mints a claim is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Those that wait for a run; one claim takes several of one basket, each for another beneficiary.
    Mint,
    /// One of those whose fate the chain has to tell.
    Settle,
}

/// Mints that one task of this process works on.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Names this claim among all claims of all processes.
    pub owner: String,
    /// The basket of all of them.
    pub basket: BasketId,
    /// The mints, in the order of their lanes; what cannot be read is set aside.
    pub mints: Vec<StoredMint>,
}

/// A transmitter key held by this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SlotLease {
    /// Index of the key.
    pub slot: i64,
    /// Number of this claim.
    pub fence: i64,
}
