//! What the gateway measures: names, kinds, units and sentences for people, and where the numbers are kept.
//!
//! What happens is counted where it happens, in one recorder of the process; what stands somewhere is looked up when
//! somebody asks for the page, and never on the chain.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram, with_local_recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use tokio_util::sync::CancellationToken;

use super::task;

/// How often measurements are put into their buckets, so that they do not pile up where nobody asks.
const UPKEEP: Duration = Duration::from_secs(5);
/// Bounds of the buckets of what takes part of a second.
const QUICK: [f64; 11] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Bounds of the buckets of what takes seconds to hours.
const SLOW: [f64; 13] =
    [0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0, 86_400.0];

/// How a metric behaves.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Counter,
    Gauge,
    Histogram(&'static [f64]),
}

/// A metric.
struct Metric {
    name: &'static str,
    kind: Kind,
    unit: Unit,
    help: &'static str,
}

macro_rules! metrics {
    ($($constant:ident $name:literal $kind:expr, $unit:ident, $help:literal;)*) => {
        $(#[doc = $help] pub const $constant: &str = $name;)*
        const ALL: &[Metric] = &[$(Metric { name: $name, kind: $kind, unit: Unit::$unit, help: $help },)*];
    };
}

metrics! {
    CHAIN_ANSWERS "cre_chain_answers" Kind::Gauge, Count, "1 while enough endpoints for a proof have answered when they were asked last, else 0.";
    RPC_ENDPOINT_ANSWERS "cre_rpc_endpoint_answers" Kind::Gauge, Count, "1 for an endpoint that has answered when it was asked last, else 0.";
    RPC_REQUEST_SECONDS "cre_rpc_request_seconds" Kind::Histogram(&QUICK), Seconds, "How long an endpoint took to answer.";
    RPC_ERRORS "cre_rpc_errors_total" Kind::Counter, Count, "Questions that an endpoint did not answer, refused, limited, or was given up on.";
    DATABASE_ANSWERS "cre_database_answers" Kind::Gauge, Count, "1 while the database answers, else 0; then what only it knows is left out.";
    DATABASE_CONNECTIONS "cre_database_connections" Kind::Gauge, Count, "Connections for requests by state: used or idle.";
    LEASES_LOST "cre_leases_lost_total" Kind::Counter, Count, "Claims and transmitter keys that went to another instance, or could not be held.";
    RESERVES "cre_reserves_tokens" Kind::Gauge, Count, "The newest reserve figure, whole tokens.";
    SUPPLY "cre_supply_tokens" Kind::Gauge, Count, "The liability, whole tokens: issued minus redeemed.";
    TOKEN_SUPPLY "cre_token_supply_tokens" Kind::Gauge, Count, "The token's supply on this chain, whole tokens.";
    RESERVED "cre_reserved_tokens" Kind::Gauge, Count, "Promised and not minted yet, whole tokens.";
    HEADROOM "cre_headroom_tokens" Kind::Gauge, Count, "What may still be promised, whole tokens.";
    COLLATERAL_RATIO "cre_collateral_ratio" Kind::Gauge, Count, "Reserves by liability; absent while nothing is issued.";
    READING_AGE "cre_reading_age_seconds" Kind::Gauge, Seconds, "Age of the figures of a basket: when they were read from the chain.";
    ATTESTATION_AGE "cre_attestation_age_seconds" Kind::Gauge, Seconds, "Age of the last proof on chain.";
    SOURCE_BAD_ANSWERS "cre_source_bad_answers" Kind::Gauge, Count, "Bad answers of the source in a row.";
    ATTESTATIONS "cre_attestations_total" Kind::Counter, Count, "Scheduled attestations since the start, by how they ended.";
    BREAKER "cre_breaker" Kind::Gauge, Count, "1 for the breaker's state, 0 for the others.";
    BREAKER_REASON "cre_breaker_reason" Kind::Gauge, Count, "1 for each reason why the breaker is not closed.";
    MINTS "cre_mints" Kind::Gauge, Count, "Mints by state.";
    QUEUE_AGE "cre_queue_age_seconds" Kind::Gauge, Seconds, "Age of the oldest mint that is queued; 0 where there is none.";
    MINT_STAGE_SECONDS "cre_mint_stage_seconds" Kind::Histogram(&SLOW), Seconds, "From the acceptance of a mint to a stage: started, minted, finalized.";
    MINTS_ENDED "cre_mints_ended_total" Kind::Counter, Count, "Mints that were minted or ended otherwise, and refusals at admission, by code.";
    RUN_STEP_SECONDS "cre_run_step_seconds" Kind::Histogram(&QUICK), Seconds, "How long a step of a run of the workflow took.";
    TRANSMITTER_BALANCE "cre_transmitter_balance_coins" Kind::Gauge, Count, "What a transmitter had left after its last delivery, in the chain's coin.";
    TRANSMITTER_MINTS_LEFT "cre_transmitter_mints_left" Kind::Gauge, Count, "Mints that this pays for, at the cost of the last delivery.";
    TRANSMITTER_SEEN "cre_transmitter_seen_timestamp_seconds" Kind::Gauge, Seconds, "When a transmitter's balance was seen, unix time.";
    GAS_WASTED "cre_gas_wasted_total" Kind::Counter, Count, "Gas of deliveries that minted nothing.";
    TASK_STILL "cre_task_still_seconds" Kind::Gauge, Seconds, "How long ago a task of the gateway has moved.";
    TASK_RESTARTS "cre_task_restarts_total" Kind::Counter, Count, "How often a task was begun again after it panicked or ended.";
    LOG_LINES_LOST "cre_log_lines_lost_total" Kind::Counter, Count, "Log lines that nobody took.";
}

/// A recorder that knows every metric.
fn recorder() -> PrometheusRecorder {
    let mut builder = PrometheusBuilder::new();
    for metric in ALL {
        if let Kind::Histogram(bounds) = metric.kind {
            let name = Matcher::Full(metric.name.to_owned());
            // The only error is that there are no bounds.
            builder = builder.set_buckets_for_metric(name, bounds).unwrap_or_default();
        }
    }
    let recorder = builder.build_recorder();
    with_local_recorder(&recorder, || {
        for Metric { name, kind, unit, help } in ALL {
            match kind {
                Kind::Counter => describe_counter!(*name, *unit, *help),
                Kind::Gauge => describe_gauge!(*name, *unit, *help),
                Kind::Histogram(_) => describe_histogram!(*name, *unit, *help),
            }
        }
    });
    recorder
}

/// What has happened in this process.
fn events() -> &'static PrometheusHandle {
    static EVENTS: OnceLock<PrometheusHandle> = OnceLock::new();
    EVENTS.get_or_init(|| {
        let recorder = recorder();
        let handle = recorder.handle();
        // Two gateways in one test process share the first one's.
        let _ = metrics::set_global_recorder(recorder);
        handle
    })
}

