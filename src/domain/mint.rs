//! A mint: an order and how far it is.

use uuid::Uuid;

use super::order::Order;
use super::state::Progress;

/// The account of callers that have none of their own.
pub const DEFAULT_ACCOUNT: &str = "default";

/// A mint.
#[derive(Clone, Debug)]
pub struct Mint {
    /// Its id.
    pub id: Uuid,
    /// The account that asked for it.
    pub account: String,
    /// What is to be minted.
    pub order: Order,
    /// How far it is.
    pub progress: Progress,
    /// Whether it was accepted; a refusal at admission is a mint that never was.
    pub is_accepted: bool,
    /// Whether it came with neither an idempotency key nor a bank reference.
    pub is_keyless: bool,
    /// Counts its changes.
    pub version: i64,
    /// When it was accepted, unix ms.
    pub created_at: i64,
    /// When it changed last, unix ms.
    pub updated_at: i64,
}
