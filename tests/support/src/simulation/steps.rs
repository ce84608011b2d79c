//! What happens in a world: the gateways' own work, faults, and people.

use alloy::primitives::U256;
use cre_backend::base::fault;
use cre_backend::domain::access::Rights;
use cre_backend::domain::mint::DEFAULT_ACCOUNT;
use cre_backend::domain::{EventKind, RefusalCode};
use cre_backend::reserve::monitor;
use cre_backend::store::lease::Work;
use futures_util::future::join_all;

use super::chain::EndpointFault;
use super::checks::Passage;
use super::contracts::BASKET;
use super::kind::Kind;
use super::world::{HOUR_MS, World};
use crate::fault_kind::FaultKind;
use crate::fault_points::{NOT_SIMULATED, all_but};
use crate::tokens;

/// Skews before the first process of a world dies.
const SKEWS_ALIVE: u64 = 8;

impl World {
    pub(super) async fn step(&mut self) {
        self.here = usize::try_from(self.dice.below(self.instances.len() as u64)).unwrap_or_default();
        match self.dice.below(36) {
            0..=2 => self.ask().await,
            3..=7 => self.work_here_or_everywhere().await,
            8..=9 => drop(self.work(Some(Work::Settle)).await),
            10..=12 => drop(self.work(None).await),
            13 => self.pass(3).await,
            14 => self.arm(),
            15 => self.disturb_endpoint(),
            16 => self.reorganise(),
            17 => self.deliver_held(),
            18 => self.meddle().await,
            19 => self.jump().await,
            20 | 21 => self.look().await,
            22 => self.recount().await,
            23 => self.trouble().await,
            24 => self.click_twice().await,
            25 => self.lose_answer().await,
            26 => self.use_second_key().await,
            27 => self.correct_refused().await,
            28 => self.open_by_another_path().await,
            29 | 30 => self.break_or_mend(),
            31 => drop(self.expire().await),
            _ => self.be_special().await,
        }
    }

    /// What worlds of a kind know more of than others.
    async fn be_special(&mut self) {
        match self.kind {
            Kind::Plentiful if self.dice.chance(50) => self.break_or_mend(),
            Kind::Plentiful => self.disturb_endpoint(),
            Kind::Tight => self.work_here_or_everywhere().await,
            Kind::Stormy => self.trouble().await,
            Kind::Restored => self.ask_around_a_restore().await,
            Kind::Doubled => self.ask_everywhere().await,
            Kind::Shared => self.skew().await,
        }
    }

    /// Orders a process to die at the next point in turn, unless one has an order already: one after the other is reached,
    /// also those that are seldom passed.
    pub(super) fn arm(&mut self) {
        // While nobody has died, whoever loses a claim loses it to a clock.
        let is_too_early =
            self.kind == Kind::Shared && self.report.of_kind(FaultKind::ClockSkew) < SKEWS_ALIVE;
        if self.armed.is_some() || is_too_early {
            return;
        }
        let points = all_but(NOT_SIMULATED);
        let point = points[self.armings % points.len()];
        self.armings += 1;
        self.armed = Some(point);
        let spare = u32::try_from(self.dice.below(3)).unwrap_or(0);
        fault::arm(Some(fault::Plan { name: point.to_owned(), spare, strike: fault::Strike::Simulated }));
    }

    fn disturb_endpoint(&mut self) {
        if self.outages.now().is_some() {
            return;
        }
        let (fault, detail) = match self.dice.below(3) {
            0 => (EndpointFault::Dropping(30), "it drops calls"),
            1 => (EndpointFault::Behind(1 + self.dice.below(3)), "it is behind"),
            _ => (EndpointFault::None, ""),
        };
        if fault != EndpointFault::None {
            self.report.count_fault(FaultKind::Endpoint, detail);
        }
        self.chain.state().endpoint = fault;
    }

    fn reorganise(&mut self) {
        if self.kind != Kind::Tight {
            let depth = 1 + self.dice.below(3);
            self.report.count_fault(FaultKind::Reorganisation, format!("up to {depth} deep"));
            self.chain.state().reorganise(depth);
        }
    }

    /// The clock of the database jumps.
    async fn jump(&mut self) {
        let (by_ms, detail) = match self.dice.below(8) {
            0 => (HOUR_MS, "an hour ahead"),
            1 => (-HOUR_MS, "an hour back"),
            2..=4 => (-i64::try_from(self.dice.below(20_000)).unwrap_or(0), "up to 20 s back"),
            _ => (i64::try_from(self.dice.below(40_000)).unwrap_or(0), "up to 40 s ahead"),
        };
        self.report.count_fault(FaultKind::ClockJump, detail);
        let home = self.instances[self.here].database;
        self.databases[home].advance(by_ms).await;
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
        self.report
            .count_fault(FaultKind::LateDelivery, "a report that nobody had delivered, or that vanished");
    }

    /// Whom the breaker lets through where several processes act at once, each by its own clock. One that is let through as
    /// the probe may meet its fate before another begins.
    async fn passage_of_any(&mut self, instances: &[usize]) -> Passage {
        let here = self.here;
        let mut passage = Passage::Nobody;
        for at in instances {
            self.here = *at;
            let is_alive = self.instances[*at].gateway.is_some();
            if is_alive && self.passage().await != Passage::Nobody {
                passage = Passage::Any;
            }
        }
        self.here = here;
        passage
    }

