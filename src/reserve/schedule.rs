//! Attestations on a schedule: the DON proves the reserves of every followed basket, so that the feed stays fresh
//! while nobody mints.
//!
//! The chain is the judge here too: an attestation counts when the feed has advanced, whatever the run says. A basket
//! whose proof is younger than the interval is left alone, which also keeps several instances from doing it twice.

use std::time::Duration;

use alloy::primitives::Address;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::desk::{Desk, DeskError, Occasion};
use crate::chain::Parts;
use crate::observe;
use crate::store::books::{BasketEvent, Turn};
use crate::workflow::{Attestation, Executor, Reserves};

/// Pause between two rounds, at most; a round only acts where a proof has become old enough.
const ROUND_MAX: Duration = Duration::from_secs(30);

/// What an attestation needs besides the desk.
#[derive(Clone, Debug)]
pub struct Scheduler {
    /// The desk.
    pub desk: Desk,
    /// What runs workflows.
    pub executor: Executor,
    /// Transmitter keys that exist.
    pub transmitters: usize,
    /// Lease of a transmitter key; longer than a run may take.
    pub lease: Duration,
    /// Fires when no new run may begin.
    pub soft_stop: CancellationToken,
    /// Fires when a running one must end.
    pub hard_stop: CancellationToken,
}

impl Scheduler {
    /// Attests at the configured interval until the soft stop; does nothing without one.
    pub async fn run(self) {
        let Some(interval) = self.desk.rules.attest_interval else { return };
        loop {
            if let Err(error) = self.round(interval).await {
                tracing::warn!(%error, "the schedule of attestations is held up");
            }
            tokio::select! {
                () = self.soft_stop.cancelled() => return,
                () = tokio::time::sleep((interval / 4).clamp(Duration::from_millis(250), ROUND_MAX)) => {}
            }
        }
    }

    async fn round(&self, interval: Duration) -> Result<(), DeskError> {
        for consumer in self.desk.followed().await? {
            if self.soft_stop.is_cancelled() {
                return Ok(());
            }
            let Some(parts) = self.desk.parts(consumer).await? else { continue };
            let age = self.desk.clock.now_seconds().saturating_sub(self.desk.read(&parts).await?.observed_at);
            if age >= interval.as_secs() {
                self.attest(&parts).await?;
            }
        }
        Ok(())
    }

    async fn attest(&self, parts: &Parts) -> Result<(), DeskError> {
        let store = &self.desk.store;
        let Some(slot) = store.claim_slot(self.transmitters, self.lease).await? else { return Ok(()) };
        let before = self.desk.read(parts).await?;
        let attestation = Attestation {
            request_id: format!("attest-{}", self.desk.clock.new_id()),
            stablecoin: parts.stablecoin,
            consumer: parts.consumer,
            slot: slot.slot,
        };
        let said = self.executor.attest(&attestation, &self.hard_stop).await;
        // If this fails, the lease ends by itself.
        let _ = store.hold_slot(slot, Duration::ZERO).await;
        if self.hard_stop.is_cancelled() {
            return Ok(());
        }
        if let Ok(Some(reserves)) = &said {
            self.desk.heard(parts.consumer, reserves, Occasion::Schedule).await?;
        }
        let after = self.desk.read(parts).await?;
        let advanced = after.round > before.round;
        let End { kind, code, words } = end(said.as_ref().map_err(String::as_str), advanced);
        if advanced {
            observe::attested(parts.consumer, after.round);
        } else {
            observe::attestation_failed(parts.consumer, code, words);
        }
        self.desk.count_attestation(parts.consumer, code);
        self.log(parts.consumer, kind, json!({ "code": code, "words": words, "round": after.round })).await
    }

    async fn log(
        &self,
        consumer: Address,
        kind: &'static str,
        data: serde_json::Value,
    ) -> Result<(), DeskError> {
        let event = BasketEvent { consumer: consumer.to_string(), kind, data: data.to_string() };
        self.desk.store.turn(Turn { events: vec![event], ..Turn::default() }).await?;
        Ok(())
    }
}

/// How an attestation ended: kind of the event, a code word, and words for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct End<'a> {
    kind: &'static str,
    code: &'a str,
    words: &'a str,
}

fn end<'a>(said: Result<&'a Option<Reserves>, &'a str>, advanced: bool) -> End<'a> {
    if advanced {
        return End { kind: "reserve.attested", code: "ADVANCED", words: "the feed advanced" };
    }
    let (code, words) = match said {
        Ok(Some(said)) if !said.code.is_empty() => (said.code.as_str(), said.reason.as_str()),
        Ok(_) => ("FEED_UNCHANGED", "the run ended well, but the feed did not advance"),
        Err(words) => ("WORKFLOW_FAILED", words),
    };
    End { kind: "reserve.attestation-failed", code, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_feed_that_advanced_is_an_attestation() {
        let refused = Some(Reserves {
            code: "POR_RIPCORD".to_owned(),
            reason: "RIPCORD_PULLED: it did".to_owned(),
            ..Reserves::default()
        });
        let proven = Some(Reserves::default());
        for (said, advanced, kind, code) in [
            (Ok(&proven), true, "reserve.attested", "ADVANCED"),
            (Err("exit 1"), true, "reserve.attested", "ADVANCED"),
            (Ok(&proven), false, "reserve.attestation-failed", "FEED_UNCHANGED"),
            (Ok(&None), false, "reserve.attestation-failed", "FEED_UNCHANGED"),
            (Ok(&refused), false, "reserve.attestation-failed", "POR_RIPCORD"),
            (Err("exit 1"), false, "reserve.attestation-failed", "WORKFLOW_FAILED"),
        ] {
            let end = end(said, advanced);
            assert_eq!((end.kind, end.code), (kind, code), "{said:?}");
        }
        assert_eq!(end(Ok(&refused), false).words, "RIPCORD_PULLED: it did");
    }
}
