//! Attestations without a mint: the DON proves the reserves of baskets, so that the feed stays fresh while nobody mints.
//!
//! Either the workflow's own schedule fires, as on a DON: the workflow attests the factory's baskets in turn. The request
//! id of a firing is its time, so that what several instances fire at once is one execution, which the forwarder lets
//! through once. Or, with an interval of its own, the gateway asks for each followed basket whose proof has become so old.
//!
//! The chain is the judge here too: an attestation counts when the feed has advanced, whatever the run says.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::event_data::{AttestationData, logged};
use super::guard::{GuardError, ReserveGuard};
use super::telemetry;
use crate::base::logging::with_causes;
use crate::base::schedule::Schedule;
use crate::base::task;
use crate::domain::{BasketContracts, BasketId, EventKind};
use crate::store::{BasketEvent, BasketUpdate, StoreError};
use crate::workflow::{Attestable, Attestation, Executor, RunPermit, RunReserves};

/// Pause between two rounds, at most; a round only acts where a proof has become old enough, or the schedule fires.
const ROUND_MAX: Duration = Duration::from_secs(30);
/// Pause until leave for a run is asked for again.
const PERMIT_PAUSE: Duration = Duration::from_millis(250);

/// What an attestation needs besides the guard.
#[derive(Clone, Debug)]
pub struct Scheduler {
    /// The guard.
    pub guard: ReserveGuard,
    /// What runs workflows.
    pub executor: Executor,
    /// When the workflow's own schedule fires, if it has one.
    pub schedule: Option<Schedule>,
    /// Fires when no new run may begin.
    pub soft_stop: CancellationToken,
    /// Fires when a running one must end.
    pub hard_stop: CancellationToken,
}

/// When the DON attests.
#[derive(Clone, Debug)]
pub enum Rhythm {
    /// Each followed basket whose proof is so old.
    Age(Duration),
    /// The factory's baskets in turn, one each time this fires.
    Turns(Schedule),
}

impl Scheduler {
    /// When the DON attests: by the gateway's interval where one is set, so that nothing is attested twice, else by the
    /// workflow's schedule; without either never.
    #[must_use]
    pub fn rhythm(&self) -> Option<Rhythm> {
        match self.guard.policy.attest_interval {
            Some(interval) => Some(Rhythm::Age(interval)),
            None => self.schedule.clone().map(Rhythm::Turns),
        }
    }

    /// Attests until the soft stop.
    pub async fn run(self, rhythm: Rhythm) {
        match rhythm {
            Rhythm::Age(interval) => self.attest_by_age(interval).await,
            Rhythm::Turns(schedule) => self.attest_in_turn(&schedule).await,
        }
    }

    async fn attest_by_age(&self, interval: Duration) {
        loop {
            held_up(self.attest_due(interval).await);
            let pause = (interval / 4).clamp(Duration::from_millis(250), ROUND_MAX);
            if self.stops_within(pause).await {
                return;
            }
        }
    }

    async fn attest_in_turn(&self, schedule: &Schedule) {
        let clock = &self.guard.clock;
        let mut due = schedule.next_after(clock.now_seconds());
        while let Some(at) = due {
            let rest = Duration::from_secs(at.saturating_sub(clock.now_seconds()));
            if !rest.is_zero() {
                task::moved();
                // A clock that jumps is looked at again.
                if self.stops_within(rest.min(ROUND_MAX)).await {
                    return;
                }
                continue;
            }
            held_up(self.fire(at).await);
            // What was missed meanwhile is not made up for, as on a DON.
            due = schedule.next_after(clock.now_seconds().max(at));
        }
    }

    async fn stops_within(&self, pause: Duration) -> bool {
        tokio::select! {
            () = self.soft_stop.cancelled() => true,
            () = tokio::time::sleep(pause) => false,
        }
    }

    async fn attest_due(&self, interval: Duration) -> Result<(), GuardError> {
        for basket in self.guard.followed().await? {
            if self.soft_stop.is_cancelled() {
                return Ok(());
            }
            let Some(contracts) = self.guard.contracts(basket.stablecoin).await? else { continue };
            let observed_at = self.guard.figures(&contracts).await?.observed_at;
            if self.guard.clock.now_seconds().saturating_sub(observed_at) < interval.as_secs() {
                continue;
            }
            let Some(permit) = self.executor.permit().await? else { continue };
            let done = self.attest(&contracts, &permit).await;
            self.executor.release(permit).await;
            done?;
            task::moved();
        }
        Ok(())
    }

    async fn attest(&self, contracts: &BasketContracts, permit: &RunPermit) -> Result<(), GuardError> {
        let before = self.guard.newest_figures(contracts).await?.round;
        let BasketContracts { stablecoin, consumer, .. } = *contracts;
        let chain_id = self.guard.chain.chain_id();
        let attestation = Attestation {
            request_id: format!("attest-{}", self.guard.clock.new_id()),
            of: Attestable::Basket { chain_id, stablecoin, consumer },
        };
        let said = self.executor.attest(permit, &attestation, &self.hard_stop).await;
        if self.hard_stop.is_cancelled() {
            return Ok(());
        }
        let said = said.map(|attested| attested.map(|attested| attested.reserves));
        self.conclude(contracts, said.as_ref().map_err(String::as_str), before).await
    }

