//! What every request passes through.

pub mod cors;
pub mod foreign_chain;
pub mod host;
pub mod request_id;
pub mod time_limit;
