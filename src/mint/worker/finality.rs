//! Blocks with mints: final, still there, or gone.
//!
//! Nothing is claimed for that: several gateways may look at the same blocks, and of two that find the same thing one is
//! first.

use std::time::Duration;

use super::claim::ClaimedMint;
use super::context::{Stop, WorkerContext};
use super::transition::{Transition, store_transitions};
use crate::base::logging::with_causes;
use crate::base::{fault, task};
use crate::chain::{ChainError, Head};
use crate::domain::state::{Event, VALIDITY_MAX};
use crate::store::{MintedBlock, StoreError};

/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// What there was at a look: blocks with mints that are not final, the newest block, the newest final block.
#[derive(Clone, Debug, PartialEq, Eq)]
struct View {
    blocks: Vec<MintedBlock>,
    head: Head,
    last_final: Head,
}

/// Why there was no look.
#[derive(Debug, thiserror::Error)]
enum ViewError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Chain(#[from] ChainError),
}

/// Looks at the blocks with mints whenever one is new or the chain has moved, until the soft stop.
pub(super) async fn follow(context: &WorkerContext) {
    let mut seen = None;
    while !context.soft_stop.is_cancelled() {
        let view = view(context).await;
        if view != seen {
            if let Some(view) = &view {
                judge_blocks(context, view).await;
            }
            seen = view;
        }
        tokio::select! {
            () = context.soft_stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Looks once; `false` when nothing was found or cannot be known.
pub(super) async fn look(context: &WorkerContext) -> bool {
    match view(context).await {
        Some(view) => judge_blocks(context, &view).await,
        None => false,
    }
}

/// What there is to look at; nothing when there is nothing, or store or chain do not answer.
async fn view(context: &WorkerContext) -> Option<View> {
    read_view(context).await.unwrap_or_else(|error| {
        tracing::warn!(error = with_causes(&error), "the blocks of mints cannot be looked at");
        None
    })
}

async fn read_view(context: &WorkerContext) -> Result<Option<View>, ViewError> {
    let blocks = context.store.minted_blocks().await?;
    if blocks.is_empty() {
        task::moved();
        return Ok(None);
    }
    fault::point("finality.before").await;
    let (head, last_final) = (context.chain.head().await?, context.chain.final_head().await?);
    task::moved();
    Ok(Some(View { blocks, head, last_final }))
}

/// Records what is final and what has vanished; `false` when there is neither.
async fn judge_blocks(context: &WorkerContext, view: &View) -> bool {
    let until = context.clock.now_seconds().max(view.last_final.timestamp) + VALIDITY_MAX.as_secs();
    let mut any = false;
    for block in &view.blocks {
        let event = match context.chain.is_canonical(block.number, block.hash).await {
            Ok(true) if block.number <= view.last_final.number => Event::Finalized,
            Ok(true) => continue,
            Ok(false) => Event::Unseen { until },
            Err(error) => {
                tracing::warn!(error = with_causes(&error), "a block with mints cannot be read");
                continue;
            }
        };
        any |= record_block(context, block, &event).await.unwrap_or(false);
    }
    any
}

async fn record_block(context: &WorkerContext, block: &MintedBlock, event: &Event) -> Result<bool, Stop> {
    let mints = context.store.minted_in(block).await?;
    let transition = |mint| Transition::new(ClaimedMint::unclaimed(mint), vec![event.clone()]);
    let transitions = mints.into_iter().map(|stored| transition(stored.mint)).collect();
    Ok(!store_transitions(context, transitions).await?.is_empty())
}
