//! What the chain says: the only judge of whether something was minted.
//!
//! [`Chain::find_mint`] answers "what became of this reference?"; [`rpc`] asks several endpoints and takes only what a
//! majority of them says; [`evidence`] reads receipts; [`abi`], [`report`] and [`transaction`] are for people.

pub mod abi;
mod answer;
mod ask_again;
pub mod baskets;
mod bindings;
mod calls;
pub mod client;
pub mod compliance;
pub mod evidence;
pub mod header;
mod health;
mod http;
mod logs;
pub mod lookup;
mod meter;
mod probe;
mod recent;
pub mod report;
pub mod reserve;
pub mod rpc;
pub mod sight;
pub mod tokens;
pub mod transaction;

pub use bindings::{
    BasketFactory, KeystoneForwarder, LiabilityLedger, MintingConsumerWithACE, PausePolicy, PolicyEngine,
    PolicySwitch, StablecoinERC20, TimelockController,
};
pub use calls::Head;
pub use client::{Chain, Contracts, Identity, LOCAL_CHAIN, Standing, Substitute};
pub use header::Sight;
pub use lookup::{MintLookup, TransactionLook};
pub use reserve::{BasketLogs, ReserveFigures, Round};
pub use rpc::{ChainError, Endpoints};
