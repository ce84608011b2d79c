//! How often a mint is attempted, and until when.

use super::claim::ClaimedMint;
use crate::domain::Failure;
use crate::domain::state::Event;

/// Automatic attempts for one request (and again after each retry on purpose).
pub(super) const ATTEMPTS_MAX: u32 = 3;
/// Pause before the second attempt; doubles each time.
const BACKOFF_MS: i64 = 500;
/// No attempt begins within this time of a request's deadline.
pub(super) const EXPIRY_MARGIN_MS: i64 = 30_000;

/// Attempts of the present budget.
pub(super) const fn attempts_spent(claim: &ClaimedMint) -> u32 {
    claim.mint.progress.attempts - claim.mint.progress.budget_from
}

/// Milliseconds before the next attempt; more each time.
pub(super) fn backoff_ms(claim: &ClaimedMint) -> i64 {
    BACKOFF_MS << attempts_spent(claim).min(6)
}

/// What somebody's "no" and what mere weather mean for a mint of whose present attempt nothing was signed.
pub(super) fn refused_or_waiting(failure: Failure) -> Event {
    if failure.code.is_refusal() { Event::Refused(failure) } else { Event::Unsigned(failure) }
}
