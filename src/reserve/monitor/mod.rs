//! Follows the chain and says what somebody must know about it.

mod alarms;
mod follow;
mod readings;
mod restore;
mod watch;

pub use follow::{follow, look};
pub use restore::is_restored;
