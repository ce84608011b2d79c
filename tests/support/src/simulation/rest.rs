//! The end of a world: faults end, and everything must come to rest.

use cre_backend::base::fault;
use cre_backend::domain::breaker::{BreakerState, Reason};
use cre_backend::store::event_log::LogState;
use cre_backend::store::lease::Work;

use super::callers::{PAYMENTS, caller, draft, refusal};
use super::chain::{EndpointFault, ReserveProof};
use super::contracts::BASKET;
use super::kind::Kind;
use super::world::World;
use crate::report::Report;
use crate::tokens;

/// Rounds of work after which a world that has not come to rest is a violation.
const DRAIN_MAX: u32 = 1_000;
/// Rounds after which only a report that is valid for long can be what is waited for.
const SLOW_ROUNDS: u32 = 40;
/// Looks after which a breaker that nothing holds open is open for ever.
const HEAL_LOOKS_MAX: u32 = 40;
/// Mints after which a breaker that nothing keeps from closing stays for ever as it is.
const HEAL_MINTS_MAX: u64 = 20;

impl World {
    /// Works until every mint of every database has ended.
    async fn drain(&mut self) {
        for round in 0..DRAIN_MAX {
            let mut is_at_rest = true;
            for at in 0..self.instances.len() {
                self.here = at;
                self.look().await;
                while self.work(Some(Work::Mint)).await
                    || self.work(Some(Work::Settle)).await
                    || self.work(None).await
                    || self.expire().await
                {}
                is_at_rest &= self.mints().await.iter().all(|mint| mint.progress.state.is_terminal());
            }
            if is_at_rest {
                return;
            }
            self.pass(if round < SLOW_ROUNDS { 5 } else { 120 }).await;
        }
    }

    /// Faults end; everything must come to rest, and be true.
    pub(super) async fn rest(&mut self) -> Report {
        fault::arm(None);
        self.mend();
        {
            let mut chain = self.chain.state();
            (chain.endpoint, chain.is_paused) = (EndpointFault::None, false);
        }
        self.set_clocks_right().await;
        self.pass(60).await;
        self.source.state().refusal = None;
        if self.kind == Kind::Stormy {
            self.reserve("plentiful", tokens(1_000));
        }
        let gateways = self.one_for_each_database();
        for at in &gateways {
            self.here = *at;
            self.look().await;
            if self.breaker().await.reasons.contains_key(&Reason::OperatorPause) {
                self.operate(false).await;
            }
        }
        self.drain().await;
        if self.kind.has_strangers() {
            self.ask_for_all_again(&gateways).await;
        }
        for at in &gateways {
            self.here = *at;
            self.check().await;
            self.recount().await;
            self.heal().await;
            self.check_ends().await;
        }
        self.check_transfers();
        for at in gateways {
            self.here = at;
            self.check_log().await;
            self.count_told().await;
        }
        self.close().await;
        std::mem::take(&mut self.report)
    }

    /// Somebody sets the clocks right, and every process reads the time.
    async fn set_clocks_right(&mut self) {
        let now_ms = self.now_ms;
        for database in &mut self.databases {
            database.set(now_ms).await;
        }
        self.read_times(0).await;
    }

    /// Every payment is asked for once more, everywhere: what the chain has is answered as minted.
    async fn ask_for_all_again(&mut self, gateways: &[usize]) {
        for at in gateways {
            self.here = *at;
            for payment in 0..self.asked {
                let service = self.gateway().service.clone();
                let asked = service.accept(&draft(payment), &caller(payment)).await;
                let Ok(accepted) = asked else { continue };
                let reference = accepted.pending.mint.order.reference;
                let is_minted = self.chain.state().mints_of(&reference) == 1;
                let refused = refusal(&accepted).filter(|_| is_minted);
                let wrong = refused.map(|refused| format!("payment {payment}: {refused}"));
                self.check_that("what the chain has is answered as minted", wrong);
            }
        }
        self.drain().await;
    }

    /// One more mint must pass, and close the breaker.
    async fn heal(&mut self) {
        self.reserve("plentiful", tokens(if self.kind == Kind::Stormy { 1_000 } else { 1_000_000 }));
        if self.kind == Kind::Tight {
            // Its gateway relies on its figure for ever; a schedule brings another.
            let mut chain = self.chain.state();
            let observed_at = chain.now();
            chain.attest(ReserveProof { amount: tokens(1_000_000), observed_at });
        }
        let first = PAYMENTS + 40 * self.here as u64;
        // A mint that fails for a reason of its own leaves the breaker where it was: the next one may try.
        for payment in first..first + HEAL_MINTS_MAX {
            let here = self.here;
            for _ in 0..HEAL_LOOKS_MAX {
                self.look().await;
                if self.breaker().await.state != BreakerState::Open {
                    break;
                }
                self.pass(5).await;
            }
            let (service, mut draft) = (self.gateway().service.clone(), draft(payment));
            draft.expires_at = None;
            let asked = service.accept(&draft, &caller(payment)).await;
            let refused = asked.map_or_else(Some, |accepted| refusal(&accepted));
            if let Some(refused) = refused {
                let breaker = self.breaker().await;
                let wrong = Some(format!("{refused}; {breaker:?}"));
                self.check_that("where all is well everything passes", wrong);
                return;
            }
            self.drain().await;
            self.here = here;
            self.look().await;
            if self.breaker().await.state == BreakerState::Closed {
                return;
            }
        }
        let breaker = self.breaker().await;
        self.check_that("where all is well the breaker closes", Some(format!("{breaker:?} of {BASKET:?}")));
    }

    /// Every hash of the event log.
    async fn check_log(&mut self) {
        let state = self.gateway().store.verify_log().await;
        let wrong = (!matches!(state, Ok(LogState::Intact(_)))).then(|| format!("{state:?}"));
        self.check_that("the event log verifies", wrong);
    }

    /// Ends the processes.
    async fn close(&mut self) {
        for instance in &mut self.instances {
            let Some(gateway) = instance.gateway.take() else { continue };
            gateway.worker.tasks().close();
            gateway.worker.tasks().wait().await;
            gateway.executor.close().await;
            gateway.store.close_writes();
            let _ = gateway.writing.await;
            gateway.store.close().await;
        }
    }
}
