//! What stands somewhere, as gauges: from memory and the database, never from the chain.
//!
//! Amounts are whole tokens as floating-point numbers: good enough for a graph, never used to decide.

use std::time::Duration;

use alloy::primitives::U256;
use metrics::{counter, gauge};

use super::app::App;
use crate::base::logging::lost_lines;
use crate::base::metrics::{
    ATTESTATION_AGE, ATTESTATIONS, BREAKER, BREAKER_REASON, CHAIN_ANSWERS, COLLATERAL_RATIO,
    DATABASE_ANSWERS, DATABASE_CONNECTIONS, HEADROOM, LOG_LINES_LOST, MINTS, QUEUE_AGE, READING_AGE,
    RESERVED, RESERVES, RPC_ENDPOINT_ANSWERS, SOURCE_BAD_ANSWERS, SUPPLY, TASK_RESTARTS, TASK_STILL,
    TOKEN_SUPPLY, page,
};
use crate::base::money::whole_tokens;
use crate::chain::Standing;
use crate::domain::breaker::BreakerState;
use crate::reserve::KnownReserves;
use crate::store::{MintCounts, StoreError};

/// Longest wait for the database; a scraper waits ten seconds as a rule.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the database knows.
struct Stored {
    mints: MintCounts,
    baskets: Vec<KnownReserves>,
}

/// The page that Prometheus reads.
pub(super) async fn metrics_page(app: &App) -> String {
    let stored = tokio::time::timeout(PATIENCE, stored(app)).await;
    let stored = stored.ok().and_then(Result::ok);
    page(|| set_all(app, stored.as_ref()))
}

async fn stored(app: &App) -> Result<Stored, StoreError> {
    let mints = app.store.mint_counts().await?;
    let mut baskets = Vec::new();
    for basket in app.guard.followed().await? {
        baskets.extend(app.guard.known_reserves(basket.stablecoin).await?);
    }
    Ok(Stored { mints, baskets })
}

fn set_all(app: &App, stored: Option<&Stored>) {
    gauge!(CHAIN_ANSWERS).set(flag(app.chain.standing() == Standing::Verified && app.chain.answers()));
    for (at, (name, answers)) in app.chain.endpoints().enumerate() {
        let labels = [("endpoint", at.to_string()), ("name", name.to_owned())];
        gauge!(RPC_ENDPOINT_ANSWERS, &labels).set(flag(answers));
    }
    gauge!(DATABASE_ANSWERS).set(flag(stored.is_some()));
    let (used, idle) = app.store.connections();
    for (state, count) in [("used", used), ("idle", idle)] {
        gauge!(DATABASE_CONNECTIONS, "state" => state).set(count as f64);
    }
    counter!(LOG_LINES_LOST).absolute(lost_lines());
    for task in app.supervisor.states() {
        gauge!(TASK_STILL, "task" => task.name).set(task.still_for.as_secs_f64());
        counter!(TASK_RESTARTS, "task" => task.name).absolute(task.restarts);
    }
    let Some(Stored { mints, baskets }) = stored else { return };
    for count in &mints.by_state {
        gauge!(MINTS, "state" => count.state.clone()).set(count.mints as f64);
    }
    let now_ms = app.clock.now_ms();
    let waits_ms = mints.oldest_at.map_or(0, |at| now_ms.saturating_sub(at).max(0));
    gauge!(QUEUE_AGE).set(waits_ms as f64 / 1_000.0);
    for basket in baskets {
        set_basket(basket, now_ms);
    }
}

fn set_basket(known: &KnownReserves, now_ms: i64) {
    let KnownReserves { now: basket, read_ms } = known;
    let stablecoin = basket.contracts.stablecoin.to_string();
    let decimals = basket.contracts.decimals;
    let coverage = &basket.coverage;
    let set = |name: &'static str, value: f64| gauge!(name, "stablecoin" => stablecoin.clone()).set(value);
    set(RESERVES, tokens(coverage.reserves, decimals));
    set(SUPPLY, tokens(coverage.supply, decimals));
    set(TOKEN_SUPPLY, tokens(basket.figures.token_supply, decimals));
    set(RESERVED, tokens(coverage.reserved, decimals));
    set(READING_AGE, now_ms.saturating_sub(*read_ms) as f64 / 1_000.0);
    if basket.proof.is_some() {
        set(HEADROOM, tokens(coverage.headroom(), decimals));
    }
    if let Some(ratio) = coverage.ratio_bps() {
        set(COLLATERAL_RATIO, ratio as f64 / 10_000.0);
    }
    if basket.figures.observed_at > 0 {
        let observed_ms = i64::try_from(basket.figures.observed_at).unwrap_or(i64::MAX).saturating_mul(1_000);
        set(ATTESTATION_AGE, now_ms.saturating_sub(observed_ms).max(0) as f64 / 1_000.0);
    }
    set(SOURCE_BAD_ANSWERS, f64::from(basket.breaker.bad_answers));
    for (end, count) in &basket.attestations {
        let attestations = counter!(ATTESTATIONS, "stablecoin" => stablecoin.clone(), "end" => end.clone());
        attestations.absolute(*count);
    }
    for reason in basket.breaker.reasons.keys() {
        gauge!(BREAKER_REASON, "stablecoin" => stablecoin.clone(), "reason" => reason.name()).set(1.0);
    }
    for state in [BreakerState::Closed, BreakerState::Open, BreakerState::HalfOpen] {
        let is_it = flag(basket.breaker.state == state);
        gauge!(BREAKER, "stablecoin" => stablecoin.clone(), "state" => state.word()).set(is_it);
    }
}

const fn flag(is_so: bool) -> f64 {
    if is_so { 1.0 } else { 0.0 }
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
