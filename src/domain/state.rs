//! The state machine of a mint: pure and total.
//!
//! ```text
//!            ┌───────── unsigned ────────┐
//!            ▼                           │
//! queued ──start──▶ executing ──delivered──▶ submitted ──minted──▶ minted ──finalized──▶ finalized
//!   │ ▲               │    │                    │  ▲                 │
//!   │ └──── retry ──┐ │    └──── lost ────┐     │  └── start ──┐     │ unseen (re-org)
//!   ▼ cancel        │ ▼ refused           ▼     ▼ lost        │     ▼
//! cancelled       rejected / failed ◀── lapsed ──────────── uncertain
//! ```
//!
//! A signed report is public: until its `validUntil` has passed in a final block, anybody may deliver it. Therefore
//! `exposed_until` remembers the latest `validUntil` of every attempt that may have been signed, and `rejected` and
//! `failed` are reachable only when it is zero: nothing was ever signed, or it has provably lapsed. A new attempt
//! needs an answer of the chain that the reference is unused, given after the previous attempt began. The same makes
//! whatever is `queued` fit to travel with others: nothing of it can be on its way.
//!
//! Of whom nothing was signed stays queued, with the reason visible, until `expires_at`: what is not a refusal is weather,
//! and weather spends no attempt. Nothing mints after `expires_at`, because no report is valid beyond it.

use std::time::Duration;

use alloy::primitives::B256;
use serde::{Deserialize, Serialize};

use super::evidence::{MintProof, TxLocation};
use super::failure::{Failure, FailureCode};

/// Longest that a report is valid: the consumer refuses those of more than 15 minutes.
pub const VALIDITY_MAX: Duration = Duration::from_secs(840);

/// Where a mint stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Accepted; nothing was started, or it is waiting for the next attempt.
    Queued,
    /// A workflow run is about to start or under way.
    Executing,
    /// The workflow says that it delivered a report; the chain has not confirmed it yet.
    Submitted,
    /// The mint event was read from the chain; the block is not final yet.
    Minted,
    /// The mint event is in a final block.
    Finalized,
    /// Refused; nothing was minted and nothing can be.
    Rejected,
    /// Broke; nothing was minted and nothing can be.
    Failed,
    /// Withdrawn before anything was started.
    Cancelled,
    /// A report may have been signed and the chain does not show it; the chain is being asked.
    Uncertain,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Queued,
        Self::Executing,
        Self::Submitted,
        Self::Minted,
        Self::Finalized,
        Self::Rejected,
        Self::Failed,
        Self::Cancelled,
        Self::Uncertain,
    ];

    /// The word used in JSON and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Executing => "executing",
            Self::Submitted => "submitted",
            Self::Minted => "minted",
            Self::Finalized => "finalized",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Uncertain => "uncertain",
        }
    }

    /// Whether the caller's question "was it minted?" has an answer.
    #[must_use]
    pub const fn is_answered(self) -> bool {
        matches!(self, Self::Minted) || self.is_terminal()
    }

    /// Whether the mint promises something that the chain's liability does not contain yet.
    #[must_use]
    pub const fn is_unfinished(self) -> bool {
        matches!(self, Self::Queued | Self::Executing | Self::Submitted | Self::Uncertain)
    }

    /// Whether the chain has to tell what became of the mint.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Executing | Self::Submitted | Self::Uncertain)
    }

    /// The state of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether the worker has nothing left to do.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Finalized | Self::Rejected | Self::Failed | Self::Cancelled)
    }
}

