//! Follows the chain and says what somebody must know about it.

mod alarms;
mod follow;

pub use follow::{follow, look};
