//! The long fault campaigns. Not part of the ordinary test run:
//!
//! ```text
//! cargo test --test chaos -- --simulated --points 10000
//! cargo test --test chaos -- --points 300
//! ```
//!
//! Each prints a table and the seed that repeats it; the exit code says whether a promise was broken.

mod real;

use std::process::ExitCode;

use clap::Parser;
use test_support::fault_points::{NOT_IN_CAMPAIGN, NOT_SIMULATED, all_but, death_at};
use test_support::report::{Counts, Report};
use test_support::simulation;

/// Deaths for each point after which one that was never reached is a violation.
const DEATHS_FOR_EACH_POINT: u64 = 20;

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
}

fn main() -> ExitCode {
    let choice = Choice::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let (mut report, exceptions) = runtime.block_on(async {
        if choice.simulated {
            (simulate(&choice).await, NOT_SIMULATED)
        } else {
            (real::campaign(choice.points, choice.seed).await, NOT_IN_CAMPAIGN)
        }
    });
    demand_every_point(&mut report, &all_but(exceptions));
    print(&choice, &report);
    if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn simulate(choice: &Choice) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    let mut report = Report::default();
    let mut seed = choice.seed;
    while report.points() < choice.points {
        report.add(simulation::live(seed, folder.path()).await);
        if seed % 25 == 0 {
            eprintln!("seed {seed}: {} points, {} violations", report.points(), report.violations.len());
        }
        seed += 1;
    }
    report
}

/// A long campaign must have died at every point: what is never reached is not tested.
fn demand_every_point(report: &mut Report, points: &[&str]) {
    let deaths: Vec<u64> =
        points.iter().map(|point| report.faults.get(&death_at(point)).copied().unwrap_or_default()).collect();
    if deaths.iter().sum::<u64>() < DEATHS_FOR_EACH_POINT * points.len() as u64 {
        return;
    }
    let unreached = points.iter().zip(deaths).filter(|(_, deaths)| *deaths == 0);
    report.violations.extend(unreached.map(|(point, _)| format!("nothing ever died at {point}")));
}

fn print(choice: &Choice, report: &Report) {
    print_counts("fault", "times", &report.faults);
    println!("| **all** | **{}** |", report.points());
    print_counts("ledger and breaker", "times", &report.reserves);
    print_counts("end", "mints", &report.ends);
    println!("\nfirst seed {}, violations: {}", choice.seed, report.violations.len());
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
