//! Who may do what: callers, their keys, accounts and limits.
//!
//! A request becomes a [`Caller`] in one place of the HTTP layer; whether it may come without a key is computed in
//! [`anonymous`] and nowhere else. The [`directory`] knows every key; [`secret_text`] is what keys and tokens look like,
//! [`issue`] makes new ones, [`bootstrap`] the first one. [`limits`] counts requests; amounts are counted by the store.

pub mod anonymous;
pub mod bootstrap;
mod caller;
pub mod directory;
#[cfg(test)]
mod expiry;
pub mod issue;
pub mod limits;
pub mod secret_text;

pub use anonymous::{Exposure, Visit};
pub use caller::{Actor, Caller};
pub use directory::{Directory, NotLetIn};
pub use limits::{RateStanding, RequestCounts, RequestLimits};