/// Everything about a mint that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Where it stands.
    pub state: State,
    /// Runs begun in all; numbers them.
    pub runs: u32,
    /// Those of them that count as attempts: the present one, and those that signed, may have, or were refused.
    pub attempts: u32,
    /// Value of `attempts` when the present budget of automatic attempts began.
    pub budget_from: u32,
    /// The chain was asked after the last attempt began, and the reference was unused.
    pub absent: bool,
    /// `validUntil` of the present attempt, unix seconds.
    pub attempt_valid_until: u64,
    /// First block in which the present attempt can have left an event.
    pub attempt_from_block: u64,
    /// Latest `validUntil` of any report that may have been signed; 0 = none can be outstanding.
    pub exposed_until: u64,
    /// How many attempts make up `exposed_until`.
    pub exposed_attempts: u32,
    /// Transaction hash that the workflow printed; only the chain proves it.
    pub reported_tx: Option<B256>,
    /// A refusal event seen in a block that is not final yet.
    pub refusal: Option<TxLocation>,
    /// Why it failed, or failed last.
    pub failure: Option<Failure>,
    /// Where the mint event is.
    pub proof: Option<MintProof>,
    /// Unix ms after which nothing of it may be minted any more.
    pub expires_at: i64,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            state: State::Queued,
            runs: 0,
            attempts: 0,
            budget_from: 0,
            absent: false,
            attempt_valid_until: 0,
            attempt_from_block: 0,
            exposed_until: 0,
            exposed_attempts: 0,
            reported_tx: None,
            refusal: None,
            failure: None,
            proof: None,
            expires_at: i64::MAX,
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The chain says that the reference is unused.
    Absent,
    /// An attempt begins; stored before anything is spawned.
    Start {
        /// Unix seconds after which the report of this attempt is worthless.
        valid_until: u64,
        /// First block in which it can leave an event.
        from_block: u64,
    },
    /// The run says that it delivered a report in this transaction.
    Delivered {
        /// The transaction that was printed, if one was.
        reported_tx: Option<B256>,
    },
    /// The order was refused before anything was signed in this attempt.
    Refused(Failure),
    /// Nothing was signed, for a reason that is no refusal: it waits for better weather.
    Unsigned(Failure),
    /// `expires_at` has passed and nothing of it was ever signed.
    Expired(Failure),
    /// The attempt's outcome is unknown.
    Lost(Failure),
    /// The mint event was read from the canonical chain.
    Minted(MintProof),
    /// The chain holds the reference for another account or amount.
    Conflict(Failure),
    /// A refusal event for this reference was read from the canonical chain.
    RefusalSeen {
        /// Where.
        location: TxLocation,
        /// What it says.
        failure: Failure,
    },
    /// The block of the refusal event is final.
    RefusalFinal {
        /// What it says decides nothing, and another attempt may be made.
        again: bool,
    },
    /// The refusal event vanished in a re-organisation.
    RefusalGone,
    /// A final block is later than `exposed_until` and the reference is unused in it.
    Lapsed,
    /// The mint event vanished in a re-organisation.
    Unseen {
        /// Unix seconds until which the report may land again.
        until: u64,
    },
    /// The block of the mint event is final.
    Finalized,
    /// The caller withdrew the request.
    Cancel,
    /// The caller asks again for what provably was not minted.
    Retry {
        /// The new deadline, unix ms.
        expires_at: i64,
    },
}

/// An event that makes no sense in a state; nothing changes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a mint that is {} cannot take {event}", state.word())]
pub struct Illegal {
    state: State,
    event: String,
}

/// The next progress, or why there is none. Never panics, never changes its argument.
///
/// # Errors
/// [`Illegal`] when the event does not belong to the state.
pub fn apply(now: &Progress, event: &Event) -> Result<Progress, Illegal> {
    let mut next = now.clone();
    if run_event(now, event, &mut next) || chain_event(now, event, &mut next) {
        Ok(next)
    } else {
        Err(Illegal { state: now.state, event: format!("{event:?}") })
    }
}

