//! Who may do what: callers, their keys, accounts and limits.
//!
//! A request becomes a [`Caller`] in one place of the HTTP layer; whether it may come without a key is computed in
//! [`anonymous`] and nowhere else.

pub mod anonymous;
mod caller;

pub use anonymous::{Exposure, Visit};
pub use caller::{Actor, Caller};