    /// The schedule fires: the workflow chooses the basket.
    async fn fire(&self, at: u64) -> Result<(), GuardError> {
        let mut followed = Vec::new();
        for basket in self.guard.followed().await? {
            followed.extend(self.guard.contracts(basket.stablecoin).await?);
        }
        let block = self.guard.chain.head().await?.number;
        let before = self.guard.read_figures(&followed, block).await?;
        let Some(permit) = self.permit().await? else { return Ok(()) };
        let request_id = format!("schedule-{at}");
        let attestation = Attestation { request_id, of: Attestable::Turn { fired_at: at } };
        let said = self.executor.attest(&permit, &attestation, &self.hard_stop).await;
        self.executor.release(permit).await;
        task::moved();
        let attested = match said {
            _ if self.hard_stop.is_cancelled() => return Ok(()),
            Ok(attested) => attested.unwrap_or_default(),
            Err(message) => {
                telemetry::firing_failed(at, &message);
                return Ok(());
            }
        };
        // Of baskets that nobody follows here there is nothing to record.
        let mut known = followed.iter().zip(before);
        let found = known.find(|(basket, _)| Some(basket.stablecoin) == attested.stablecoin);
        let Some((contracts, before)) = found else { return Ok(()) };
        self.conclude(contracts, Ok(&Some(attested.reserves)), before.round).await
    }

    /// Leave for a run, as soon as there is one; `None` when no new one may begin.
    async fn permit(&self) -> Result<Option<RunPermit>, StoreError> {
        loop {
            if let Some(permit) = self.executor.permit().await? {
                return Ok(Some(permit));
            }
            task::moved();
            if self.stops_within(PERMIT_PAUSE).await {
                return Ok(None);
            }
        }
    }

    /// Records what a run said of a basket, and whether its feed has advanced since this round.
    async fn conclude(
        &self,
        contracts: &BasketContracts,
        said: Result<&Option<RunReserves>, &str>,
        before: u64,
    ) -> Result<(), GuardError> {
        if let Ok(Some(reserves)) = said {
            self.guard.record_reserves(contracts.id(), reserves).await?;
        }
        let after = self.guard.newest_figures(contracts).await?;
        let advanced = after.round > before;
        let End { kind, code, message } = end(said, advanced);
        if advanced {
            telemetry::reserves_attested(contracts.stablecoin, after.round);
        } else {
            telemetry::attestation_failed(contracts.stablecoin, code, message);
        }
        self.guard.count_attestation(contracts.stablecoin, code);
        let data = logged(&AttestationData { code, message, round: after.round });
        self.log_event(contracts.id(), kind, data).await
    }

    async fn log_event(&self, basket: BasketId, kind: EventKind, data: String) -> Result<(), GuardError> {
        let event = BasketEvent { basket, kind, data };
        self.guard
            .store
            .update_baskets(BasketUpdate { events: vec![event], ..BasketUpdate::default() })
            .await?;
        Ok(())
    }
}

fn held_up(done: Result<(), GuardError>) {
    match done {
        Ok(()) => task::moved(),
        Err(error) => tracing::warn!(error = with_causes(&error), "the schedule of attestations is held up"),
    }
}

/// How an attestation ended: kind of the event, a code word, and a sentence for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct End<'a> {
    kind: EventKind,
    code: &'a str,
    message: &'a str,
}

fn end<'a>(said: Result<&'a Option<RunReserves>, &'a str>, advanced: bool) -> End<'a> {
    if advanced {
        return End { kind: EventKind::ReserveAttested, code: "ADVANCED", message: "the feed advanced" };
    }
    let (code, message) = match said {
        Ok(Some(RunReserves { code: Some(code), reason, .. })) => (code.name(), reason.as_str()),
        Ok(_) => ("FEED_UNCHANGED", "the run ended well, but the feed did not advance"),
        Err(message) => ("WORKFLOW_FAILED", message),
    };
    End { kind: EventKind::ReserveAttestationFailed, code, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RefusalCode;

    #[test]
    fn attestation_is_a_feed_that_advanced() {
        let refused = Some(RunReserves {
            code: Some(RefusalCode::PorRipcord),
            reason: "RIPCORD_PULLED: it did".to_owned(),
            ..RunReserves::default()
        });
        let proven = Some(RunReserves::default());
        for (said, advanced, kind, code) in [
            (Ok(&proven), true, "reserve.attested", "ADVANCED"),
            (Err("exit 1"), true, "reserve.attested", "ADVANCED"),
            (Ok(&proven), false, "reserve.attestation-failed", "FEED_UNCHANGED"),
            (Ok(&None), false, "reserve.attestation-failed", "FEED_UNCHANGED"),
            (Ok(&refused), false, "reserve.attestation-failed", "POR_RIPCORD"),
            (Err("exit 1"), false, "reserve.attestation-failed", "WORKFLOW_FAILED"),
        ] {
            let end = end(said, advanced);
            assert_eq!((end.kind.word(), end.code), (kind, code), "{said:?}");
        }
        assert_eq!(end(Ok(&refused), false).message, "RIPCORD_PULLED: it did");
    }
}
