//! The end of a world: faults end, and everything must come to rest.

use cre_backend::base::fault;
use cre_backend::domain::EventKind;
use cre_backend::domain::breaker::{BreakerState, Reason};
use cre_backend::store::event_log::LogState;
use cre_backend::store::lease::Work;

use super::chain::{EndpointFault, ReserveProof};
use super::checks::wrong_end;
use super::kind::Kind;
use super::steps::{PAYMENTS, caller, draft, refusal};
use super::world::World;
use crate::report::Report;
use crate::tokens;

/// Rounds of work after which a world that has not come to rest is a violation.
const DRAIN_MAX: u32 = 4_000;
/// Looks after which a breaker that nothing holds open is open for ever.
const HEAL_LOOKS_MAX: u32 = 40;
/// Mints after which a breaker that nothing keeps from closing stays for ever as it is.
const HEAL_MINTS_MAX: u64 = 20;

impl World {
    /// Works until every mint has ended.
    async fn drain(&mut self) {
        for _ in 0..DRAIN_MAX {
            self.look().await;
            while self.work(Some(Work::Mint)).await
                || self.work(Some(Work::Settle)).await
                || self.work(None).await
            {}
            if self.mints().await.iter().all(|mint| mint.progress.state.is_terminal()) {
                return;
            }
            self.pass(5);
        }
    }

    /// Faults end; everything must come to rest, and be true.
    pub(super) async fn rest(&mut self) -> Report {
        fault::arm(None);
        {
            let mut chain = self.chain.state();
            (chain.endpoint, chain.is_paused) = (EndpointFault::None, false);
        }
        self.clock.advance(60_000);
        self.source.state().refusal = None;
        if self.kind == Kind::Stormy {
            self.reserve("reserves plentiful", tokens(1_000));
        }
        self.look().await;
        if self.breaker().await.reasons.contains_key(&Reason::OperatorPause) {
            self.operate(false).await;
        }
        self.drain().await;
        self.check().await;
        self.recount().await;
        self.heal().await;
        let mints = self.mints().await;
        for mint in &mints {
            self.report.count_end(mint.progress.state.word());
            if let Some(message) = wrong_end(mint, &self.chain).filter(|_| mint.is_accepted) {
                self.violate(message);
            }
            self.check_evidence(mint).await;
        }
        // A refused order may come again under its reference; of those that were accepted no two are of one payment.
        let mut accepted: Vec<_> =
            mints.iter().filter(|mint| mint.is_accepted && mint.progress.proof.is_some()).collect();
        accepted.sort_by_key(|mint| mint.order.reference);
        if accepted.windows(2).any(|two| two[0].order.reference == two[1].order.reference) {
            self.violate("a payment has two mints");
        }
        self.close().await;
        std::mem::take(&mut self.report)
    }

    /// One more mint must pass, and close the breaker.
    async fn heal(&mut self) {
        self.reserve("reserves plentiful", tokens(1_000));
        if self.kind == Kind::Tight {
            // Its gateway relies on its figure for ever; a schedule brings another.
            let mut chain = self.chain.state();
            let observed_at = chain.now();
            chain.attest(ReserveProof { amount: tokens(1_000), observed_at });
        }
        // A mint that fails for a reason of its own leaves the breaker where it was: the next one may try.
        for payment in PAYMENTS..PAYMENTS + HEAL_MINTS_MAX {
            for _ in 0..HEAL_LOOKS_MAX {
                self.look().await;
                if self.breaker().await.state != BreakerState::Open {
                    break;
                }
                self.pass(5);
            }
            let service = self.gateway().service.clone();
            let asked = service.accept(&draft(payment), &caller(payment)).await;
            let refused = asked.map_or_else(Some, |accepted| refusal(&accepted));
            if let Some(refused) = refused {
                let breaker = self.breaker().await;
                self.violate(format!("nothing is minted although all is well: {refused}; {breaker:?}"));
                return;
            }
            self.asked += 1;
            self.drain().await;
            self.look().await;
            if self.breaker().await.state == BreakerState::Closed {
                return;
            }
        }
        let breaker = self.breaker().await;
        self.violate(format!("the breaker does not close although all is well: {breaker:?}"));
    }

    /// Checks the event log and ends the process.
    async fn close(&mut self) {
        let Some(gateway) = self.gateway.take() else { return };
        if !matches!(gateway.store.verify_log().await, Ok(LogState::Intact(_))) {
            self.violate("the event log is broken");
        }
        for event in gateway.store.events_after(0, None, i64::MAX).await.expect("events") {
            if event.kind == EventKind::ChainAlarm.word() {
                self.violate(format!("an alarm that nothing on the chain is worth: {}", event.data));
            } else if event.kind.starts_with("breaker.") {
                self.report.count_reserves(&event.kind);
            }
        }
        gateway.worker.tasks().close();
        gateway.worker.tasks().wait().await;
        gateway.executor.close().await;
        gateway.store.close_writes();
        let _ = gateway.writing.await;
        gateway.store.close().await;
    }
}