/// What callers and workflow runs do; `false` when it does not fit.
fn run_event(now: &Progress, event: &Event, next: &mut Progress) -> bool {
    use State::{Cancelled, Executing, Failed, Queued, Rejected, Submitted, Uncertain};
    match (now.state, event) {
        (Queued | Uncertain, Event::Start { valid_until, from_block })
            if now.absent && *valid_until > 0 && is_within(*valid_until, now.expires_at) =>
        {
            next.state = Executing;
            next.runs = now.runs.saturating_add(1);
            next.attempts = now.attempts.saturating_add(1);
            next.absent = false;
            next.attempt_valid_until = *valid_until;
            next.attempt_from_block = *from_block;
            next.reported_tx = None;
            next.refusal = None;
        }
        (Executing, Event::Delivered { reported_tx }) => {
            next.state = Submitted;
            next.reported_tx = *reported_tx;
            expose(next);
        }
        (Executing | Queued | Uncertain, Event::Refused(failure)) => end_unsigned(next, failure, Rejected),
        (Executing | Queued | Uncertain, Event::Unsigned(failure)) => {
            end_unsigned(next, failure, Queued);
            if now.state == Executing {
                next.attempts = now.attempts.saturating_sub(1);
            }
        }
        (Queued, Event::Expired(failure)) if now.exposed_until == 0 => {
            next.state = Failed;
            next.failure = Some(failure.clone());
        }
        (Executing | Submitted, Event::Lost(failure)) => {
            next.state = Uncertain;
            next.failure = Some(failure.clone());
            if now.state == Executing {
                expose(next);
            }
        }
        (Queued, Event::Cancel) if now.exposed_until == 0 => next.state = Cancelled,
        (Rejected | Failed, Event::Retry { expires_at }) => {
            next.state = Queued;
            next.absent = false;
            next.budget_from = now.attempts;
            next.failure = None;
            next.expires_at = *expires_at;
        }
        _ => return false,
    }
    true
}

/// What the chain says; `false` when it does not fit.
fn chain_event(now: &Progress, event: &Event, next: &mut Progress) -> bool {
    use State::{Executing, Failed, Finalized, Minted, Queued, Rejected, Submitted, Uncertain};
    match (now.state, event) {
        (Queued | Uncertain, Event::Absent) => next.absent = true,
        // The chain is the judge: what it shows is true even of a mint that was given up.
        (state, Event::Minted(proof)) if state != Finalized => {
            if state == Executing {
                expose(next);
            }
            next.state = Minted;
            next.failure = None;
            next.refusal = None;
            next.proof = Some(proof.clone());
        }
        (Queued | Executing | Submitted | Uncertain, Event::Conflict(failure)) => {
            // The reference belongs to somebody else for ever: whatever was signed can no longer mint.
            settle(next, Rejected);
            next.failure = Some(failure.clone());
        }
        (Submitted | Uncertain, Event::RefusalSeen { location, failure }) => {
            next.refusal = Some(location.clone());
            next.failure = Some(failure.clone());
        }
        (Submitted | Uncertain, Event::RefusalFinal { again })
            if now.refusal.is_some() && now.exposed_attempts <= 1 =>
        {
            settle(next, if *again { Queued } else { Rejected });
        }
        (Submitted | Uncertain, Event::RefusalGone) if now.refusal.is_some() => {
            next.state = Uncertain;
            next.refusal = None;
        }
        (Uncertain, Event::Lapsed) => {
            let refused = now.failure.as_ref().is_some_and(|failure| failure.code.is_refusal());
            settle(next, if refused { Rejected } else { Failed });
        }
        (Minted, Event::Unseen { until }) => {
            next.state = Uncertain;
            next.failure = Some(Failure::new(
                FailureCode::WorkflowFailed,
                "the chain took back the block of the mint, and its report may land again until it lapses",
            ));
            next.proof = None;
            next.absent = false;
            next.exposed_until = now.exposed_until.max(*until);
            next.exposed_attempts = now.exposed_attempts.max(1);
        }
        (Minted, Event::Finalized) => next.state = Finalized,
        _ => return false,
    }
    true
}

/// Whether a report that is valid until then (unix seconds) lapses before the deadline (unix ms).
fn is_within(valid_until: u64, expires_at: i64) -> bool {
    i64::try_from(valid_until).is_ok_and(|seconds| seconds.saturating_mul(1000) <= expires_at)
}

/// The present attempt may have signed a report.
fn expose(next: &mut Progress) {
    next.exposed_until = next.exposed_until.max(next.attempt_valid_until);
    next.exposed_attempts = next.exposed_attempts.saturating_add(1);
}

