//! What a simulated run of the workflow does, on good days and on bad ones.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alloy::primitives::{B256, U256, keccak256};
use cre_backend::domain::{OrderKey, RefusalCode};
use cre_backend::workflow::local::Simulated;
use cre_backend::workflow::{Outcome, Refusal, Run, RunEvidence, RunFailureCode, RunReserves, RunResult};

use super::chain::{ReserveProof, SignedReport, SimChain};
use super::outage::Outages;
use super::source::ReserveSource;
use crate::dice::Dice;

/// A run that was begun.
#[derive(Clone, Debug)]
pub(super) struct Begun {
    /// Its orders.
    pub(super) orders: Vec<OrderKey>,
    /// Unix seconds after which its report is worthless.
    pub(super) valid_until: u64,
    /// How it failed, if it did.
    pub(super) fault: Option<&'static str>,
    /// Whether the reserves covered all of its orders that were not minted yet, as far as it got.
    pub(super) is_covered: bool,
}

/// The runs that were begun so far.
#[derive(Clone, Debug, Default)]
pub(super) struct RunLog(Arc<Mutex<Vec<Begun>>>);

impl RunLog {
    pub(super) fn all(&self) -> MutexGuard<'_, Vec<Begun>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What runs of a world meet.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    pub(super) chain: SimChain,
    pub(super) source: ReserveSource,
    pub(super) outages: Outages,
    pub(super) runs: RunLog,
}

/// A workflow that fails in every way in which workflows do.
pub(super) fn workflow(around: &Surroundings, seed: u64) -> Simulated {
    let dice = Mutex::new(Dice::new(seed ^ 0x77));
    let around = around.clone();
    Simulated(Arc::new(move |run: &Run| {
        let mut dice = dice.lock().unwrap_or_else(PoisonError::into_inner);
        let mut begun = around.runs.all();
        let number = begun.len() as u64 + 1;
        let (fault, is_covered, result) = match around.outages.result(run) {
            Some(result) => (None, true, result),
            None => carry_out(&mut dice, &around.chain, &around.source, run, number),
        };
        let (orders, valid_until) = (run.orders.clone(), run.valid_until);
        begun.push(Begun { orders, valid_until, fault, is_covered });
        with_evidence(run, result)
    }))
}

/// The same result with what the run can show for itself; one that nothing is known of shows nothing.
pub(super) fn with_evidence(run: &Run, result: RunResult) -> RunResult {
    if result.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Lost(_))) {
        return result;
    }
    let evidence = RunEvidence {
        version: 1,
        execution_id: keccak256(&run.request_id),
        workflow_id: format!("local:{}", B256::ZERO),
        config_digest: B256::ZERO,
        f: 1,
        block: None,
        report: None,
        nodes: Vec::new(),
        steps_millis: BTreeMap::new(),
        delivery: None,
        operator: None,
        truncated: false,
    };
    RunResult { evidence: Some(evidence), ..result }
}

/// The report of a run for some of its orders.
pub(super) fn report(run: &Run, orders: Vec<OrderKey>, proof: ReserveProof, number: u64) -> SignedReport {
    SignedReport { orders, proof, valid_until: run.valid_until, number }
}

