//! Attestations on a schedule: the DON proves the reserves of every followed basket, so that the feed stays fresh
//! while nobody mints.
//!
//! The chain is the judge here too: an attestation counts when the feed has advanced, whatever the run says. A basket
//! whose proof is younger than the interval is left alone, which also keeps several instances from doing it twice.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::event_data::{AttestationData, logged};
use super::guard::{GuardError, ReserveGuard};
use super::telemetry;
use crate::base::logging::with_causes;
use crate::base::task;
use crate::domain::{BasketContracts, BasketId, EventKind};
use crate::store::{BasketEvent, BasketUpdate};
use crate::workflow::{Attestation, Executor, RunPermit, RunReserves};

/// Pause between two rounds, at most; a round only acts where a proof has become old enough.
const ROUND_MAX: Duration = Duration::from_secs(30);

/// What an attestation needs besides the guard.
#[derive(Clone, Debug)]
pub struct Scheduler {
    /// The guard.
    pub guard: ReserveGuard,
    /// What runs workflows.
    pub executor: Executor,
    /// Fires when no new run may begin.
    pub soft_stop: CancellationToken,
    /// Fires when a running one must end.
    pub hard_stop: CancellationToken,
}

impl Scheduler {
    /// The configured interval; without one nothing is attested.
    #[must_use]
    pub fn interval(&self) -> Option<Duration> {
        self.guard.policy.attest_interval
    }

    /// Attests at this interval until the soft stop.
    pub async fn run(self, interval: Duration) {
        loop {
            match self.attest_due(interval).await {
                Ok(()) => task::moved(),
                Err(error) => {
                    tracing::warn!(error = with_causes(&error), "the schedule of attestations is held up");
                }
            }
            tokio::select! {
                () = self.soft_stop.cancelled() => return,
                () = tokio::time::sleep((interval / 4).clamp(Duration::from_millis(250), ROUND_MAX)) => {}
            }
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
        let before = self.guard.newest_figures(contracts).await?;
        let attestation = Attestation {
            request_id: format!("attest-{}", self.guard.clock.new_id()),
            chain_id: self.guard.chain.chain_id(),
            stablecoin: contracts.stablecoin,
            consumer: contracts.consumer,
        };
        let said = self.executor.attest(permit, &attestation, &self.hard_stop).await;
        if self.hard_stop.is_cancelled() {
            return Ok(());
        }
        if let Ok(Some(reserves)) = &said {
            self.guard.record_reserves(contracts.id(), reserves).await?;
        }
        let after = self.guard.newest_figures(contracts).await?;
        let advanced = after.round > before.round;
        let End { kind, code, message } = end(said.as_ref().map_err(String::as_str), advanced);
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
