//! What happens in a world: callers, the gateway's own work, faults, and people.

use alloy::primitives::{Address, U256};
use cre_backend::base::fault;
use cre_backend::domain::access::Rights;
use cre_backend::domain::mint::DEFAULT_ACCOUNT;
use cre_backend::domain::request::Draft;
use cre_backend::domain::{Failure, RefusalCode};
use cre_backend::mint::{Acceptance, Requester};
use cre_backend::reserve::monitor;
use cre_backend::store::lease::Work;

use super::chain::EndpointFault;
use super::contracts::BASKET;
use super::kind::Kind;
use super::world::World;
use crate::fault_points::{NOT_SIMULATED, all_but};
use crate::tokens;

/// Payments in one world, of 10, 11, 12 … tokens.
pub(super) const PAYMENTS: u64 = 8;

impl World {
    pub(super) async fn step(&mut self) {
        match self.dice.below(24) {
            0..=2 => self.ask().await,
            3..=7 => drop(self.work(Some(Work::Mint)).await),
            8..=9 => drop(self.work(Some(Work::Settle)).await),
            10..=12 => drop(self.work(None).await),
            13 => self.pass(3),
            14 => self.arm(),
            15 => self.disturb_endpoint(),
            16 => self.reorganise(),
            17 => self.deliver_held(),
            18 => self.meddle().await,
            19 => self.jump(),
            20 | 21 => self.look().await,
            22 => self.recount().await,
            _ => self.trouble().await,
        }
    }

    /// Orders the process to die at the next point in turn, unless it has an order already: one after the other is
    /// reached, also those that are seldom passed.
    pub(super) fn arm(&mut self) {
        if self.armed.is_some() {
            return;
        }
        let points = all_but(NOT_SIMULATED);
        let point = points[self.armings % points.len()];
        self.armings += 1;
        self.armed = Some(point);
        let spare = u32::try_from(self.dice.below(3)).unwrap_or(0);
        fault::arm(Some(fault::Plan { name: point.to_owned(), spare, is_simulated: true }));
    }

    pub(super) fn disturb_endpoint(&mut self) {
        let fault = match self.dice.below(4) {
            0 => EndpointFault::Dropping(30),
            1 => EndpointFault::Behind(1 + self.dice.below(3)),
            _ => EndpointFault::None,
        };
        if fault != EndpointFault::None {
            self.report.count_fault("bad endpoint");
        }
        self.chain.state().endpoint = fault;
    }

    pub(super) fn reorganise(&mut self) {
        if self.kind != Kind::Tight {
            self.report.count_fault("re-organisation");
            let depth = 1 + self.dice.below(3);
            self.chain.state().reorganise(depth);
        }
    }

    pub(super) fn jump(&mut self) {
        self.report.count_fault("clock jump");
        let jump = i64::try_from(self.dice.below(60_000)).unwrap_or(0) - 20_000;
        self.clock.advance(jump);
    }

    /// A stranger delivers a report that he holds.
    pub(super) fn deliver_held(&mut self) {
        let mut chain = self.chain.state();
        if chain.held.is_empty() {
            return;
        }
        let at = usize::try_from(self.dice.below(chain.held.len() as u64)).unwrap_or(0);
        let report = chain.held.swap_remove(at);
        chain.deliver(report);
        drop(chain);
        self.report.count_fault("late delivery");
    }

    /// A caller asks for a payment, new or once more.
    pub(super) async fn ask(&mut self) {
        let is_new = self.asked == 0 || (self.asked < PAYMENTS && !self.dice.chance(30));
        let payment = if is_new { self.asked } else { self.dice.below(self.asked) };
        self.asked += u64::from(is_new);
        if self.kind == Kind::Tight && !self.knows_figures {
            // Before its first look at the chain a gateway has nothing to compare with, and admits everything.
            self.look().await;
            if !self.knows_figures {
                return;
            }
        }
        let is_exact = self.kind == Kind::Tight;
        let (service, draft) = (self.gateway().service.clone(), draft(payment));
        let asking = async move { service.accept(&draft, &caller(payment)).await };
        match self.survive(asking).await {
            Some(Ok(accepted)) if accepted.replayed => {}
            Some(Ok(accepted)) => match refusal(&accepted) {
                Some(refused) => self.check_refusal(payment, &refused, is_exact).await,
                None if is_exact => self.check_promises().await,
                None => {}
            },
            _ => {}
        }
    }

