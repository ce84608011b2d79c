//! The command line: `serve`, which is what happens without a command, and clients of a running gateway.
//!
//! A client speaks HTTP like every other caller and ends with a code that scripts can act on ([`exit`]). Only `backup`
//! and `keys recover` open the database themselves.

mod arguments;
mod backup;
mod client;
mod events;
pub mod exit;
mod keys;
mod mint;
mod operator;
mod recover;
mod run;
mod serve;
mod show;
mod status;

pub use run::run;
