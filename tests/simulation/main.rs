//! The short, seeded version of the fault campaign on a simulated chain: the same worker, guard and store, no sleeps.

use std::ops::RangeInclusive;

use cre_backend::base::fault;
use test_support::fault_kind::{FaultKind, all_kinds_but};
use test_support::fault_points::{NOT_IN_CAMPAIGN, NOT_SIMULATED, all_but};
use test_support::postgres::Postgres;
use test_support::report::Report;
use test_support::run_large;
use test_support::simulation::{self, Ground, Kind};

/// Worlds of each kind, at least and, while something that must happen has not, at most.
const WORLDS: RangeInclusive<u64> = 2..=4;
/// Fewest faults.
const POINTS: u64 = 350;

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
        let (kinds, mut report) = (Kind::ALL.len() as u64, Report::default());
        for seed in 1..=WORLDS.end() * kinds {
            if seed > WORLDS.start() * kinds && missing(&report, server.is_some()).is_empty() {
                break;
            }
            if Kind::of(seed) != Kind::Shared || ground.server.is_some() {
                report.add(simulation::live(seed, ground).await);
            }
        }
        (report, server.is_some())
    });
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
    let missing = missing(&report, has_server);
    assert!(missing.is_empty(), "{missing:?} never happened: {report:#?}");
    for (point, reason) in NOT_SIMULATED {
        assert!(!fault::passed().contains_key(point), "{point} is passed; it is no exception that {reason}");
    }
}

/// What has not happened yet and must.
fn missing(report: &Report, has_server: bool) -> Vec<&'static str> {
    let deaths =
        all_but(NOT_SIMULATED).into_iter().filter(|point| report.detail(FaultKind::Crash, point) == 0);
    let kinds = all_kinds_but(FaultKind::NOT_SIMULATED)
        .filter(|kind| report.of_kind(*kind) == 0 && (*kind != FaultKind::ClockSkew || has_server));
    let ends = ["finalized", "rejected", "failed", "cancelled"].into_iter();
    let reserves = [
        "refused: not covered",
        "refused: the breaker is open",
        "breaker.opened",
        "breaker.half-open",
        "breaker.closed",
        "ledger recounted",
    ];
    let figures = reserves.into_iter().filter(|name| !report.reserves.contains_key(*name));
    let few = (report.points() < POINTS).then_some("enough faults");
    let kinds = kinds.map(FaultKind::name);
    deaths
        .chain(kinds)
        .chain(ends.filter(|end| !report.ends.contains_key(*end)))
        .chain(figures)
        .chain(few)
        .collect()
}

#[test]
fn fault_point_exceptions_name_points_and_reasons() {
    for (point, reason) in NOT_SIMULATED.iter().chain(NOT_IN_CAMPAIGN) {
        assert!(fault::POINTS.contains(point), "{point} is no point");
        assert!(!reason.is_empty(), "{point} has no reason");
    }
}
