//! What every room may use and what knows none of them: time, secrets, addresses, money, logs, fault points,
//! and how values are written.

pub mod address;
pub mod clock;
pub mod fault;
pub mod logging;
pub mod money;
pub mod public_url;
pub mod secret;
pub mod wire;
