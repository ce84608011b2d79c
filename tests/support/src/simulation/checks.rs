//! What must be true of a simulated world after each step, and of each mint at its end.

use alloy::primitives::{B256, U256};
use cre_backend::domain::breaker::{Breaker, BreakerState};
use cre_backend::domain::{Failure, FailureCode, Mint, State};
use cre_backend::store::OrderOutcome;

use super::chain::{EndpointFault, SimChain};
use super::kind::Kind;
use super::workflow::Begun;
use super::world::World;
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

/// What is wrong with the end of a mint, if anything.
pub(super) fn wrong_end(mint: &Mint, chain: &SimChain) -> Option<String> {
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

impl World {
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
        if self.kind == Kind::Stormy {
            return;
        }
        let supply = {
            let chain = self.chain.state();
            chain.supply(chain.head())
        };
        if supply > self.source.state().amount {
            self.violate(format!("the supply of {supply} exceeds the reserves"));
        }
        let breaker = self.breaker().await;
        if breaker.state != BreakerState::Closed && self.kind == Kind::Tight {
            self.violate(format!("the breaker left closed without a reason: {breaker:?}"));
        }
    }

    /// What was admitted and has not ended must be covered.
    pub(super) async fn check_promises(&mut self) {
        let (owed, reserves) = (owed(&self.mints().await), self.source.state().amount);
        if owed > reserves {
            self.violate(format!("{owed} are minted or promised against reserves of {reserves}"));
        }
    }

    /// Who is refused for want of reserves must not be covered.
    pub(super) async fn check_refusal(&mut self, payment: u64, refused: &Failure, is_exact: bool) {
        match refused.code {
            FailureCode::CircuitOpen => self.report.count_reserves("refused: the breaker is open"),
            FailureCode::PorInsufficientReserves => {
                self.report.count_reserves("refused: not covered");
                let is_exact = is_exact && self.chain.state().endpoint == EndpointFault::None;
                let needed = owed(&self.mints().await) + tokens(payment + 10);
                if is_exact && needed <= self.source.state().amount {
                    self.violate(format!("payment {payment} was refused although the reserves cover it"));
                }
            }
            _ => {}
        }
    }

    /// What a run did to a mint is stored with what the run can show for itself, and never twice.
    pub(super) async fn check_evidence(&mut self, mint: &Mint) {
        let runs = self.gateway().store.runs_of(mint.id).await.expect("the store answers");
        let is_delivered = runs.iter().any(|run| run.verdict.outcome == OrderOutcome::Delivered);
        if mint.progress.reported_tx.is_some() && !is_delivered {
            self.violate(format!("{} says that it was delivered, and no run does", mint.id));
        }
        if runs.len() > mint.progress.attempts as usize {
            let (count, attempts) = (runs.len(), mint.progress.attempts);
            self.violate(format!("{} has {count} runs of {attempts} attempts", mint.id));
        }
    }

    /// A run may only begin for whom the breaker lets through, and finds room for what the ledger had admitted.
    pub(super) fn check_run(&mut self, run: &Begun, passage: Passage) {
        match passage {
            Passage::Nobody => self.violate("a run began although the breaker was open"),
            Passage::Probe if run.orders > 1 => {
                self.violate(format!("a half-open breaker let {} mints through at once", run.orders));
            }
            _ => {}
        }
        if !run.is_covered && self.kind == Kind::Tight {
            self.violate("a run had no room for what the ledger had admitted");
        }
    }
}
