//! The long fault campaigns. Not part of the ordinary test run:
//!
//! ```text
//! cargo test --test chaos -- --simulated --points 10000
//! cargo test --test chaos -- --points 300
//! ```
//!
//! Each goes on until it has put so many faults in the gateway's way, and of each kind its share. It prints tables of the
//! faults and of the invariants that were checked; the exit code says whether one was broken. A life (a simulated world, a
//! round on the real stack) follows from its seed alone: `--seed` repeats one, or goes on where a campaign was broken off.

mod acts;
mod real;
mod stuck;

use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use futures_util::FutureExt;
use test_support::fault_kind::{FaultKind, all_kinds_but};
use test_support::fault_points::{NOT_IN_CAMPAIGN, NOT_SIMULATED, all_but};
use test_support::postgres::Postgres;
use test_support::report::{Counts, Report};
use test_support::run_large;
use test_support::simulation::{self, Ground, Kind};

/// Deaths for each point after which one that was never reached is a violation.
const DEATHS_FOR_EACH_POINT: u64 = 20;
/// Lives between two lines about how far it is.
const LIVES_A_LINE: u64 = 25;

/// What to do to the gateway, and how often.
#[derive(Debug, Parser)]
struct Choice {
    /// A simulated chain and clock instead of the real stack
    #[arg(long)]
    simulated: bool,
    /// Least number of faults; on the real stack, of kills at named points
    #[arg(long, default_value_t = 300)]
    points: u64,
    /// First seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// So many lives and no more, however many faults that makes
    #[arg(long)]
    lives: Option<u64>,
}

impl Choice {
    /// Least number of faults of each kind.
    const fn floor(&self) -> u64 {
        self.points / if self.simulated { 20 } else { 30 }
    }
}

/// What was left out for want of something on this machine.
type LeftOut = Vec<(FaultKind, &'static str)>;

fn main() -> ExitCode {
    let choice = Choice::parse();
    run_large(async move || campaign(&choice).await)
}

async fn campaign(choice: &Choice) -> ExitCode {
    let began = Instant::now();
    let folder = tempfile::tempdir().expect("a folder");
    let server = Postgres::start().await;
    let mut left_out: LeftOut =
        if choice.simulated { FaultKind::NOT_SIMULATED } else { FaultKind::NOT_REAL }.to_vec();
    if server.is_none() {
        let kinds = [FaultKind::ClockSkew, FaultKind::DatabaseRestart];
        left_out.extend(kinds.map(|kind| (kind, "no PostgreSQL server is installed here")));
    } else if !choice.simulated && real::faketime().is_none() {
        left_out.push((FaultKind::ClockSkew, "libfaketime is not installed here"));
    }
    let wanted: Vec<FaultKind> = all_kinds_but(&left_out).collect();
    let (mut report, mut lives, mut failed) = (Report::default(), 0, 0);
    while choice.lives.is_none_or(|most| lives < most) && !is_enough(choice, &report, &wanted) {
        let seed = choice.seed + lives;
        let living = async {
            if choice.simulated {
                let ground = Ground { folder: folder.path(), server: server.as_ref() };
                let is_possible = Kind::of(seed) != Kind::Shared || server.is_some();
                if is_possible { simulation::live(seed, ground).await } else { Report::default() }
            } else {
                real::live(seed, server.as_ref()).await
            }
        };
        let life = AssertUnwindSafe(living).catch_unwind().await.unwrap_or_else(|_| panicked(seed));
        lives += 1;
        failed += u64::from(!life.violations.is_empty());
        for violation in &life.violations {
            eprintln!("{violation}");
        }
        report.add(life);
        if !choice.simulated || lives.is_multiple_of(LIVES_A_LINE) {
            let (points, violations) = (report.points(), report.violations.len());
            eprintln!(
                "{lives} lives, {points} faults, {violations} violations, {} s; --seed {} goes on from here",
                began.elapsed().as_secs(),
                seed + 1
            );
        }
    }
    if choice.lives.is_none() {
        demand_every_point(
            &mut report,
            &all_but(if choice.simulated { NOT_SIMULATED } else { NOT_IN_CAMPAIGN }),
        );
    }
    print(choice, &report, &left_out);
    let violations = report.violations.len();
    println!("\nseeds {} to {}, {} s", choice.seed, choice.seed + lives - 1, began.elapsed().as_secs());
    println!("lives: {} passed, {failed} failed; violations: {violations}", lives - failed);
    if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A life that broke off where the gateway or its surroundings failed a caller that cannot go on; the panic says where.
fn panicked(seed: u64) -> Report {
    let mut report = Report::default();
    report.check("every life comes to its end", Some(format!("seed {seed} panicked")));
    report
}

/// Whether as much has happened as was asked for. A life on the real stack that broke a promise is the last one.
fn is_enough(choice: &Choice, report: &Report, wanted: &[FaultKind]) -> bool {
    if !choice.simulated && !report.violations.is_empty() {
        return true;
    }
    let points = if choice.simulated { report.points() } else { report.of_kind(FaultKind::Crash) };
    points >= choice.points && wanted.iter().all(|kind| report.of_kind(*kind) >= choice.floor())
}

/// A long campaign must have died at every point: what is never reached is not tested.
fn demand_every_point(report: &mut Report, points: &[&str]) {
    if report.of_kind(FaultKind::Crash) < DEATHS_FOR_EACH_POINT * points.len() as u64 {
        return;
    }
    for point in points {
        let wrong = (report.detail(FaultKind::Crash, point) == 0).then(|| format!("nothing died at {point}"));
        report.check("every point is reached", wrong);
    }
}

fn print(choice: &Choice, report: &Report, left_out: &LeftOut) {
    println!("\n| kind of fault | times |\n|---|---:|");
    for kind in FaultKind::ALL {
        match left_out.iter().find(|(out, _)| *out == kind) {
            Some((_, why)) => println!("| {} | left out: {why} |", kind.name()),
            None => println!("| {} | {} |", kind.name(), report.of_kind(kind)),
        }
    }
    println!("| **all** (at least {} of each kind) | **{}** |", choice.floor(), report.points());
    println!("\n| kind | exactly | times |\n|---|---|---:|");
    for (kind, details) in &report.faults {
        for (detail, count) in details {
            println!("| {} | {detail} | {count} |", kind.name());
        }
    }
    print_counts("invariant", "checks", &report.checks);
    print_counts("ledger and breaker", "times", &report.reserves);
    print_counts("end", "mints", &report.ends);
    for violation in &report.violations {
        println!("  {violation}");
    }
}

fn print_counts(what: &str, how_often: &str, counts: &Counts) {
    if counts.is_empty() {
        return;
    }
    println!("\n| {what} | {how_often} |\n|---|---:|");
    for (name, count) in counts {
        println!("| {name} | {count} |");
    }
}
