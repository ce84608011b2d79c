//! What every request passes through.

pub mod authenticate;
pub mod authorize;
pub mod cors;
pub mod foreign_chain;
pub mod host;
pub mod origin;
pub mod problem_body;
pub mod request_id;
pub mod time_limit;
pub mod visit;
