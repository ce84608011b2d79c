//! Which chain and which contracts this gateway works with, and whether they are there: looked up in the settings and
//! in the record that the deploy script writes, checked at start, and, where the chain is silent then, as soon as it
//! answers.

mod identify;
mod record;
mod watch;

pub use identify::{DeploymentError, identify_from_memory, verify};
pub use record::{DeploymentRecord, RecordedBasket, UnreadableRecord};
pub use watch::watch;
