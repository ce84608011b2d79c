//! A change of accounts, grants or keys, to be stored in one transaction.

use crate::domain::access::AccessChange;

/// A change, and who makes it.
#[derive(Clone, Debug)]
pub struct AccessUpdate {
    /// The change.
    pub change: AccessChange,
    /// Who makes it: the id of a key, or what stands for one.
    pub by: String,
}
