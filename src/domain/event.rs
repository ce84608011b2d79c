//! What the event log says happened.

use super::state::State;

/// The kind of a logged event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A request was stored.
    MintAccepted,
    /// A mint reached a state.
    Mint(State),
    /// A workflow run printed steps.
    MintSteps,
    /// A breaker opened.
    BreakerOpened,
    /// A breaker lets one mint through as a probe.
    BreakerHalfOpen,
    /// A breaker closed.
    BreakerClosed,
    /// Reasons or probe of a breaker changed.
    BreakerChanged,
    /// Something on chain that somebody should know about.
    ChainAlarm,
    /// The DON attested a basket's reserves on schedule.
    ReserveAttested,
    /// The DON could not attest a basket's reserves.
    ReserveAttestationFailed,
    /// An operator stopped a basket.
    OperatorPaused,
    /// An operator lets a basket try again.
    OperatorResumed,
    /// A basket got a name.
    BasketRegistered,
    /// An account was made.
    AccountCreated,
    /// An account's name changed, or whether its keys count.
    AccountChanged,
    /// An account may mint a basket, within limits.
    GrantSet,
    /// An account may mint a basket no more.
    GrantRemoved,
    /// A key was made.
    KeyCreated,
    /// A key got a successor.
    KeyRotated,
    /// A key counts no more.
    KeyRevoked,
    /// The database is older than the chain: only keys of administrators count.
    KeyRestored,
    /// An administrator named the keys that count after that.
    KeyKept,
}

impl EventKind {
    /// The word in the log and in event streams.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::MintAccepted => "mint.accepted",
            Self::Mint(State::Queued) => "mint.queued",
            Self::Mint(State::Executing) => "mint.executing",
            Self::Mint(State::Submitted) => "mint.submitted",
            Self::Mint(State::Minted) => "mint.minted",
            Self::Mint(State::Finalized) => "mint.finalized",
            Self::Mint(State::Rejected) => "mint.rejected",
            Self::Mint(State::Failed) => "mint.failed",
            Self::Mint(State::Cancelled) => "mint.cancelled",
            Self::Mint(State::Uncertain) => "mint.uncertain",
            Self::MintSteps => "mint.steps",
            Self::BreakerOpened => "breaker.opened",
            Self::BreakerHalfOpen => "breaker.half-open",
            Self::BreakerClosed => "breaker.closed",
            Self::BreakerChanged => "breaker.changed",
            Self::ChainAlarm => "chain.alarm",
            Self::ReserveAttested => "reserve.attested",
            Self::ReserveAttestationFailed => "reserve.attestation-failed",
            Self::OperatorPaused => "operator.paused",
            Self::OperatorResumed => "operator.resumed",
            Self::BasketRegistered => "basket.registered",
            Self::AccountCreated => "account.created",
            Self::AccountChanged => "account.changed",
            Self::GrantSet => "grant.set",
            Self::GrantRemoved => "grant.removed",
            Self::KeyCreated => "key.created",
            Self::KeyRotated => "key.rotated",
            Self::KeyRevoked => "key.revoked",
            Self::KeyRestored => "key.restored",
            Self::KeyKept => "key.kept",
        }
    }

    /// Whether a logged kind is about who may do what.
    #[must_use]
    pub fn is_about_access(word: &str) -> bool {
        ["account.", "grant.", "key."].iter().any(|subject| word.starts_with(subject))
    }

    /// Whether a logged kind says that the worker has nothing left to do for the mint.
    #[must_use]
    pub fn is_end(word: &str) -> bool {
        State::ALL.into_iter().any(|state| state.is_terminal() && Self::Mint(state).word() == word)
    }

    /// Whether a logged kind says that the caller's question "was it minted?" has an answer.
    #[must_use]
    pub fn is_answer(word: &str) -> bool {
        State::ALL.into_iter().any(|state| state.is_answered() && Self::Mint(state).word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_kinds_of_mints_end_with_the_state_word() {
        for state in State::ALL {
            assert_eq!(EventKind::Mint(state).word(), format!("mint.{}", state.word()));
            assert_eq!(EventKind::is_answer(EventKind::Mint(state).word()), state.is_answered());
            assert_eq!(EventKind::is_end(EventKind::Mint(state).word()), state.is_terminal());
        }
        assert!(!EventKind::is_answer("mint.steps"));
    }
}
