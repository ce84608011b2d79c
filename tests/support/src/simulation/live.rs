//! Lives of worlds, one at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cre_backend::store::lease::Work;
use cre_backend::workflow::local::Simulated;
use cre_backend::workflow::{Outcome, Run, RunResult};

use super::callers::PAYMENTS;
use super::chain::{EndpointFault, ReserveProof};
use super::kind::Kind;
use super::workflow::{Surroundings, report, with_evidence, workflow};
use super::world::{Ground, World};
use crate::report::Report;

/// Steps of one world.
const STEPS: u64 = 160;
/// Longest life of a world; one that hangs is a violation.
const LIFE: Duration = Duration::from_secs(300);

/// The fault plan is one for the whole process: one world at a time.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Lives through one world.
pub async fn live(seed: u64, ground: Ground<'_>) -> Report {
    let _alone = ALONE.lock().await;
    let living = Box::pin(async {
        let mut world = World::new(seed, Kind::of(seed), ground, workflow).await;
        for _ in 0..STEPS {
            world.step().await;
            world.check().await;
        }
        world.rest().await
    });
    tokio::time::timeout(LIFE, living).await.unwrap_or_else(|_| {
        let mut report = Report::default();
        let wrong = format!("seed {seed} ({:?}) lives for more than {} s", Kind::of(seed), LIFE.as_secs());
        report.check("everything ends in time", Some(wrong));
        report
    })
}

/// A refusal that the chain takes back: the same report is delivered again by a stranger, and mints.
pub async fn live_through_a_vanished_refusal(ground: Ground<'_>) -> Report {
    let _alone = ALONE.lock().await;
    let refuse_first = |around: &Surroundings, _| {
        let (around, runs) = (around.clone(), AtomicU64::new(0));
        Simulated(Arc::new(move |run: &Run| {
            let number = runs.fetch_add(1, Ordering::Relaxed);
            let mut state = around.chain.state();
            let proof = ReserveProof { amount: around.source.state().amount, observed_at: state.now() };
            if number == 0 {
                state.refused.extend(run.orders.iter().map(|order| order.account));
            }
            let tx = state.deliver(report(run, run.orders.clone(), proof, number));
            state.refused.clear();
            let delivered = Outcome::Delivered { reported_tx: Some(tx) };
            with_evidence(run, RunResult::of_all(run.orders.len(), delivered))
        }))
    };
    let mut world = World::new(0, Kind::Plentiful, ground, refuse_first).await;
    world.ask().await;
    world.work(Some(Work::Mint)).await;
    world.chain.state().reorganise(1);
    world.deliver_held();
    world.rest().await
}

/// A process whose endpoint is behind the first proof of the reserves, which it sees only later.
pub async fn live_behind_the_first_proof(ground: Ground<'_>) -> Report {
    let _alone = ALONE.lock().await;
    let mut world = World::new(0, Kind::Tight, ground, workflow).await;
    for endpoint in [EndpointFault::Behind(1), EndpointFault::None] {
        world.chain.state().endpoint = endpoint;
        for _ in 0..2 * PAYMENTS {
            world.ask().await;
        }
    }
    world.rest().await
}
