//! The gateway put together: started, served, stopped.

mod access;
mod error;
mod listeners;
mod running;
mod start;
mod upkeep;

pub use access::Keys;
pub use error::{Failed, StartError};
pub use listeners::{ListenError, Listeners};
pub use start::{Gateway, Handle};
