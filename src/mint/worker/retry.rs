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

/// Longest pause between two questions to the chain about one mint.
const PATIENCE_MAX_MS: i64 = 16_000;
/// Such a pause is this part of the time for which nothing new was seen.
const PATIENCE_PART: i64 = 8;

/// Pause before the chain is asked again about a mint of which nothing new was seen for so long: ever longer, because what
/// does not show soon mostly shows late, and each question costs.
pub(super) fn patience_ms(unchanged_ms: i64, least_ms: i64) -> i64 {
    (unchanged_ms / PATIENCE_PART).clamp(least_ms, PATIENCE_MAX_MS)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at a mint of which nothing is seen for so long.
    fn looks(until_ms: i64, least_ms: i64) -> usize {
        let after = |age: &i64| Some(age + patience_ms(*age, least_ms)).filter(|age| *age < until_ms);
        std::iter::successors(Some(0), after).count()
    }

    #[test]
    fn retry_asks_the_chain_ever_more_rarely() {
        assert!(
            (60..=80).contains(&looks(600_000, 1_000)),
            "uncertain for ten minutes: {}",
            looks(600_000, 1_000)
        );
        assert!(
            (20..=32).contains(&looks(20_000, 250)),
            "delivered and not seen yet: {}",
            looks(20_000, 250)
        );
        assert_eq!(patience_ms(i64::MAX, 1_000), PATIENCE_MAX_MS);
        assert_eq!(patience_ms(-5, 1_000), 1_000, "a clock that was set back");
    }
}
