//! What the gateway needs and does not have for a while.

use std::sync::{Arc, Mutex, PoisonError};

use cre_backend::domain::RefusalCode;
use cre_backend::workflow::{Outcome, Refusal, Run, RunFailureCode, RunReserves, RunResult};

use super::chain::EndpointFault;
use super::kind::Kind;
use super::world::World;
use crate::dice::Dice;
use crate::fault_kind::FaultKind;

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outage {
    Source,
    Chain,
    Funds,
    ConfigAway,
    DiskFull,
    BunKilled,
}

impl Outage {
    /// One of them; of each kind of fault as often.
    fn drawn(dice: &mut Dice) -> Self {
        match dice.below(4) {
            0 => Self::Source,
            1 => Self::Chain,
            2 => Self::Funds,
            _ => *dice.pick(&[Self::ConfigAway, Self::DiskFull, Self::BunKilled]),
        }
    }

    const fn fault(self) -> (FaultKind, &'static str) {
        match self {
            Self::Source => (FaultKind::SourceOutage, "it does not answer"),
            Self::Chain => (FaultKind::ChainOutage, "no endpoint answers"),
            Self::Funds => (FaultKind::FundsOutage, "no transmitter can pay"),
            Self::ConfigAway => (FaultKind::WorkflowOutage, "the configuration is away"),
            Self::DiskFull => (FaultKind::WorkflowOutage, "the disk is full"),
            Self::BunKilled => (FaultKind::WorkflowOutage, "Bun is killed"),
        }
    }

    /// How a run ends meanwhile; `None` = it is not concerned.
    fn result(self, run: &Run) -> Option<RunResult> {
        let orders = run.orders.len();
        let unsigned = |code| {
            let outcome = Outcome::Unsigned { code, message: "simulated".to_owned() };
            Some(RunResult::of_all(orders, outcome))
        };
        match self {
            Self::Chain => None,
            Self::Source => {
                let code = RefusalCode::PorUnavailable;
                let said = RunReserves {
                    code: Some(code),
                    reason: "simulated".to_owned(),
                    ..RunReserves::default()
                };
                let refusal = Refusal { code, reserves: said.clone(), ..Refusal::default() };
                let outcomes = vec![Outcome::Refused(Box::new(refusal)); orders];
                Some(RunResult { outcomes, reserves: Some(said), evidence: None })
            }
            Self::Funds => unsigned(RunFailureCode::TransmitterUnfunded),
            Self::ConfigAway => unsigned(RunFailureCode::FilesUnavailable),
            Self::DiskFull => unsigned(RunFailureCode::NotStarted),
            // It says nothing any more: a report may have been signed.
            Self::BunKilled => Some(RunResult::of_all(orders, Outcome::Lost("simulated".to_owned()))),
        }
    }
}

/// A handle to what is missing: the world changes it, runs meet it.
#[derive(Clone, Debug, Default)]
pub(super) struct Outages(Arc<Mutex<Option<Outage>>>);

impl Outages {
    pub(super) fn now(&self) -> Option<Outage> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, outage: Option<Outage>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = outage;
    }

    /// How a run ends that begins now; `None` = as if nothing were missing.
    pub(super) fn result(&self, run: &Run) -> Option<RunResult> {
        self.now().and_then(|outage| outage.result(run))
    }
}

impl World {
    /// Something goes missing, or comes back.
    pub(super) fn break_or_mend(&mut self) {
        if self.outages.now().is_some() {
            self.mend();
            return;
        }
        let outage = Outage::drawn(&mut self.dice);
        if outage == Outage::Source && self.kind == Kind::Tight {
            return;
        }
        let (kind, detail) = outage.fault();
        self.report.count_fault(kind, detail);
        if outage == Outage::Chain {
            self.chain.state().endpoint = EndpointFault::Dropping(100);
        }
        self.outages.set(Some(outage));
    }

    /// Everything is there again.
    pub(super) fn mend(&self) {
        if self.outages.now() == Some(Outage::Chain) {
            self.chain.state().endpoint = EndpointFault::None;
        }
        self.outages.set(None);
    }
}