/// Begins to count what happens; before, nothing is counted.
pub fn begin() {
    events();
}

/// Keeps the numbers tidy until `stop` fires.
pub async fn keep(stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(UPKEEP) => {}
        }
        events().run_upkeep();
        task::moved();
    }
}

/// The page that Prometheus reads: what has happened, and what `look` sets now.
pub fn page(look: impl FnOnce()) -> String {
    let now = recorder();
    with_local_recorder(&now, look);
    let mut page = events().render();
    page.push_str(&now.handle().render());
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_have_names_and_sentences_as_prometheus_wants_them() {
        for Metric { name, kind, help, .. } in ALL {
            let is_total = name.ends_with("_total");
            assert_eq!(is_total, matches!(kind, Kind::Counter), "{name}");
            assert!(name.split('_').next() == Some("cre") && help.ends_with('.'), "{name}");
        }
    }

    #[test]
    fn metrics_page_shows_what_is_set_now_and_nothing_of_before() {
        let set = |state: &'static str| move || metrics::gauge!(MINTS, "state" => state).set(3.0);
        assert!(page(set("queued")).contains(
            "# HELP cre_mints Mints by state.\n# TYPE cre_mints gauge\ncre_mints{state=\"queued\"} 3"
        ));
        let after = page(set("minted"));
        assert!(after.contains("state=\"minted\"") && !after.contains("state=\"queued\""), "{after}");
    }
}
