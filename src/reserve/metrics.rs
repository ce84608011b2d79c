//! Gauges for Prometheus, filled in at each scrape.
//!
//! The recorder lives for one scrape: there is no global state, and two gateways in one process do not mix. Amounts
//! are whole tokens as floating-point numbers: good enough for a graph, never used to decide.

use alloy::primitives::U256;
use metrics::{counter, gauge, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;

use super::snapshot::BasketReserves;
use crate::base::money::whole_tokens;
use crate::domain::breaker::BreakerState;
use crate::store::StateCount;

/// The page that Prometheus reads; `baskets` are `None` while the chain does not answer.
#[must_use]
pub fn page(baskets: Option<&[BasketReserves]>, mints: &[StateCount], now_seconds: u64) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    with_local_recorder(&recorder, || {
        gauge!("cre_chain_answers").set(f64::from(u8::from(baskets.is_some())));
        for basket in baskets.into_iter().flatten() {
            set_basket(basket, now_seconds);
        }
        for count in mints {
            gauge!("cre_mints", "state" => count.state.clone()).set(count.mints as f64);
        }
    });
    recorder.handle().render()
}

fn set_basket(basket: &BasketReserves, now_seconds: u64) {
    let consumer = basket.contracts.consumer.to_string();
    let decimals = basket.contracts.decimals;
    let coverage = &basket.coverage;
    let set = |name: &'static str, value: f64| gauge!(name, "consumer" => consumer.clone()).set(value);
    set("cre_reserves_tokens", tokens(coverage.reserves, decimals));
    set("cre_supply_tokens", tokens(coverage.supply, decimals));
    set("cre_token_supply_tokens", tokens(basket.figures.token_supply, decimals));
    set("cre_reserved_tokens", tokens(coverage.reserved, decimals));
    if basket.proof.is_some() {
        set("cre_headroom_tokens", tokens(coverage.headroom(), decimals));
    }
    if let Some(ratio) = coverage.ratio_bps() {
        set("cre_collateral_ratio", ratio as f64 / 10_000.0);
    }
    if basket.figures.observed_at > 0 {
        let age = now_seconds.saturating_sub(basket.figures.observed_at);
        set("cre_attestation_age_seconds", age as f64);
    }
    set("cre_source_bad_answers", f64::from(basket.breaker.bad_answers));
    for (end, count) in &basket.attestations {
        let attestations = counter!("cre_attestations", "consumer" => consumer.clone(), "end" => end.clone());
        attestations.absolute(*count);
    }
    for reason in basket.breaker.reasons.keys() {
        gauge!("cre_breaker_reason", "consumer" => consumer.clone(), "reason" => reason.name()).set(1.0);
    }
    for state in [BreakerState::Closed, BreakerState::Open, BreakerState::HalfOpen] {
        let is_it = f64::from(u8::from(basket.breaker.state == state));
        gauge!("cre_breaker", "consumer" => consumer.clone(), "state" => state.word()).set(is_it);
    }
}

/// The number that is nearest to the exact one.
fn tokens(base_units: U256, decimals: u8) -> f64 {
    whole_tokens(base_units, decimals).parse().unwrap_or(f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_show_whole_tokens_without_noise() {
        let unit = U256::from(10).pow(U256::from(18));
        assert_eq!(tokens(unit * U256::from(999_700), 18).to_string(), "999700");
        assert_eq!(tokens(unit * U256::from(1_001) / U256::from(10), 18).to_string(), "100.1");
        assert_eq!(tokens(U256::from(1_499_999_999_999_999_999_u64), 18), 1.5);
        assert_eq!(tokens(U256::ZERO, 18), 0.0);
        assert!(tokens(U256::MAX, 0).is_finite());
    }
}
