//! The gateway put together: started, served, stopped.

mod error;
mod start;

pub use error::StartError;
pub use start::{Gateway, Handle};