/// The present attempt signed nothing; earlier ones may have.
fn end_unsigned(next: &mut Progress, failure: &Failure, end: State) {
    next.failure = Some(failure.clone());
    next.state = if next.exposed_until == 0 { end } else { State::Uncertain };
}

/// Nothing that was signed can take effect any more.
fn settle(next: &mut Progress, end: State) {
    next.state = end;
    next.exposed_until = 0;
    next.exposed_attempts = 0;
    next.refusal = None;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn location() -> TxLocation {
        TxLocation { tx: B256::repeat_byte(1), block_number: 7, block_hash: B256::repeat_byte(2) }
    }

    fn start(valid_until: u64) -> Event {
        Event::Start { valid_until, from_block: 5 }
    }

    fn failure(code: FailureCode) -> Failure {
        Failure::new(code, "because")
    }

    fn any_event() -> impl Strategy<Value = Event> {
        prop_oneof![
            Just(Event::Absent),
            (0_u64..2_000).prop_map(start),
            Just(Event::Delivered { reported_tx: Some(B256::repeat_byte(1)) }),
            Just(Event::Delivered { reported_tx: None }),
            Just(Event::Refused(failure(FailureCode::AceRejected))),
            Just(Event::Unsigned(failure(FailureCode::PorUnavailable))),
            Just(Event::Expired(failure(FailureCode::Expired))),
            Just(Event::Lost(failure(FailureCode::WorkflowFailed))),
            Just(Event::Minted(MintProof { location: location(), log_index: 3 })),
            Just(Event::Conflict(failure(FailureCode::DuplicateReference))),
            Just(Event::RefusalSeen { location: location(), failure: failure(FailureCode::AceRejected) }),
            any::<bool>().prop_map(|again| Event::RefusalFinal { again }),
            Just(Event::RefusalGone),
            Just(Event::Lapsed),
            (1_u64..2_000).prop_map(|until| Event::Unseen { until }),
            Just(Event::Finalized),
            Just(Event::Cancel),
            (1_000_i64..3_000_000).prop_map(|expires_at| Event::Retry { expires_at }),
        ]
    }

    fn run(events: &[Event]) -> Progress {
        events.iter().fold(Progress::default(), |now, event| apply(&now, event).unwrap())
    }

    #[test]
    fn mint_state_straight_way_ends_finalized() {
        let proof = MintProof { location: location(), log_index: 3 };
        let end = run(&[
            Event::Absent,
            start(100),
            Event::Delivered { reported_tx: Some(B256::repeat_byte(1)) },
            Event::Minted(proof.clone()),
            Event::Finalized,
        ]);
        assert_eq!(end.state, State::Finalized);
        assert_eq!(end.proof, Some(proof));
    }

    #[test]
    fn mint_state_is_uncertain_while_a_lost_attempt_may_land() {
        let lost = [
            Event::Absent,
            start(100),
            Event::Lost(failure(FailureCode::WorkflowFailed)),
            Event::Absent,
            start(200),
            Event::Refused(failure(FailureCode::AceRejected)),
        ];
        let now = run(&lost);
        assert_eq!((now.state, now.exposed_until), (State::Uncertain, 100));
        let end = apply(&now, &Event::Lapsed).unwrap();
        assert_eq!((end.state, end.exposed_until), (State::Rejected, 0));
    }

    #[test]
    fn mint_state_of_a_vanished_mint_is_uncertain_again() {
        let mut events = vec![Event::Absent, start(100), Event::Delivered { reported_tx: None }];
        events.push(Event::Minted(MintProof { location: location(), log_index: 0 }));
        events.push(Event::Unseen { until: 900 });
        let now = run(&events);
        assert_eq!((now.state, now.exposed_until, now.proof.clone()), (State::Uncertain, 900, None));
        assert!(apply(&now, &start(5)).is_err(), "absence was not proven again");
    }

    #[test]
    fn mint_state_cancel_and_retry_need_their_states() {
        assert_eq!(run(&[Event::Cancel]).state, State::Cancelled);
        let executing = run(&[Event::Absent, start(1)]);
        assert!(apply(&executing, &Event::Cancel).is_err());
        assert!(apply(&executing, &Event::Retry { expires_at: 9 }).is_err());
        let again = run(&[Event::Refused(failure(FailureCode::AceRejected)), Event::Retry { expires_at: 9 }]);
        assert_eq!(again.state, State::Queued);
    }

    #[test]
    fn mint_state_of_a_refusal_that_decides_nothing_is_queued_again() {
        let failure = failure(FailureCode::WorkflowFailed);
        let seen = Event::RefusalSeen { location: location(), failure: failure.clone() };
        let once = [Event::Absent, start(100), Event::Delivered { reported_tx: None }, seen];
        let again = run(&[&once[..], &[Event::RefusalFinal { again: true }]].concat());
        assert_eq!((again.state, again.exposed_until, again.attempts), (State::Queued, 0, 1));
        assert_eq!((again.failure.as_ref(), again.refusal.as_ref()), (Some(&failure), None));
        assert!(apply(&again, &start(200)).is_err(), "the chain has to say that the reference is unused");
        let ended = run(&[&once[..], &[Event::RefusalFinal { again: false }]].concat());
        assert_eq!((ended.state, ended.exposed_until), (State::Rejected, 0));
    }

    #[test]
    fn mint_state_weather_spends_no_attempt_and_a_deadline_ends_it() {
        let weather = || Event::Unsigned(failure(FailureCode::PorUnavailable));
        let waiting = run(&[Event::Absent, start(100), weather(), Event::Absent, start(200), weather()]);
        assert_eq!((waiting.state, waiting.runs, waiting.attempts), (State::Queued, 2, 0));
        assert_eq!(waiting.failure, Some(failure(FailureCode::PorUnavailable)), "the reason is visible");
        let ended = apply(&waiting, &Event::Expired(failure(FailureCode::Expired))).unwrap();
        assert_eq!(ended.state, State::Failed);
        let late = Progress { expires_at: 99_999, absent: true, ..Progress::default() };
        assert!(apply(&late, &start(100)).is_err(), "no report outlives the request");
        assert!(apply(&late, &start(99)).is_ok());
        let lost = run(&[Event::Absent, start(100), Event::Lost(failure(FailureCode::WorkflowFailed))]);
        assert!(apply(&lost, &Event::Expired(failure(FailureCode::Expired))).is_err(), "it may be signed");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn mint_state_keeps_its_rules_in_every_history(events in prop::collection::vec(any_event(), 0..60)) {
            let mut now = Progress::default();
            let mut proven_absent = false;
            for event in events {
                let Ok(next) = apply(&now, &event) else { continue };
                if matches!(event, Event::Start { .. }) {
                    prop_assert!(proven_absent, "two attempts without a proof of absence between them");
                    proven_absent = false;
                }
                proven_absent |= matches!(event, Event::Absent);
                let settled = matches!(next.state, State::Rejected | State::Failed | State::Cancelled);
                prop_assert!(!settled || next.exposed_until == 0, "{event:?} ended with a live report");
                if let Event::Start { valid_until, .. } = &event {
                    let until_ms = i64::try_from(valid_until * 1000).unwrap();
                    prop_assert!(until_ms <= now.expires_at, "a report outlives the request");
                }
                let is_explained = !matches!(next.state, State::Rejected | State::Failed) || next.failure.is_some();
                prop_assert!(is_explained, "{event:?} ended without a reason");
                let queued = next.state == State::Queued;
                prop_assert!(!queued || next.exposed_until == 0, "{event:?} queued a mint with a live report");
                if matches!(next.state, State::Minted | State::Finalized) {
                    prop_assert!(next.proof.is_some(), "minted without proof");
                }
                if now.exposed_until > 0 && next.exposed_until == 0 {
                    let proof = matches!(event, Event::Lapsed | Event::RefusalFinal { .. } | Event::Conflict(_));
                    prop_assert!(proof, "{event:?} forgot a live report");
                }
                prop_assert!(now.state != State::Finalized, "finalized is the end");
                now = next;
            }
        }
    }
}
