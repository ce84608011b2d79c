//! A breaker as it is stored and told, and what a stored mint says about the probe that it was.

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::breaker::{Breaker, Event, Position as Stand, Reason};
use crate::store::MintRow;
use crate::store::books::Breaking;

/// A breaker that cannot be read is one that is open.
pub(super) fn stored_breaker(stored: Option<&str>) -> Breaker {
    let Some(text) = stored else { return Breaker::default() };
    serde_json::from_str(text).unwrap_or_else(|_| Breaker {
        position: Stand::Open,
        reasons: [(Reason::OperatorPause, "the stored breaker is unreadable".to_owned())].into(),
        ..Breaker::default()
    })
}

/// What to store and to tell, if the difference matters.
pub(super) fn breaking(before: &Breaker, next: &Breaker) -> Option<Breaking> {
    let unchanged = Breaker { judged_at: before.judged_at, ..next.clone() } == *before;
    if *before == *next || (next.position == Stand::Closed && unchanged) {
        return None;
    }
    let kind = match next.position {
        Stand::Open if before.position != Stand::Open => Some("breaker.opened"),
        Stand::HalfOpen if before.position != Stand::HalfOpen => Some("breaker.half-open"),
        Stand::Closed if before.position != Stand::Closed => Some("breaker.closed"),
        _ if before.reasons != next.reasons || before.probe != next.probe => Some("breaker.changed"),
        _ => None,
    };
    let data = json!({
        "position": next.position.word(), "before": before.position.word(), "reasons": next.reasons,
        "probe": next.probe,
    });
    Some(Breaking {
        state: next.position.word(),
        breaker_json: serde_json::to_string(next).ok()?,
        events: kind.map(|kind| (kind, data.to_string())).into_iter().collect(),
    })
}

#[derive(Deserialize)]
struct StoredEnd {
    failure: Option<StoredFailure>,
}

#[derive(Deserialize)]
struct StoredFailure {
    code: String,
    detail: String,
}

/// What became of a probe; `None` while nobody knows.
pub(super) fn fate(probe: Uuid, row: Option<&MintRow>) -> Option<Event> {
    let Some(row) = row else { return Some(Event::ProbeVoid(probe)) };
    match row.state.as_str() {
        "minted" | "finalized" => Some(Event::ProbePassed(probe)),
        "rejected" | "failed" => {
            let end: Option<StoredEnd> = serde_json::from_str(&row.progress_json).ok();
            let failure = end.and_then(|end| end.failure);
            let blamed = failure
                .filter(|failure| failure.code.contains("RESERVE") || failure.code.starts_with("POR_"));
            Some(match blamed {
                Some(failure) => {
                    Event::ProbeFailed(probe, format!("the probe was refused: {}", failure.detail))
                }
                None => Event::ProbeVoid(probe),
            })
        }
        "cancelled" => Some(Event::ProbeVoid(probe)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breaker_that_cannot_be_read_is_open() {
        assert_eq!(stored_breaker(None).position, Stand::Closed);
        let unreadable = stored_breaker(Some("{}"));
        assert_eq!(unreadable.position, Stand::Open);
        assert!(unreadable.reasons.keys().all(|reason| !reason.is_automatic()));
    }

    #[test]
    fn only_what_matters_is_stored_and_told() {
        let closed = Breaker::default();
        let open = Breaker {
            position: Stand::Open,
            reasons: [(Reason::ProofStale, "old".to_owned())].into(),
            ..Breaker::default()
        };
        let told = |before: &Breaker, next: &Breaker| {
            breaking(before, next).map(|found| found.events.first().map(|(kind, _)| *kind))
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
        let half = Breaker { position: Stand::HalfOpen, ..open.clone() };
        assert_eq!(told(&open, &half), Some(Some("breaker.half-open")));
        let probing = Breaker { probe: Some(Uuid::nil()), ..half.clone() };
        assert_eq!(told(&half, &probing), Some(Some("breaker.changed")));
        let worse = Breaker { reasons: [(Reason::ChainPause, "paused".to_owned())].into(), ..open.clone() };
        assert_eq!(told(&open, &worse), Some(Some("breaker.changed")));
    }

    fn row(state: &str, code: &str) -> MintRow {
        MintRow {
            state: state.to_owned(),
            progress_json: json!({ "failure": { "code": code, "detail": "why" } }).to_string(),
            id: String::new(),
            fingerprint: String::new(),
            idempotency_key: None,
            order_json: String::new(),
            version: 0,
            due_at: 0,
            fence: 0,
            created_at: 0,
            updated_at: 0,
        }
    }

    #[test]
    fn only_reserves_are_blamed_for_the_fate_of_a_probe() {
        let id = Uuid::nil();
        let met = |state, code| fate(id, Some(&row(state, code)));
        for state in ["queued", "executing", "submitted", "uncertain"] {
            assert_eq!(met(state, ""), None, "{state}");
        }
        for state in ["minted", "finalized"] {
            assert_eq!(met(state, ""), Some(Event::ProbePassed(id)), "{state}");
        }
        for code in ["POR_STALE", "POR_INSUFFICIENT_RESERVES", "NO_RESERVE_ASSIGNED"] {
            assert!(matches!(met("rejected", code), Some(Event::ProbeFailed(..))), "{code}");
        }
        assert_eq!(met("rejected", "ACE_REJECTED"), Some(Event::ProbeVoid(id)));
        assert_eq!(met("failed", "WORKFLOW_FAILED"), Some(Event::ProbeVoid(id)));
        assert_eq!(met("cancelled", ""), Some(Event::ProbeVoid(id)));
        assert_eq!(fate(id, None), Some(Event::ProbeVoid(id)));
    }
}
