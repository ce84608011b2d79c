//! Why a mint may not join a basket's unfinished ones.

use alloy::primitives::U256;

use super::access::OverLimit;
use super::breaker::OpenBreaker;
use super::coverage::Coverage;

/// Why a mint may not join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdmissionRefusal {
    /// The breaker is open.
    BreakerOpen(OpenBreaker),
    /// The reserves are owned or promised already.
    Overdrawn {
        /// What is owned and owed.
        coverage: Coverage,
        /// Base units that were asked for.
        requested: U256,
    },
    /// The caller's own limit is used up.
    OverLimit(OverLimit),
}