    /// Runs for what waits: of the process that acts, or, where instances share a database, of all at once.
    pub(super) async fn work_here_or_everywhere(&mut self) {
        if self.kind != Kind::Shared {
            self.work(Some(Work::Mint)).await;
            return;
        }
        let from = self.runs.all().len();
        let everywhere: Vec<usize> = (0..self.instances.len()).collect();
        let passage = self.passage_of_any(&everywhere).await;
        let gateways = self.instances.iter().filter_map(|instance| instance.gateway.as_ref());
        let workers: Vec<_> = gateways.map(|gateway| gateway.worker.clone()).collect();
        let working = async move {
            join_all(workers.iter().map(|worker| worker.run_once(Work::Mint))).await;
        };
        self.survive_all(&everywhere, working).await;
        self.check_begun(from, passage).await;
    }

    /// One piece of work of a kind, or (nothing named) a look at the blocks with mints; `false` when there is none.
    pub(super) async fn work(&mut self, work: Option<Work>) -> bool {
        let (passage, from) = (self.passage().await, self.runs.all().len());
        let worker = self.gateway().worker.clone();
        let working = async move {
            match work {
                Some(work) => worker.run_once(work).await,
                None => worker.follow_finality_once().await,
            }
        };
        let done = self.survive(working).await;
        self.check_begun(from, passage).await;
        done.unwrap_or(true)
    }

    /// Ends what is due; `false` when nothing is.
    pub(super) async fn expire(&mut self) -> bool {
        let worker = self.gateway().worker.clone();
        self.survive(async move { worker.expire_once().await }).await.unwrap_or(true)
    }

    /// The monitor looks at the chain.
    pub(super) async fn look(&mut self) {
        let guard = self.gateway().guard.clone();
        // An endpoint that is behind may show the basket as it was before its first proof.
        let looking =
            async move { monitor::look(&guard).await.is_ok() && guard.proof(BASKET.stablecoin).is_some() };
        let has_read = self.survive(looking).await == Some(true);
        self.instances[self.here].knows_figures |= has_read;
    }

    /// A caller cancels or retries some mint.
    async fn meddle(&mut self) {
        let mints = self.mints().await;
        if mints.is_empty() || !self.may_ask().await {
            return;
        }
        let id = self.dice.pick(&mints).id;
        let is_cancel = self.dice.chance(50);
        self.report.count_fault(FaultKind::Meddling, if is_cancel { "cancel" } else { "retry" });
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
        if self.kind == Kind::Tight {
            self.check_promises().await;
        }
        // What the monitor counts anew is compared before it does.
        self.recount().await;
    }

    /// Something befalls the reserves, their source, or the basket.
    async fn trouble(&mut self) {
        if self.kind != Kind::Stormy {
            // Nothing befalls them in such a world; the process does not live the longer for it.
            self.arm();
            return;
        }
        let supply = {
            let chain = self.chain.state();
            chain.supply(chain.head())
        };
        let (kind, detail) = match self.dice.below(11) {
            0 => self.reserve("drained", supply / U256::from(2)),
            1 => self.reserve("short", supply + tokens(15)),
            2 => self.reserve("plentiful", tokens(1_000)),
            3 => self.refuse("the source is down", Some(RefusalCode::PorUnavailable)),
            4 => self.refuse("the source pulled its stop", Some(RefusalCode::PorRipcord)),
            5 => self.refuse("the source is outdated", Some(RefusalCode::PorStale)),
            6 | 7 => self.refuse("the source is well", None),
            8 => {
                let mut chain = self.chain.state();
                chain.is_paused = !chain.is_paused;
                (FaultKind::Pause, "on chain, either way")
            }
            9 => {
                self.source.state().age_seconds = self.dice.below(60);
                (FaultKind::Reserves, "figures lag")
            }
            _ => {
                let is_pause = self.dice.chance(50);
                self.operate(is_pause).await;
                (FaultKind::Pause, if is_pause { "operator pauses" } else { "operator resumes" })
            }
        };
        self.report.count_fault(kind, detail);
    }

    pub(super) fn reserve(&self, name: &'static str, amount: U256) -> (FaultKind, &'static str) {
        self.source.state().amount = amount;
        (FaultKind::Reserves, name)
    }

    fn refuse(&self, name: &'static str, refusal: Option<RefusalCode>) -> (FaultKind, &'static str) {
        self.source.state().refusal = refusal;
        (FaultKind::Reserves, name)
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

    /// What the event log says of the breaker and the chain.
    pub(super) async fn count_told(&mut self) {
        let events = self.gateway().store.events_after(0, i64::MAX).await.expect("events");
        for event in events {
            if event.kind == EventKind::ChainAlarm.word() {
                let is_explained = self.kind.has_strangers()
                    && event.data.contains("FOREIGN_MINT")
                    && !self.database().unknown.is_empty();
                let wrong = (!is_explained).then_some(&event.data);
                self.check_that("an alarm is for something on the chain", wrong);
            } else if event.kind.starts_with("breaker.") {
                self.report.count_reserves(&event.kind);
            }
        }
    }
}
