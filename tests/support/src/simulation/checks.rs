//! What must be true of a simulated world after each step, and of each mint at its end.

use alloy::primitives::{B256, U256};
use cre_backend::domain::breaker::{Breaker, BreakerState};
use cre_backend::domain::{Failure, FailureCode, Mint, State};
use cre_backend::store::OrderOutcome;

use super::callers::payment_of;
use super::chain::{EndpointFault, SimChain};
use super::contracts::TOKEN;
use super::kind::Kind;
use super::world::World;
use crate::fault_kind::FaultKind;
use crate::tokens;

/// Whom the breaker lets through before a piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    /// Everybody, or it is not known.
    Any,
    /// One mint.
    Probe,
    /// Nobody.
    Nobody,
}

/// Whom a breaker lets through; `is_probe_open` says whether the fate of its probe is open.
pub(super) const fn passage(breaker: &Breaker, is_probe_open: bool) -> Passage {
    match (breaker.state, breaker.probe) {
        (BreakerState::Closed, _) => Passage::Any,
        (BreakerState::Open, _) => Passage::Nobody,
        (BreakerState::HalfOpen, None) => Passage::Probe,
        // Once its fate is known, the breaker may close before the first run.
        (BreakerState::HalfOpen, Some(_)) => {
            if is_probe_open {
                Passage::Probe
            } else {
                Passage::Any
            }
        }
    }
}

/// Base units that are minted or may still be.
pub(super) fn owed(mints: &[Mint]) -> U256 {
    let ended = [State::Rejected, State::Failed, State::Cancelled];
    let owed = mints.iter().filter(|mint| !ended.contains(&mint.progress.state));
    owed.fold(U256::ZERO, |sum, mint| sum + mint.order.amount)
}

/// What is wrong with the end of a mint, if anything. It speaks for its reference where no other mint was made under that; of a
/// reference that other databases have in hand, or that a restored one has forgotten, it says what is known here.
pub(super) fn wrong_end(mint: &Mint, chain: &SimChain, speaks: bool) -> Option<String> {
    let reference: B256 = mint.order.reference;
    let (count, is_live) = {
        let state = chain.state();
        (state.mints_of(&reference), state.is_live(&reference))
    };
    let state = mint.progress.state;
    match (state, count) {
        (_, 2..) => Some(format!("{reference} was minted {count} times")),
        (State::Finalized, 1) => None,
        (State::Finalized, _) => Some(format!("{reference} is finalized but was never minted")),
        (State::Rejected | State::Failed | State::Cancelled, _) if !speaks => None,
        (State::Rejected | State::Failed | State::Cancelled, 0) if !is_live => None,
        (State::Rejected | State::Failed | State::Cancelled, 0) => {
            Some(format!("{reference} is {} but a live report exists", state.word()))
        }
        (State::Rejected | State::Failed | State::Cancelled, _) => {
            Some(format!("{reference} is {} but was minted", state.word()))
        }
        _ => Some(format!("{reference} never came to rest: {}", state.word())),
    }
}

/// What is wrong with the reason of an end, if anything: somebody said no, or the deadline passed, or a report that may have
/// been signed lapsed. Weather ends nothing.
pub(super) fn wrong_reason(mint: &Mint, latest_ms: i64, is_known: bool) -> Option<String> {
    let progress = &mint.progress;
    let code = progress.failure.as_ref().map(|failure| failure.code);
    let spent = progress.attempts - progress.budget_from;
    let is_true = match (progress.state, code) {
        (State::Rejected, Some(code)) => code.is_refusal(),
        (State::Failed, Some(FailureCode::Expired)) => latest_ms >= progress.expires_at,
        (State::Failed, Some(_)) => spent > 0 || !is_known,
        (State::Rejected | State::Failed, None) => false,
        _ => true,
    };
    let deadline = progress.expires_at;
    (!is_true).then(|| {
        format!("{} ended {:?} with {code:?}, {spent} attempts, due {deadline}", mint.id, progress.state)
    })
}

impl World {
    /// Whom the breaker lets through, by the clock of the process that acts.
    pub(super) async fn passage(&self) -> Passage {
        let breaker = self.breaker().await;
        let is_probe_open = match breaker.probe {
            Some(probe) => {
                let stored = self.gateway().store.mint(probe).await.expect("the store answers");
                stored.is_some_and(|stored| stored.mint.progress.state.is_unfinished())
            }
            None => false,
        };
        passage(&breaker, is_probe_open)
    }

    /// What must be true after each step.
    pub(super) async fn check(&mut self) {
        if !self.has_crashed {
            let taken = |mint: &Mint| {
                let failure = mint.progress.failure.as_ref()?;
                failure.detail.contains("the gateway stopped while the workflow ran").then_some(mint.id)
            };
            let wrong = self.mints().await.iter().find_map(taken);
            self.check_that("a claim is its holder's while the holder lives", wrong);
        }
        if self.kind == Kind::Stormy {
            return;
        }
        let supply = {
            let chain = self.chain.state();
            chain.supply(chain.head())
        };
        let wrong = (supply > self.source.state().amount).then_some(supply);
        self.check_that("the supply is within the reserves", wrong);
        let breaker = self.breaker().await;
        if self.kind == Kind::Tight {
            let wrong = (breaker.state != BreakerState::Closed).then(|| format!("{breaker:?}"));
            self.check_that("the breaker leaves closed for a reason", wrong);
        }
    }

    /// What was admitted and has not ended must be covered.
    pub(super) async fn check_promises(&mut self) {
        let (owed, reserves) = (owed(&self.mints().await), self.source.state().amount);
        let wrong =
            (owed > reserves).then(|| format!("{owed} are minted or promised, the reserves are {reserves}"));
        self.check_that("what is promised is covered", wrong);
    }

