//! The circuit breaker of a basket: pure and total.
//!
//! ```text
//!            trip                    cooled (automatic reasons only), or resume by an operator
//! closed ───────────▶ open ─────────────────────────────▶ half-open ──probe passed──▶ closed
//!                      ▲                                      │
//!                      └──────────── trip, probe failed ──────┘
//! ```
//!
//! Closed mints. Open mints nothing and starts nothing. Half-open lets one mint through, the probe, and its fate
//! decides. What nobody but a person can judge (tokens or mints that nothing here explains, changed roles, policies or
//! signers, an operator's pause) leaves open only when a person says so; what the reserve source causes heals when the source
//! does. A pause on chain ends on chain: it goes away by itself, and no operator here can lift it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a breaker is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    /// The reserves are worth less than what is issued.
    Undercollateralised,
    /// The proof on chain is too old.
    ProofStale,
    /// The reserve source proved nothing several times in a row: emergency stop, nonsense, old figures, no answer.
    SourceDistrusted,
    /// The probe was not minted.
    ProbeFailed,
    /// Deliveries that minted nothing have used more gas than they may.
    GasWasted,
    /// Tokens were created without the minting consumer.
    UnexpectedSupply,
    /// The consumer minted what no request here explains.
    ForeignMint,
    /// A role was granted, revoked or handed over.
    RolesChanged,
    /// The rules of the policy engine or of the consumer changed.
    PoliciesChanged,
    /// The forwarder's signers or owner changed.
    ForwarderChanged,
    /// The basket's admin paused it on chain.
    ChainPause,
    /// An operator paused the basket here.
    OperatorPause,
}

impl Reason {
    /// The word used in JSON and in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Undercollateralised => "UNDERCOLLATERALISED",
            Self::ProofStale => "PROOF_STALE",
            Self::SourceDistrusted => "SOURCE_DISTRUSTED",
            Self::ProbeFailed => "PROBE_FAILED",
            Self::GasWasted => "GAS_WASTED",
            Self::UnexpectedSupply => "UNEXPECTED_SUPPLY",
            Self::ForeignMint => "FOREIGN_MINT",
            Self::RolesChanged => "ROLES_CHANGED",
            Self::PoliciesChanged => "POLICIES_CHANGED",
            Self::ForwarderChanged => "FORWARDER_CHANGED",
            Self::ChainPause => "CHAIN_PAUSE",
            Self::OperatorPause => "OPERATOR_PAUSE",
        }
    }

    /// Whether time and a probe may end it; everything else needs a person.
    #[must_use]
    pub const fn is_automatic(self) -> bool {
        matches!(
            self,
            Self::Undercollateralised
                | Self::ProofStale
                | Self::SourceDistrusted
                | Self::ProbeFailed
                | Self::GasWasted
        )
    }
}

/// Whether mints pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BreakerState {
    /// All of them.
    #[default]
    Closed,
    /// None.
    Open,
    /// One, as a probe.
    HalfOpen,
}

impl BreakerState {
    /// The word used in JSON and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        }
    }
}

/// A basket's breaker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Breaker {
    /// Whether mints pass.
    pub state: BreakerState,
    /// Why it is not closed, each with a sentence.
    pub reasons: BTreeMap<Reason, String>,
    /// Unix ms since when it is in this state.
    pub since_ms: i64,
    /// Unix ms from when an open one may let a probe through.
    pub retry_at_ms: i64,
    /// The mint that is the probe.
    pub probe: Option<Uuid>,
    /// Answers of the reserve source in a row that proved nothing.
    pub bad_answers: u32,
    /// Source time (unix seconds) of the newest figure that was judged.
    pub judged_at: u64,
    /// Gas of deliveries that minted nothing; what may be wasted in an hour drains away within one.
    #[serde(default)]
    pub wasted_gas: u64,
    /// Unix ms of that figure.
    #[serde(default)]
    pub wasted_at_ms: i64,
}

