//! Requests whose deadline passed before anything of them was signed: they end, with the reason why they waited.

use std::time::Duration;

use super::claim::ClaimedMint;
use super::context::{Stop, WorkerContext};
use super::transition::{Transition, store_transitions};
use crate::base::task;
use crate::domain::state::Event;
use crate::domain::{Evidence, Failure, FailureCode, Mint};
use crate::mint::failure_map;

/// Pause between two looks.
const PAUSE: Duration = Duration::from_secs(1);
/// Mints that are ended at once.
const AT_ONCE: i64 = 64;

/// Ends what is due, until the soft stop.
pub(super) async fn follow(context: &WorkerContext) {
    loop {
        while end_due(context).await.is_ok_and(|ended| ended == AT_ONCE.unsigned_abs()) {}
        tokio::select! {
            () = context.soft_stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Ends what is due now; returns how many.
pub(super) async fn end_due(context: &WorkerContext) -> Result<u64, Stop> {
    let due = context.store.expired_mints(AT_ONCE).await?;
    let end = |mint: Mint| {
        let event = Event::Expired(expired(context, &mint));
        Transition::new(ClaimedMint::unclaimed(mint), vec![event])
    };
    let ended = store_transitions(context, due.into_iter().map(|stored| end(stored.mint)).collect()).await?;
    task::moved();
    Ok(ended.len() as u64)
}

/// Why the mint ends: its deadline, and what it waited for.
fn expired(context: &WorkerContext, mint: &Mint) -> Failure {
    let doubt = || context.chain.doubt().map(|error| failure_map::of_chain_error(&error));
    let waited = mint.progress.failure.clone().or_else(doubt);
    let detail = match &waited {
        Some(failure) => {
            format!("expiresAt passed before it could be minted; it waited because {}", failure.detail)
        }
        None => "expiresAt passed before it could be minted; it waited for its turn".to_owned(),
    };
    let reason = waited.map(|failure| failure.code.name().to_owned());
    Failure::new(FailureCode::Expired, detail).with(Evidence { reason, ..Evidence::default() })
}
