//! Lives of worlds, one at a time.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cre_backend::store::lease::Work;
use cre_backend::workflow::local::Simulated;
use cre_backend::workflow::{Outcome, Run, RunResult};

use super::chain::{ReserveProof, SimChain};
use super::kind::Kind;
use super::source::ReserveSource;
use super::workflow::{RunLog, report, with_evidence, workflow};
use super::world::World;
use crate::report::Report;

/// Steps of one world.
const STEPS: u64 = 160;

/// The fault plan is one for the whole process: one world at a time.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Lives through one world.
pub async fn live(seed: u64, folder: &Path) -> Report {
    let _alone = ALONE.lock().await;
    let kind = Kind::of(seed);
    let (runs, source) = (RunLog::default(), ReserveSource::new(kind.reserves()));
    let mut world = World::new(seed, kind, folder, source, runs, workflow);
    world.start().await;
    for _ in 0..STEPS {
        world.step().await;
        world.check().await;
    }
    world.rest().await
}

/// A refusal that the chain takes back: the same report is delivered again by a stranger, and mints.
pub async fn live_through_a_vanished_refusal(folder: &Path) -> Report {
    let _alone = ALONE.lock().await;
    let refuse_first = |chain: &SimChain, source: &ReserveSource, _: &RunLog, _| {
        let (chain, source, runs) = (chain.clone(), source.clone(), AtomicU64::new(0));
        Simulated(Arc::new(move |run: &Run| {
            let number = runs.fetch_add(1, Ordering::Relaxed);
            let mut state = chain.state();
            let proof = ReserveProof { amount: source.state().amount, observed_at: state.now() };
            if number == 0 {
                state.refused.extend(run.orders.iter().map(|order| order.account));
            }
            let tx = state.deliver(report(run, run.orders.clone(), proof, number));
            state.refused.clear();
            let delivered = Outcome::Delivered { reported_tx: Some(tx) };
            with_evidence(run, RunResult::of_all(run.orders.len(), delivered))
        }))
    };
    let source = ReserveSource::new(Kind::Plentiful.reserves());
    let mut world = World::new(0, Kind::Plentiful, folder, source, RunLog::default(), refuse_first);
    world.start().await;
    world.ask().await;
    world.work(Some(Work::Mint)).await;
    world.chain.state().reorganise(1);
    world.deliver_held();
    world.rest().await
}