impl Breaker {
    /// The breaker that stands in for one whose row cannot be read: open, until a person resumes.
    #[must_use]
    pub fn unreadable() -> Self {
        Self {
            state: BreakerState::Open,
            reasons: [(Reason::OperatorPause, "the stored breaker is unreadable".to_owned())].into(),
            ..Self::default()
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A reason to open.
    Trip(Reason, String),
    /// The reserves were compared with the supply.
    Compared {
        /// Source time of the reserves, unix seconds.
        observed_at: u64,
        /// What is wrong, if they do not cover it.
        shortfall: Option<String>,
    },
    /// The age of the proof on chain was judged; what is wrong with it, if anything.
    Aged(Option<String>),
    /// The reserve source was asked; why its answer proves nothing, if it does not.
    Answered(Option<String>),
    /// Whether the basket is paused on chain.
    PausedOnChain(bool),
    /// A delivery used so much gas and minted nothing.
    GasWasted(u64),
    /// Time passed.
    Tick,
    /// An operator lets the basket try again.
    Resume,
    /// This mint would be the probe.
    Probe(Uuid),
    /// The probe was minted.
    ProbePassed(Uuid),
    /// The probe was not minted for a reason that lies with the reserves.
    ProbeFailed(Uuid, String),
    /// The probe ended for a reason of its own.
    ProbeVoid(Uuid),
}

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// Milliseconds before an open one lets a probe through.
    pub cooldown_ms: i64,
    /// Bad answers in a row that open it.
    pub bad_answers_max: u32,
    /// Gas that deliveries which mint nothing may use within an hour; zero = any amount.
    pub wasted_gas_max: u64,
}

const HOUR_MS: i64 = 3_600_000;

/// The next state at `at_ms`. Never panics, never refuses: what makes no sense changes nothing.
#[must_use]
pub fn apply(policy: &BreakerPolicy, now: &Breaker, at_ms: i64, event: &Event) -> Breaker {
    use BreakerState::{Closed, HalfOpen, Open};
    let mut next = now.clone();
    match event {
        Event::Trip(reason, message) => open(policy, &mut next, at_ms, *reason, message),
        Event::Compared { observed_at, shortfall } => {
            // Half-open waits for the probe: an old figure must not close the door on it again.
            let old = now.state == HalfOpen && *observed_at <= now.judged_at;
            next.judged_at = now.judged_at.max(*observed_at);
            judge(policy, &mut next, at_ms, Reason::Undercollateralised, shortfall.as_ref().filter(|_| !old));
            if old && shortfall.is_some() {
                return now.clone();
            }
        }
        Event::Aged(problem) => {
            if now.state == HalfOpen && problem.is_some() {
                return next;
            }
            judge(policy, &mut next, at_ms, Reason::ProofStale, problem.as_ref());
        }
        Event::Answered(None) => {
            next.bad_answers = 0;
            judge(policy, &mut next, at_ms, Reason::SourceDistrusted, None);
        }
        Event::Answered(Some(message)) => {
            next.bad_answers = now.bad_answers.saturating_add(1);
            if next.bad_answers >= policy.bad_answers_max {
                open(policy, &mut next, at_ms, Reason::SourceDistrusted, message);
            }
        }
        Event::PausedOnChain(paused) => {
            let message = paused.then(|| "the basket is paused on chain".to_owned());
            judge(policy, &mut next, at_ms, Reason::ChainPause, message.as_ref());
        }
        Event::GasWasted(gas) => waste(policy, &mut next, at_ms, *gas),
        Event::Tick => {
            let heals = now.reasons.keys().all(|reason| reason.is_automatic());
            if now.state == Open && heals && at_ms >= now.retry_at_ms {
                next.state = HalfOpen;
                next.since_ms = at_ms;
            }
        }
        Event::Resume => {
            if now.state != Closed {
                let judged_at = now.judged_at;
                next = Breaker { state: HalfOpen, since_ms: at_ms, judged_at, ..Breaker::default() };
                if let Some(message) = now.reasons.get(&Reason::ChainPause) {
                    open(policy, &mut next, at_ms, Reason::ChainPause, message);
                }
            }
        }
        Event::Probe(mint) => {
            if now.state == HalfOpen && now.probe.is_none() {
                next.probe = Some(*mint);
            }
        }
        Event::ProbePassed(mint) if now.probe == Some(*mint) => {
            let Breaker { judged_at, wasted_gas, wasted_at_ms, .. } = *now;
            next = Breaker { since_ms: at_ms, judged_at, wasted_gas, wasted_at_ms, ..Breaker::default() };
        }
        Event::ProbeFailed(mint, message) if now.probe == Some(*mint) => {
            open(policy, &mut next, at_ms, Reason::ProbeFailed, message);
        }
        Event::ProbeVoid(mint) if now.probe == Some(*mint) => next.probe = None,
        Event::ProbePassed(_) | Event::ProbeFailed(..) | Event::ProbeVoid(_) => {}
    }
    next
}

/// Counts gas that bought nothing. Half of what may be wasted has drained away before one mint may try again.
fn waste(policy: &BreakerPolicy, next: &mut Breaker, at_ms: i64, gas: u64) {
    let passed_ms = u64::try_from(at_ms.saturating_sub(next.wasted_at_ms)).unwrap_or_default();
    let drained =
        u128::from(policy.wasted_gas_max) * u128::from(passed_ms) / u128::from(HOUR_MS.unsigned_abs());
    let left = next.wasted_gas.saturating_sub(u64::try_from(drained).unwrap_or(u64::MAX));
    (next.wasted_gas, next.wasted_at_ms) = (left.saturating_add(gas), at_ms);
    if policy.wasted_gas_max == 0 || next.wasted_gas <= policy.wasted_gas_max {
        return;
    }
    let message = "deliveries that minted nothing have used up their gas for an hour";
    open(policy, next, at_ms, Reason::GasWasted, message);
    next.retry_at_ms = next.retry_at_ms.max(at_ms.saturating_add(HOUR_MS / 2));
}

/// Opens for a reason, or lifts it; an open breaker without reasons left waits for its probe.
fn judge(policy: &BreakerPolicy, next: &mut Breaker, at_ms: i64, reason: Reason, problem: Option<&String>) {
    match problem {
        Some(message) => open(policy, next, at_ms, reason, message),
        None => {
            let lifted = next.reasons.remove(&reason).is_some();
            // A failed probe only repeats what has just been lifted.
            let rest = next.reasons.keys().any(|other| *other != Reason::ProbeFailed);
            if lifted && next.state == BreakerState::Open && !rest {
                next.reasons.remove(&Reason::ProbeFailed);
                next.state = BreakerState::HalfOpen;
                next.since_ms = at_ms;
            }
        }
    }
}

fn open(policy: &BreakerPolicy, next: &mut Breaker, at_ms: i64, reason: Reason, message: &str) {
    let known = next.state == BreakerState::Open && next.reasons.contains_key(&reason);
    next.reasons.insert(reason, message.to_owned());
    if known {
        return;
    }
    if next.state != BreakerState::Open {
        next.since_ms = at_ms;
    }
    next.state = BreakerState::Open;
    next.probe = None;
    next.retry_at_ms = next.retry_at_ms.max(at_ms.saturating_add(policy.cooldown_ms));
}

/// What the breaker says to a mint that wants to pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It may pass.
    Pass,
    /// It may pass, and is the probe; the breaker to store.
    PassAsProbe(Breaker),
    /// It may not.
    Refuse(OpenBreaker),
}

