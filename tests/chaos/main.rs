//! The long fault campaigns. Not part of the ordinary test run:
//!
//! ```text
//! cargo test --test chaos -- --simulated --points 10000
//! cargo test --test chaos -- --points 300
//! ```
//!
//! Each prints a table and the seed that repeats it; the exit code says whether a promise was broken.

#[path = "../simulation/chain.rs"]
mod chain;
#[path = "../simulation/dice.rs"]
mod dice;
mod real;
#[path = "../stories/support/mod.rs"]
#[expect(dead_code, reason = "the stories use more of it")]
mod support;
#[path = "../simulation/world.rs"]
#[expect(dead_code, reason = "the short version has a story of its own")]
mod world;

use std::process::ExitCode;

use clap::Parser;
use world::Toll;

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
    let toll = runtime.block_on(async {
        if choice.simulated {
            simulate(&choice).await
        } else {
            real::campaign(choice.points, choice.seed).await
        }
    });
    print(&choice, &toll);
    if toll.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn simulate(choice: &Choice) -> Toll {
    let folder = tempfile::tempdir().expect("a folder");
    let mut toll = Toll::default();
    let mut seed = choice.seed;
    while toll.points() < choice.points {
        toll.add(world::live(seed, folder.path()).await);
        if seed % 25 == 0 {
            eprintln!("seed {seed}: {} points, {} violations", toll.points(), toll.violations.len());
        }
        seed += 1;
    }
    toll
}

fn print(choice: &Choice, toll: &Toll) {
    println!("\n| fault | times |\n|---|---:|");
    for (name, count) in &toll.faults {
        println!("| {name} | {count} |");
    }
    println!("| **all** | **{}** |", toll.points());
    println!("\n| end | mints |\n|---|---:|");
    for (name, count) in &toll.ends {
        println!("| {name} | {count} |");
    }
    println!("\nfirst seed {}, violations: {}", choice.seed, toll.violations.len());
    for violation in &toll.violations {
        println!("  {violation}");
    }
}
