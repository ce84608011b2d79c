//! What a breaker's move changes in the store and in the log, and what a stored mint says about the probe that it was.

use uuid::Uuid;

use super::event_data::{BreakerData, logged};
use crate::domain::breaker::{Breaker, BreakerState, Event};
use crate::domain::{EventKind, Progress, State};
use crate::store::admission::BreakerUpdate;

/// What to store and to tell, if the difference matters.
pub(super) fn breaker_update(before: &Breaker, next: Breaker) -> Option<BreakerUpdate> {
    let unchanged = Breaker { judged_at: before.judged_at, ..next.clone() } == *before;
    if *before == next || (next.state == BreakerState::Closed && unchanged) {
        return None;
    }
    let kind = match next.state {
        BreakerState::Open if before.state != BreakerState::Open => Some(EventKind::BreakerOpened),
        BreakerState::HalfOpen if before.state != BreakerState::HalfOpen => Some(EventKind::BreakerHalfOpen),
        BreakerState::Closed if before.state != BreakerState::Closed => Some(EventKind::BreakerClosed),
        _ if before.reasons != next.reasons || before.probe != next.probe => Some(EventKind::BreakerChanged),
        _ => None,
    };
    let data = BreakerData {
        state: next.state.word(),
        before: before.state.word(),
        reasons: next.reasons.clone(),
        probing: next.probe.is_some(),
    };
    let events = kind.map(|kind| (kind, logged(&data))).into_iter().collect();
    Some(BreakerUpdate { events, breaker: next })
}

/// What became of a probe; `None` while nobody knows. `progress` is that of its mint, if the mint is stored.
pub(super) fn probe_fate(probe: Uuid, progress: Option<&Progress>) -> Option<Event> {
    let Some(progress) = progress else { return Some(Event::ProbeVoid(probe)) };
    match progress.state {
        State::Minted | State::Finalized => Some(Event::ProbePassed(probe)),
        State::Rejected | State::Failed => {
            let blamed = progress.failure.as_ref().filter(|failure| failure.code.blames_reserves());
            Some(match blamed {
                // Everybody who may mint the basket reads this: the figures of the order are its account's affair.
                Some(failure) => {
                    Event::ProbeFailed(probe, format!("the probe was refused: {}", failure.code.name()))
                }
                None => Event::ProbeVoid(probe),
            })
        }
        State::Cancelled => Some(Event::ProbeVoid(probe)),
        State::Queued | State::Executing | State::Submitted | State::Uncertain => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::breaker::Reason;
    use crate::domain::{Failure, FailureCode};

    #[test]
    fn breaker_update_is_stored_and_told_when_it_matters() {
        let closed = Breaker::default();
        let open = Breaker {
            state: BreakerState::Open,
            reasons: [(Reason::ProofStale, "old".to_owned())].into(),
            ..Breaker::default()
        };
        let told = |before: &Breaker, next: &Breaker| {
            breaker_update(before, next.clone())
                .map(|found| found.events.first().map(|(kind, _)| kind.word()))
        };
        assert_eq!(told(&closed, &closed), None);
        assert_eq!(
            told(&closed, &Breaker { judged_at: 9, ..closed.clone() }),
            None,
            "nobody needs it closed"
        );
        assert_eq!(told(&open, &Breaker { judged_at: 9, ..open.clone() }), Some(None), "open, it decides");
        assert_eq!(told(&closed, &Breaker { bad_answers: 1, ..closed.clone() }), Some(None), "a row is kept");
        assert_eq!(told(&closed, &open), Some(Some("breaker.opened")));
        assert_eq!(told(&open, &closed), Some(Some("breaker.closed")));
        let half = Breaker { state: BreakerState::HalfOpen, ..open.clone() };
        assert_eq!(told(&open, &half), Some(Some("breaker.half-open")));
        let probing = Breaker { probe: Some(Uuid::nil()), ..half.clone() };
        assert_eq!(told(&half, &probing), Some(Some("breaker.changed")));
        let worse = Breaker { reasons: [(Reason::ChainPause, "paused".to_owned())].into(), ..open.clone() };
        assert_eq!(told(&open, &worse), Some(Some("breaker.changed")));
    }

    fn ended(state: State, code: Option<FailureCode>) -> Progress {
        Progress { state, failure: code.map(|code| Failure::new(code, "why")), ..Progress::default() }
    }

    #[test]
    fn probe_fails_only_where_reserves_are_to_blame() {
        let id = Uuid::nil();
        let fate = |state, code| probe_fate(id, Some(&ended(state, code)));
        for state in State::ALL.into_iter().filter(|state| state.is_unfinished()) {
            assert_eq!(fate(state, None), None, "{state:?}");
        }
        for state in [State::Minted, State::Finalized] {
            assert_eq!(fate(state, None), Some(Event::ProbePassed(id)), "{state:?}");
        }
        for code in
            [FailureCode::PorStale, FailureCode::PorInsufficientReserves, FailureCode::NoReserveAssigned]
        {
            assert!(matches!(fate(State::Rejected, Some(code)), Some(Event::ProbeFailed(..))), "{code:?}");
        }
        let void = Some(Event::ProbeVoid(id));
        assert_eq!(fate(State::Rejected, Some(FailureCode::AceRejected)), void);
        assert_eq!(fate(State::Failed, Some(FailureCode::WorkflowFailed)), void);
        assert_eq!(fate(State::Cancelled, None), void);
        assert_eq!(probe_fate(id, None), void);
    }
}
