//! Gauges for Prometheus, filled in at each scrape from the figures last read.
//!
//! The recorder lives for one scrape: there is no global state, and two gateways in one process do not mix. Amounts
//! are whole tokens as floating-point numbers: good enough for a graph, never used to decide.

use alloy::primitives::U256;
use metrics::{counter, gauge, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::Value;

use super::breaker::Position as Stand;
use super::desk::Standing;
use crate::store::books::StateCount;

/// The page that Prometheus reads.
#[must_use]
pub fn page(standings: &[Standing], mints: &[StateCount], now_seconds: u64) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    with_local_recorder(&recorder, || {
        for standing in standings {
            basket(standing, now_seconds);
        }
        for count in mints {
            gauge!("cre_mints", "state" => count.state.clone()).set(count.mints as f64);
        }
    });
    recorder.handle().render()
}

fn basket(standing: &Standing, now_seconds: u64) {
    let consumer = standing.parts.consumer.to_string();
    let decimals = standing.parts.decimals;
    let figures = &standing.figures;
    let set = |name: &'static str, value: f64| gauge!(name, "consumer" => consumer.clone()).set(value);
    set("cre_reserves_tokens", tokens(figures.reserves, decimals));
    set("cre_supply_tokens", tokens(figures.supply, decimals));
    set("cre_token_supply_tokens", tokens(standing.position.token_supply, decimals));
    set("cre_reserved_tokens", tokens(figures.reserved, decimals));
    set("cre_headroom_tokens", tokens(figures.headroom(), decimals));
    if let Some(ratio) = figures.ratio_bps() {
        set("cre_collateral_ratio", ratio as f64 / 10_000.0);
    }
    if standing.position.observed_at > 0 {
        let age = now_seconds.saturating_sub(standing.position.observed_at);
        set("cre_attestation_age_seconds", age as f64);
    }
    set("cre_source_bad_answers", f64::from(standing.breaker.bad_answers));
    for (end, count) in &standing.attestations {
        let attestations = counter!("cre_attestations", "consumer" => consumer.clone(), "end" => end.clone());
        attestations.absolute(*count);
    }
    for reason in standing.breaker.reasons.keys() {
        if let Ok(Value::String(word)) = serde_json::to_value(reason) {
            gauge!("cre_breaker_reason", "consumer" => consumer.clone(), "reason" => word).set(1.0);
        }
    }
    for stand in [Stand::Closed, Stand::Open, Stand::HalfOpen] {
        let is_it = f64::from(u8::from(standing.breaker.position == stand));
        gauge!("cre_breaker", "consumer" => consumer.clone(), "state" => stand.word()).set(is_it);
    }
}

fn tokens(base_units: U256, decimals: u8) -> f64 {
    f64::from(base_units) / 10_f64.powi(i32::from(decimals))
}
