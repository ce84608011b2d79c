//! The short, seeded version of the fault campaign on a simulated chain: the same worker, guard and store, no sleeps.

use cre_backend::base::fault;
use test_support::fault_points::{NOT_IN_CAMPAIGN, NOT_SIMULATED, all_but, death_at};
use test_support::report::Report;
use test_support::simulation;

/// Worlds of each kind.
const WORLDS: u64 = 6;

#[tokio::test]
async fn mint_ends_as_the_chain_says_after_a_refusal_vanished() {
    let folder = tempfile::tempdir().expect("a folder");
    let report = simulation::live_through_a_vanished_refusal(folder.path()).await;
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
    assert_eq!(report.ends.get("finalized"), Some(&2), "{:?}", report.ends);
}

#[tokio::test]
async fn mint_breaker_and_ledger_keep_their_promises_under_faults() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut report = Report::default();
    for seed in 1..=3 * WORLDS {
        report.add(simulation::live(seed, folder.path()).await);
    }
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
    for point in all_but(NOT_SIMULATED) {
        assert!(report.faults.contains_key(&death_at(point)), "nothing died at {point}: {:?}", report.faults);
    }
    for (point, reason) in NOT_SIMULATED {
        assert!(!fault::passed().contains_key(point), "{point} is passed; it is no exception that {reason}");
    }
    assert!(report.points() >= 350, "too little happened: {:?}", report.faults);
    for end in ["finalized", "rejected"] {
        assert!(report.ends.contains_key(end), "no mint ended {end}: {:?}", report.ends);
    }
    for name in [
        "refused: not covered",
        "refused: the breaker is open",
        "breaker.opened",
        "breaker.half-open",
        "breaker.closed",
        "ledger recounted",
    ] {
        assert!(report.reserves.contains_key(name), "{name} never happened: {:?}", report.reserves);
    }
}

#[test]
fn fault_point_exceptions_name_points_and_reasons() {
    for (point, reason) in NOT_SIMULATED.iter().chain(NOT_IN_CAMPAIGN) {
        assert!(fault::POINTS.contains(point), "{point} is no point");
        assert!(!reason.is_empty(), "{point} has no reason");
    }
}
