//! The short, seeded version of the fault campaign on a simulated chain: the same worker, guard and store, no sleeps.

use cre_backend::base::fault;
use test_support::fault_kind::{FaultKind, all_kinds_but};
use test_support::fault_points::{NOT_IN_CAMPAIGN, NOT_SIMULATED, all_but};
use test_support::postgres::Postgres;
use test_support::report::Report;
use test_support::run_large;
use test_support::simulation::{self, Ground, Kind};

/// Worlds of each kind.
const WORLDS: u64 = 4;

#[test]
fn mint_ends_as_the_chain_says_after_a_refusal_vanished() {
    let report = run_large(async || {
        let folder = tempfile::tempdir().expect("a folder");
        let ground = Ground { folder: folder.path(), server: None };
        simulation::live_through_a_vanished_refusal(ground).await
    });
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
    assert_eq!(report.ends.get("finalized"), Some(&2), "{:?}", report.ends);
}

#[test]
fn ledger_is_judged_where_the_first_proof_was_read() {
    let report = run_large(async || {
        let folder = tempfile::tempdir().expect("a folder");
        let ground = Ground { folder: folder.path(), server: None };
        simulation::live_behind_the_first_proof(ground).await
    });
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
    assert!(report.reserves.contains_key("refused: not covered"), "{:?}", report.reserves);
}

#[test]
fn mint_breaker_and_ledger_keep_their_promises_under_faults() {
    let (report, has_server) = run_large(async || {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Postgres::start().await;
        let ground = Ground { folder: folder.path(), server: server.as_ref() };
        let mut report = Report::default();
        for seed in 1..=WORLDS * Kind::ALL.len() as u64 {
            if Kind::of(seed) != Kind::Shared || ground.server.is_some() {
                report.add(simulation::live(seed, ground).await);
            }
        }
        (report, server.is_some())
    });
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
    for point in all_but(NOT_SIMULATED) {
        assert!(report.detail(FaultKind::Crash, point) > 0, "nothing died at {point}: {:?}", report.faults);
    }
    for (point, reason) in NOT_SIMULATED {
        assert!(!fault::passed().contains_key(point), "{point} is passed; it is no exception that {reason}");
    }
    for kind in all_kinds_but(FaultKind::NOT_SIMULATED) {
        let is_possible = kind != FaultKind::ClockSkew || has_server;
        assert!(!is_possible || report.of_kind(kind) > 0, "{}: {:?}", kind.name(), report.faults);
    }
    assert!(report.points() >= 350, "too little happened: {:?}", report.faults);
    for end in ["finalized", "rejected", "failed", "cancelled"] {
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