    /// One piece of work of a kind, or (nothing named) a look at the blocks with mints; `false` when there is none.
    pub(super) async fn work(&mut self, work: Option<Work>) -> bool {
        let (passage, runs) = (self.passage().await, self.runs.all().len());
        let worker = self.gateway().worker.clone();
        let working = async move {
            match work {
                Some(work) => worker.run_once(work).await,
                None => worker.follow_finality_once().await,
            }
        };
        let done = self.survive(working).await;
        let begun = self.runs.all()[runs..].to_vec();
        for run in begun {
            if let Some(fault) = run.fault {
                self.report.count_fault(format!("workflow: {fault}"));
            }
            self.check_run(&run, passage);
        }
        done.unwrap_or(true)
    }

    /// The monitor looks at the chain.
    pub(super) async fn look(&mut self) {
        let guard = self.gateway().guard.clone();
        let looked = self.survive(async move { monitor::look(&guard).await.is_ok() }).await;
        self.knows_figures |= looked == Some(true);
    }

    /// A caller cancels or retries some mint.
    pub(super) async fn meddle(&mut self) {
        let mints = self.mints().await;
        if mints.is_empty() {
            return;
        }
        let id = self.dice.pick(&mints).id;
        let is_cancel = self.dice.chance(50) || self.kind == Kind::Tight;
        let service = self.gateway().service.clone();
        // Most are not allowed at that moment, which is an answer.
        self.survive(async move {
            let rights = Rights::unlimited();
            match is_cancel {
                true => service.cancel(id, DEFAULT_ACCOUNT).await.map(drop),
                false => service.retry(id, DEFAULT_ACCOUNT, &rights).await.map(drop),
            }
        })
        .await;
    }

    /// Something befalls the reserves, their source, or the basket.
    pub(super) async fn trouble(&mut self) {
        if self.kind != Kind::Stormy {
            // Nothing befalls them in such a world; the process does not live the longer for it.
            self.arm();
            return;
        }
        let supply = {
            let chain = self.chain.state();
            chain.supply(chain.head())
        };
        let name = match self.dice.below(11) {
            0 => self.reserve("reserves drained", supply / U256::from(2)),
            1 => self.reserve("reserves short", supply + tokens(15)),
            2 => self.reserve("reserves plentiful", tokens(1_000)),
            3 => self.refuse("source down", Some(RefusalCode::PorUnavailable)),
            4 => self.refuse("source pulled its stop", Some(RefusalCode::PorRipcord)),
            5 => self.refuse("source outdated", Some(RefusalCode::PorStale)),
            6 | 7 => self.refuse("source well", None),
            8 => {
                let mut chain = self.chain.state();
                chain.is_paused = !chain.is_paused;
                "pause on chain switched"
            }
            9 => {
                self.source.state().age_seconds = self.dice.below(60);
                "figures lag"
            }
            _ => {
                let is_pause = self.dice.chance(50);
                self.operate(is_pause).await;
                if is_pause { "operator pauses" } else { "operator resumes" }
            }
        };
        self.report.count_fault(name);
    }

    pub(super) fn reserve(&self, name: &'static str, amount: U256) -> &'static str {
        self.source.state().amount = amount;
        name
    }

    pub(super) fn refuse(&self, name: &'static str, refusal: Option<RefusalCode>) -> &'static str {
        self.source.state().refusal = refusal;
        name
    }

    pub(super) async fn operate(&mut self, is_pause: bool) {
        let guard = self.gateway().guard.clone();
        self.survive(async move {
            // A store that does not answer is an answer.
            let _ = if is_pause {
                guard.pause_by_operator(BASKET, "drill", "anonymous").await
            } else {
                guard.resume_by_operator(BASKET, "drill is over", "anonymous").await
            };
        })
        .await;
    }
}

/// A payment: each has a beneficiary, an amount and a reference of its own.
pub(super) fn draft(payment: u64) -> Draft {
    let byte = u8::try_from(payment + 1).unwrap_or(u8::MAX);
    Draft {
        beneficiary: Address::repeat_byte(byte).to_string(),
        amount: format!("{}", payment + 10),
        bank_reference: Some(format!("payment {payment}")),
        ..Draft::default()
    }
}

/// Who asks for a payment: one key each.
pub(super) fn caller(payment: u64) -> Requester {
    Requester {
        account: DEFAULT_ACCOUNT.to_owned(),
        key_id: String::new(),
        rights: Rights::unlimited(),
        idempotency_key: Some(format!("key {payment}")),
        only_order: None,
    }
}

/// Why a request was refused at admission, if it was.
pub(super) fn refusal(accepted: &Acceptance) -> Option<Failure> {
    let mint = &accepted.pending.mint;
    mint.progress.failure.clone().filter(|_| !mint.is_accepted)
}
