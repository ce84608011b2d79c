//! The gateway put together: started, served, stopped.

mod access;
mod error;
mod start;

pub use access::Keys;
pub use error::StartError;
pub use start::{Gateway, Handle};
