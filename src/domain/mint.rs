//! A mint: an order and how far it is.

use uuid::Uuid;

use super::order::Order;
use super::state::Progress;

/// A mint.
#[derive(Clone, Debug)]
pub struct Mint {
    /// Its id.
    pub id: Uuid,
    /// What is to be minted.
    pub order: Order,
    /// How far it is.
    pub progress: Progress,
    /// Counts its changes.
    pub version: i64,
    /// When it was accepted, unix ms.
    pub created_at: i64,
    /// When it changed last, unix ms.
    pub updated_at: i64,
}