fn carry_out(
    dice: &mut Dice,
    chain: &SimChain,
    source: &ReserveSource,
    run: &Run,
    number: u64,
) -> (Option<&'static str>, bool, RunResult) {
    let orders = run.orders.len();
    let all = |outcome: Outcome| RunResult::of_all(orders, outcome);
    let lost = || Outcome::Lost("simulated".to_owned());
    let fate = dice.below(17);
    match fate {
        0 => return (Some("hangs, nothing signed"), true, all(lost())),
        1 => {
            return (
                Some("cannot start"),
                true,
                all(Outcome::Unsigned { code: RunFailureCode::NotStarted, message: "simulated".to_owned() }),
            );
        }
        2 => {
            let said = RunReserves::default();
            return (Some("refused by a policy"), true, refused_all(orders, RefusalCode::AceRejected, said));
        }
        _ => {}
    }
    let reserves = *source.state();
    let unproven = if fate == 3 { Some(RefusalCode::PorUnavailable) } else { reserves.refusal };
    if let Some(code) = unproven {
        let said = RunReserves { code: Some(code), reason: "simulated".to_owned(), ..RunReserves::default() };
        return (Some("the source proves nothing"), true, refused_all(orders, code, said));
    }

    let mut state = chain.state();
    let observed_at = state.now().saturating_sub(reserves.age_seconds);
    let proof = ReserveProof { amount: reserves.amount, observed_at };
    let liability = state.supply(state.head());
    let said = figures(proof, liability);
    let travelling = covered(run, liability, reserves.amount);
    // An order that was minted already is part of the liability.
    let new = run.orders.iter().filter(|order| state.mints_of(&order.reference) == 0);
    let is_covered = new.fold(liability, |sum, order| sum + order.amount) <= reserves.amount;
    let report = report(run, travelling.clone(), proof, number);
    let short = refusal(RefusalCode::PorInsufficientReserves, said.clone());
    let of_travelling = |outcome: &Outcome| {
        let outcome_of = |order| if travelling.contains(order) { outcome.clone() } else { short.clone() };
        RunResult {
            outcomes: run.orders.iter().map(outcome_of).collect(),
            reserves: Some(said.clone()),
            evidence: None,
        }
    };
    let told = |tx: B256| of_travelling(&Outcome::Delivered { reported_tx: Some(tx) });
    if travelling.is_empty() {
        return (Some("the reserves cover no order"), is_covered, of_travelling(&lost()));
    }
    let (fault, result) = match fate {
        4 => {
            state.deliver(report);
            (Some("delivered, not told"), all(lost()))
        }
        5 => {
            state.held.push(report);
            (Some("signed, in a stranger's hands"), all(lost()))
        }
        6 => {
            state.held.push(report);
            (Some("says delivered, is not"), told(B256::repeat_byte(7)))
        }
        7 => {
            state.deliver(report);
            (Some("delivered, wrong hash"), told(B256::repeat_byte(8)))
        }
        8 => {
            // The policies change between the preview and the delivery, for some or for all.
            let some = 1 + usize::try_from(dice.below(travelling.len() as u64)).unwrap_or(0);
            let before = state.refused.len();
            state.refused.extend(travelling.iter().take(some).map(|order| order.account));
            let tx = state.deliver(report);
            state.refused.truncate(before);
            (Some("refused on chain"), told(tx))
        }
        9 => {
            // Refused before it signs: the first order stays at home, the others travel.
            let rest = SignedReport { orders: travelling[1..].to_vec(), ..report };
            let mut result = match rest.orders.is_empty() {
                true => of_travelling(&lost()),
                false => told(state.deliver(rest)),
            };
            if let Some(at) = run.orders.iter().position(|order| *order == travelling[0]) {
                result.outcomes[at] = refusal(RefusalCode::AceRejected, said.clone());
            }
            (Some("refused one"), result)
        }
        _ => (None, told(state.deliver(report))),
    };
    (fault, is_covered, result)
}

fn refusal(code: RefusalCode, reserves: RunReserves) -> Outcome {
    Outcome::Refused(Box::new(Refusal { code, reserves, ..Refusal::default() }))
}

fn refused_all(orders: usize, code: RefusalCode, said: RunReserves) -> RunResult {
    let outcomes = vec![refusal(code, said.clone()); orders];
    RunResult { outcomes, reserves: Some(said), evidence: None }
}

/// What a run says about reserves that it could prove.
fn figures(proof: ReserveProof, liability: U256) -> RunReserves {
    RunReserves {
        observed_at: proof.observed_at,
        amount: proof.amount.to_string(),
        liability: liability.to_string(),
        ..RunReserves::default()
    }
}

/// The orders that the reserves cover, those that come first before the others.
fn covered(run: &Run, liability: U256, reserves: U256) -> Vec<OrderKey> {
    let mut owed = liability;
    let mut fits = |order: &&OrderKey| {
        let is_covered = owed + order.amount <= reserves;
        if is_covered {
            owed += order.amount;
        }
        is_covered
    };
    run.orders.iter().filter(|order| fits(order)).copied().collect()
}