    /// Who is refused for want of reserves must not be covered.
    pub(super) async fn check_refusal(&mut self, payment: u64, refused: &Failure, is_exact: bool) {
        match refused.code {
            FailureCode::CircuitOpen => self.report.count_reserves("refused: the breaker is open"),
            FailureCode::PorInsufficientReserves => {
                self.report.count_reserves("refused: not covered");
                if is_exact && self.chain.state().endpoint == EndpointFault::None {
                    let needed = owed(&self.mints().await) + tokens(payment + 10);
                    let wrong = (needed <= self.source.state().amount).then(|| format!("payment {payment}"));
                    self.check_that("who is refused for want of reserves is not covered", wrong);
                }
            }
            _ => {}
        }
    }

    /// What a run did to a mint is stored with what the run can show for itself, and never twice.
    pub(super) async fn check_evidence(&mut self, mint: &Mint) {
        let runs = self.gateway().store.runs_of(mint.id).await.expect("the store answers");
        let is_delivered = runs.iter().any(|run| run.verdict.outcome == OrderOutcome::Delivered);
        let is_untold = mint.progress.reported_tx.is_some() && !is_delivered;
        let wrong = is_untold.then(|| format!("{} says that it was delivered, and no run does", mint.id));
        self.check_that("a delivery has its run", wrong);
        let (count, begun) = (runs.len(), mint.progress.runs);
        let wrong = (count > begun as usize).then(|| format!("{} has {count} of {begun}", mint.id));
        self.check_that("a run is stored once", wrong);
    }

    /// Runs that began since: only for whom the breaker lets through, with room for what the ledger had admitted, and with
    /// no report that outlives the requests in it.
    pub(super) async fn check_begun(&mut self, from: usize, passage: Passage) {
        self.attribute_runs(from);
        let begun = self.runs.all()[from..].to_vec();
        for run in begun {
            if let Some(fault) = run.fault {
                self.report.count_fault(FaultKind::BadRun, fault);
            }
            let orders = run.orders.len();
            let wrong = match passage {
                Passage::Nobody => Some(format!("{orders} mints although it was open")),
                Passage::Probe if orders > 1 => Some(format!("{orders} mints although it was half-open")),
                _ => None,
            };
            self.check_that("runs begin for whom the breaker lets through", wrong);
            if self.kind == Kind::Tight {
                let wrong = (!run.is_covered).then_some("a run had no room");
                self.check_that("what the ledger admitted has room", wrong);
            }
            for order in &run.orders {
                let store = self.gateway().store.clone();
                let holder = store.mint_of(TOKEN, order.reference).await.expect("the store answers");
                let Some(holder) = holder else { continue };
                let (until, deadline) = (run.valid_until, holder.mint.progress.expires_at);
                let is_late = i64::try_from(until * 1000).is_ok_and(|until_ms| until_ms > deadline);
                let wrong = is_late.then(|| format!("{} until {until}, due {deadline}", order.reference));
                self.check_that("no report outlives expiresAt", wrong);
            }
        }
    }

    /// What must be true of every mint of the database of the acting process when all is at rest.
    pub(super) async fn check_ends(&mut self) {
        let mints = self.mints().await;
        let (latest_ms, unknown) = (self.database().latest_ms, self.database().unknown.clone());
        for mint in mints.iter().filter(|mint| mint.is_accepted) {
            self.report.count_end(mint.progress.state.word());
            let is_known = !unknown.contains(&mint.order.reference);
            let takes_over = |other: &Mint| {
                other.is_accepted
                    && other.id != mint.id
                    && other.progress.proof.is_some()
                    && other.order.reference == mint.order.reference
            };
            let speaks = is_known && !mints.iter().any(takes_over);
            let wrong = wrong_end(mint, &self.chain, speaks);
            self.check_that("an accepted mint is minted once, or ended and cannot mint", wrong);
            let wrong = wrong_reason(mint, latest_ms, is_known);
            self.check_that("an end has a true reason", wrong);
            self.check_evidence(mint).await;
            if let Some(proof) = &mint.progress.proof {
                let at = usize::try_from(proof.location.block_number).unwrap_or(usize::MAX);
                let minted_at = self.chain.state().blocks.get(at).map(|block| block.timestamp);
                let is_late =
                    |at: u64| i64::try_from(at * 1000).is_ok_and(|at| at > mint.progress.expires_at);
                let wrong = minted_at.filter(|at| is_known && is_late(*at));
                self.check_that("nothing is minted after expiresAt", wrong);
            }
        }
        // A refused order may come again under its reference; of those that were accepted no two are of one payment.
        let mut accepted: Vec<_> =
            mints.iter().filter(|mint| mint.is_accepted && mint.progress.proof.is_some()).collect();
        accepted.sort_by_key(|mint| mint.order.reference);
        let twice = accepted.windows(2).find(|two| two[0].order.reference == two[1].order.reference);
        let wrong = twice.map(|two| two[0].order.reference);
        self.check_that("a payment has one mint", wrong);
    }

    /// However many databases there are, and whatever they forgot: one transfer for each reference.
    pub(super) fn check_transfers(&mut self) {
        let twice = {
            let chain = self.chain.state();
            let mut references: Vec<B256> = chain.minted_references();
            references.sort_unstable();
            references.windows(2).find(|two| two[0] == two[1]).map(|two| two[0])
        };
        self.check_that("a reference has one transfer", twice);
        for payment in 0..self.asked {
            let transfers = self.chain.state().transfers_of(payment_of(payment));
            let wrong = (transfers > 1).then(|| format!("payment {payment} has {transfers}"));
            self.check_that("a payment has one transfer", wrong);
        }
    }
}