/// A breaker that lets a mint not pass, as the caller hears of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenBreaker {
    /// The first reason.
    pub reason: Option<Reason>,
    /// All of them, as one sentence.
    pub message: String,
    /// Seconds after which asking again makes sense.
    pub retry_after_seconds: u64,
}

/// Seconds to wait where only a person can help.
const RETRY_BY_HAND_SECONDS: u64 = 300;
/// Seconds to wait for the fate of a probe.
const RETRY_PROBE_SECONDS: u64 = 5;

/// Whether a mint may pass at `at_ms`.
#[must_use]
pub fn gate(policy: &BreakerPolicy, now: &Breaker, at_ms: i64, mint: Uuid) -> Gate {
    let now = apply(policy, now, at_ms, &Event::Tick);
    match now.state {
        BreakerState::Closed => Gate::Pass,
        BreakerState::HalfOpen if now.probe == Some(mint) => Gate::Pass,
        BreakerState::HalfOpen if now.probe.is_none() => {
            Gate::PassAsProbe(apply(policy, &now, at_ms, &Event::Probe(mint)))
        }
        BreakerState::HalfOpen => Gate::Refuse(OpenBreaker {
            reason: now.reasons.keys().next().copied(),
            message: "minting of this basket is being tried again with one mint; wait for its outcome"
                .to_owned(),
            retry_after_seconds: RETRY_PROBE_SECONDS,
        }),
        BreakerState::Open => {
            let by_hand = now.reasons.keys().any(|reason| !reason.is_automatic());
            let left =
                u64::try_from(now.retry_at_ms.saturating_sub(at_ms)).unwrap_or_default().div_ceil(1000);
            let all: Vec<&str> = now.reasons.values().map(String::as_str).collect();
            Gate::Refuse(OpenBreaker {
                reason: now.reasons.keys().next().copied(),
                message: format!("minting of this basket is stopped: {}", all.join("; ")),
                retry_after_seconds: if by_hand { RETRY_BY_HAND_SECONDS } else { left.max(1) },
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POLICY: BreakerPolicy =
        BreakerPolicy { cooldown_ms: 1_000, bad_answers_max: 3, wasted_gas_max: 1_000_000 };

    fn id(byte: u8) -> Uuid {
        Uuid::from_bytes([byte; 16])
    }

    fn run(from: Breaker, events: &[(i64, Event)]) -> Breaker {
        events.iter().fold(from, |now, (at, event)| apply(&POLICY, &now, *at, event))
    }

    fn short(observed_at: u64) -> Event {
        Event::Compared { observed_at, shortfall: Some("too little".to_owned()) }
    }

    #[test]
    fn breaker_opens_when_drained_and_closes_by_a_probe() {
        let drained = run(Breaker::default(), &[(0, short(10))]);
        assert_eq!(drained.state, BreakerState::Open);
        let Gate::Refuse(shut) = gate(&POLICY, &drained, 400, id(1)) else { panic!("it passed") };
        assert_eq!((shut.reason, shut.retry_after_seconds), (Some(Reason::Undercollateralised), 1));
        let healed = run(drained.clone(), &[(500, Event::Compared { observed_at: 20, shortfall: None })]);
        assert_eq!(healed.state, BreakerState::HalfOpen);
        let Gate::PassAsProbe(probing) = gate(&POLICY, &healed, 500, id(1)) else { panic!("no probe") };
        assert!(matches!(gate(&POLICY, &probing, 500, id(2)), Gate::Refuse(_)));
        assert_eq!(gate(&POLICY, &probing, 500, id(1)), Gate::Pass);
        assert_eq!(run(probing, &[(600, Event::ProbePassed(id(1)))]).state, BreakerState::Closed);

        let cooled = run(drained, &[(1_000, Event::Tick), (1_001, short(10))]);
        assert_eq!(cooled.state, BreakerState::HalfOpen, "an old figure does not shut it again");
        assert_eq!(run(cooled, &[(1_002, short(11))]).state, BreakerState::Open);
    }

    #[test]
    fn breaker_counts_bad_answers_in_a_row_only() {
        let bad = || (0, Event::Answered(Some("ripcord".to_owned())));
        let good = || (0, Event::Answered(None));
        assert_eq!(
            run(Breaker::default(), &[bad(), bad(), good(), bad(), bad()]).state,
            BreakerState::Closed
        );
        let open = run(Breaker::default(), &[bad(), bad(), bad()]);
        assert_eq!(open.state, BreakerState::Open);
        let healed = run(open.clone(), &[good()]);
        assert_eq!((healed.state, healed.bad_answers), (BreakerState::HalfOpen, 0));
        let cooled = run(open, &[(1_000, Event::Tick), bad()]);
        assert_eq!(cooled.state, BreakerState::Open, "the row goes on");
    }

    #[test]
    fn breaker_needs_a_person_for_what_a_person_must_judge() {
        let alarm = Event::Trip(Reason::UnexpectedSupply, "500 tokens".to_owned());
        let tripped = run(Breaker::default(), &[(0, alarm), (9_000, Event::Tick)]);
        assert_eq!(tripped.state, BreakerState::Open);
        let resumed = run(tripped, &[(9_001, Event::Resume), (9_001, Event::Probe(id(1)))]);
        assert_eq!((resumed.state, resumed.probe), (BreakerState::HalfOpen, Some(id(1))));
        let failed = run(resumed, &[(9_002, Event::ProbeFailed(id(1), "no".to_owned()))]);
        assert!(failed.reasons.contains_key(&Reason::ProbeFailed));
    }

    #[test]
    fn breaker_forgets_a_failed_probe_when_its_cause_heals() {
        let events = [
            (0, short(1)),
            (1_000, Event::Tick),
            (1_000, Event::Probe(id(1))),
            (1_001, Event::ProbeFailed(id(1), "no".to_owned())),
        ];
        let failed = run(Breaker::default(), &events);
        assert_eq!((failed.state, failed.reasons.len()), (BreakerState::Open, 2));
        let healed = run(failed, &[(1_002, Event::Compared { observed_at: 2, shortfall: None })]);
        assert_eq!((healed.state, healed.reasons.len()), (BreakerState::HalfOpen, 0));
    }

    #[test]
    fn breaker_pause_on_chain_ends_on_chain_only() {
        let paused = run(Breaker::default(), &[(0, Event::PausedOnChain(true)), (9_000, Event::Tick)]);
        assert_eq!(paused.state, BreakerState::Open, "time does not lift it");
        let resumed = run(paused.clone(), &[(9_001, Event::Resume)]);
        assert_eq!(resumed.state, BreakerState::Open, "an operator does not lift it");
        assert_eq!(resumed.reasons.keys().copied().collect::<Vec<_>>(), [Reason::ChainPause]);
        assert_eq!(run(paused, &[(9_002, Event::PausedOnChain(false))]).state, BreakerState::HalfOpen);

        let both = [
            (0, Event::Trip(Reason::RolesChanged, "a role".to_owned())),
            (1, Event::PausedOnChain(true)),
            (2, Event::PausedOnChain(false)),
        ];
        let left = run(Breaker::default(), &both);
        assert_eq!(left.state, BreakerState::Open);
        assert_eq!(left.reasons.keys().copied().collect::<Vec<_>>(), [Reason::RolesChanged]);
        let lifted = run(left, &[(3, Event::PausedOnChain(true)), (4, Event::Resume)]);
        assert_eq!(lifted.reasons.keys().copied().collect::<Vec<_>>(), [Reason::ChainPause]);
        assert_eq!(
            run(Breaker::default(), &[(0, Event::PausedOnChain(false))]),
            Breaker::default(),
            "nothing to lift"
        );
    }

    #[test]
    fn breaker_opens_for_an_old_proof_and_probes_with_a_new() {
        let aged = |old: bool| Event::Aged(old.then(|| "too old".to_owned()));
        let stale = run(Breaker::default(), &[(0, aged(true))]);
        assert_eq!((stale.state, stale.retry_at_ms), (BreakerState::Open, 1_000));
        assert_eq!(run(stale.clone(), &[(1, aged(false))]).state, BreakerState::HalfOpen);
        let cooled = run(stale, &[(999, Event::Tick)]);
        assert_eq!(cooled.state, BreakerState::Open, "not a moment too early");
        let cooled = run(cooled, &[(1_000, Event::Tick), (1_001, aged(true))]);
        assert_eq!(cooled.state, BreakerState::HalfOpen, "the probe brings a new proof");
    }

    #[test]
    fn breaker_opens_when_gas_buys_nothing() {
        let spent = |gas| Event::GasWasted(gas);
        let half = run(Breaker::default(), &[(0, spent(500_000)), (0, spent(500_000))]);
        assert_eq!((half.state, half.wasted_gas), (BreakerState::Closed, 1_000_000), "just within it");
        let drained = run(half.clone(), &[(HOUR_MS / 2, spent(400_000))]);
        assert_eq!((drained.state, drained.wasted_gas), (BreakerState::Closed, 900_000), "time drains it");

        let open = run(half, &[(0, spent(1))]);
        assert_eq!(open.reasons.keys().copied().collect::<Vec<_>>(), [Reason::GasWasted]);
        let kept = run(open, &[(1, short(1)), (2, Event::Compared { observed_at: 2, shortfall: None })]);
        assert_eq!(kept.state, BreakerState::Open);
        assert_eq!(run(kept.clone(), &[(HOUR_MS / 2 - 1, Event::Tick)]).state, BreakerState::Open);
        let tries = run(kept, &[(HOUR_MS / 2, Event::Tick), (HOUR_MS / 2, Event::Probe(id(1)))]);
        assert_eq!(tries.state, BreakerState::HalfOpen);
        let again = run(tries.clone(), &[(HOUR_MS / 2, spent(600_000))]);
        assert_eq!(again.state, BreakerState::Open, "the probe bought nothing, either");
        let passed = run(tries, &[(HOUR_MS / 2, Event::ProbePassed(id(1)))]);
        assert_eq!((passed.state, passed.wasted_gas), (BreakerState::Closed, 1_000_001));

        let resumed = run(again, &[(HOUR_MS / 2 + 1, Event::Resume)]);
        assert_eq!(resumed.wasted_gas, 0, "a person who resumes grants all of it");
        let boundless = BreakerPolicy { wasted_gas_max: 0, ..POLICY };
        assert_eq!(apply(&boundless, &Breaker::default(), 0, &spent(u64::MAX)).state, BreakerState::Closed);
    }

    #[test]
    fn breaker_reads_rows_from_before_gas_was_counted() {
        let row = r#"{"state":"closed","reasons":{},"sinceMs":1,"retryAtMs":0,"probe":null,"badAnswers":0,"judgedAt":7}"#;
        let read: Breaker = serde_json::from_str(row).expect("a breaker");
        assert_eq!((read.judged_at, read.wasted_gas), (7, 0));
    }

    #[test]
    fn breaker_that_is_open_keeps_its_time() {
        let again =
            [(0, short(1)), (500, short(2)), (700, Event::Trip(Reason::ProofStale, "old".to_owned()))];
        let open = run(Breaker::default(), &again);
        assert_eq!((open.since_ms, open.retry_at_ms), (0, 1_700), "a new reason starts the pause anew");
        let Gate::Refuse(shut) = gate(&POLICY, &open, 700, id(1)) else { panic!("it passed") };
        assert_eq!(shut.message, "minting of this basket is stopped: too little; old");
        let by_hand = run(open, &[(800, Event::Trip(Reason::OperatorPause, "drill".to_owned()))]);
        let Gate::Refuse(shut) = gate(&POLICY, &by_hand, 9_000, id(1)) else { panic!("it passed") };
        assert_eq!(shut.retry_after_seconds, RETRY_BY_HAND_SECONDS);
    }

    #[test]
    fn breaker_ignores_a_void_or_foreign_probe() {
        let probing = run(Breaker::default(), &[(0, short(1)), (0, Event::Resume), (0, Event::Probe(id(1)))]);
        for foreign in [
            Event::Probe(id(2)),
            Event::ProbePassed(id(2)),
            Event::ProbeFailed(id(2), "no".to_owned()),
            Event::ProbeVoid(id(2)),
        ] {
            assert_eq!(run(probing.clone(), &[(1, foreign)]), probing);
        }
        let void = run(probing, &[(1, Event::ProbeVoid(id(1)))]);
        assert_eq!((void.state, void.probe), (BreakerState::HalfOpen, None), "the next one may try");
        assert_eq!(void.judged_at, 1, "what was judged stays judged");
    }

    fn any_event() -> impl Strategy<Value = Event> {
        let reason = prop_oneof![
            Just(Reason::Undercollateralised),
            Just(Reason::ProofStale),
            Just(Reason::SourceDistrusted),
            Just(Reason::UnexpectedSupply),
            Just(Reason::RolesChanged),
            Just(Reason::OperatorPause),
            Just(Reason::GasWasted),
        ];
        let message = prop::option::of(Just("message".to_owned()));
        let mint = || (1_u8..4).prop_map(id);
        prop_oneof![
            reason.prop_map(|reason| Event::Trip(reason, "message".to_owned())),
            (0_u64..50, message.clone())
                .prop_map(|(observed_at, shortfall)| Event::Compared { observed_at, shortfall }),
            message.clone().prop_map(Event::Aged),
            message.prop_map(Event::Answered),
            any::<bool>().prop_map(Event::PausedOnChain),
            (0_u64..2_000_000).prop_map(Event::GasWasted),
            Just(Event::Tick),
            Just(Event::Resume),
            mint().prop_map(Event::Probe),
            mint().prop_map(Event::ProbePassed),
            mint().prop_map(|mint| Event::ProbeFailed(mint, "message".to_owned())),
            mint().prop_map(Event::ProbeVoid),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]
        #[test]
        fn breaker_keeps_its_rules_in_every_history(steps in prop::collection::vec((0_i64..800, any_event()), 0..60)) {
            let mut now = Breaker::default();
            let mut at = 0;
            for (pause, event) in steps {
                at += pause;
                let next = apply(&POLICY, &now, at, &event);
                match next.state {
                    BreakerState::Closed => prop_assert!(next.reasons.is_empty() && next.probe.is_none()),
                    BreakerState::Open => prop_assert!(!next.reasons.is_empty() && next.probe.is_none()),
                    BreakerState::HalfOpen => {}
                }
                if next.state == BreakerState::Closed && now.state != BreakerState::Closed {
                    prop_assert!(matches!(event, Event::ProbePassed(mint) if now.probe == Some(mint)));
                }
                let by_hand = |reason: &&Reason| !reason.is_automatic() && **reason != Reason::ChainPause;
                let passed_by = now.state == BreakerState::Open && next.state != BreakerState::Open;
                if passed_by && now.reasons.keys().any(|reason| by_hand(&reason)) {
                    prop_assert!(matches!(event, Event::Resume));
                }
                if now.reasons.contains_key(&Reason::ChainPause) {
                    let still = next.reasons.contains_key(&Reason::ChainPause) && next.state == BreakerState::Open;
                    prop_assert!(still || matches!(event, Event::PausedOnChain(false)));
                }
                if let (Some(one), Some(other)) = (now.probe, next.probe) {
                    prop_assert_eq!(one, other, "a probe is never replaced by another");
                }
                if matches!(event, Event::Trip(..)) {
                    prop_assert_eq!(next.state, BreakerState::Open);
                }
                prop_assert_eq!(&apply(&POLICY, &next, at, &Event::Tick), &apply(&POLICY, &apply(&POLICY, &next, at, &Event::Tick), at, &Event::Tick));
                now = next;
            }
        }
    }
}
