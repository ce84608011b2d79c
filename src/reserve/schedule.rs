//! Attestations on a schedule: the DON proves the reserves of every followed basket, so that the feed stays fresh
//! while nobody mints.
//!
//! The chain is the judge here too: an attestation counts when the feed has advanced, whatever the run says. A basket
//! whose proof is younger than the interval is left alone, which also keeps several instances from doing it twice.

use std::time::Duration;

use alloy::primitives::Address;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::desk::{Desk, DeskError};
use crate::chain::Parts;
use crate::observe;
use crate::store::books::{BasketEvent, Turn};
use crate::workflow::{Attestation, Executor};

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
        if let Ok(Some(reserves)) = &said {
            self.desk.heard(parts.consumer, reserves, None).await?;
        }
        let after = self.desk.read(parts).await?;
        let advanced = after.round > before.round;
        let words = match (&said, advanced) {
            (_, true) => "the feed advanced".to_owned(),
            (Ok(_), false) => "the run ended well, but the feed did not advance".to_owned(),
            (Err(words), false) => words.clone(),
        };
        observe::attested(parts.consumer, &words);
        let kind = if advanced { "reserve.attested" } else { "reserve.attestation-failed" };
        self.log(parts.consumer, kind, json!({ "words": words, "round": after.round })).await
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
