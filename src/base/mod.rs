//! What every room may use and what knows none of them: time, secrets, addresses, money, logs, fault points,
//! and how values are written.

pub mod address;
pub mod clock;
pub mod fault;
mod log_lines;
pub mod logging;
pub mod metrics;
pub mod money;
pub mod public_url;
pub mod schedule;
pub mod secret;
pub mod task;
pub mod text;
pub mod wire;
