//! The gateway put together: started, served, stopped.

mod access;
mod error;
mod listeners;
mod start;

pub use access::Keys;
pub use error::StartError;
pub use listeners::{ListenError, Listeners};
pub use start::{Gateway, Handle};
