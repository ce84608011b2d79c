//! Blocks with mints: final, still there, or gone.
//!
//! Nothing is claimed for that: several gateways may look at the same blocks, and of two that find the same thing one is
//! first.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use alloy::primitives::B256;

use super::claim::ClaimedMint;
use super::context::{Stop, WorkerContext};
use super::transition::{Transition, store_transitions};
use crate::base::logging::with_causes;
use crate::base::{fault, task};
use crate::chain::{ChainError, Head};
use crate::domain::state::{Event, VALIDITY_MAX};
use crate::store::{MintedBlock, StoreError, WatchName};

/// Pause between two looks at what the database has.
const PAUSE: Duration = Duration::from_millis(500);
/// Pause before the first question to the chain; each further one in vain is twice as long.
const ASK_PAUSE_MIN: Duration = Duration::from_secs(2);
/// Longest pause between two questions: finality takes seconds on some chains, a quarter of an hour on others.
const ASK_PAUSE_MAX: Duration = Duration::from_secs(16);

/// What there was at a look: blocks with mints that are not final, newest first, and the newest final block.
#[derive(Clone, Debug, PartialEq, Eq)]
struct View {
    blocks: Vec<MintedBlock>,
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

/// When the chain is asked again: ever more rarely, until a block became final or vanished.
#[derive(Debug)]
struct Pace {
    pause: Duration,
    asked: Instant,
}

impl Pace {
    fn begin() -> Self {
        Self { pause: ASK_PAUSE_MIN, asked: Instant::now() }
    }

    fn is_due(&self) -> bool {
        self.asked.elapsed() >= self.pause
    }

    fn after(&self, has_moved: bool) -> Self {
        let pause = if has_moved { ASK_PAUSE_MIN } else { (self.pause * 2).min(ASK_PAUSE_MAX) };
        Self { pause, asked: Instant::now() }
    }
}

/// Looks at the blocks with mints until the soft stop. Of several instances the one looks that follows the chain: it sees
/// the chain go back, and then looks at once.
pub(super) async fn follow(context: &WorkerContext) {
    let mut turns = context.chain.turns();
    let (mut pace, mut there): (Option<Pace>, BTreeSet<B256>) = (None, BTreeSet::new());
    while !context.soft_stop.is_cancelled() {
        pace = match (context.store.minted_blocks().await, pace) {
            (Ok(blocks), _) if blocks.is_empty() => {
                task::moved();
                there.clear();
                None
            }
            (Err(_), _) => {
                there.clear();
                None
            }
            (Ok(_), None) => Some(Pace::begin()),
            (Ok(_), Some(pace)) if !pace.is_due() => Some(pace),
            (Ok(_), Some(pace)) => Some(pace.after(look_if_ours(context, &mut there).await)),
        };
        tokio::select! {
            () = context.soft_stop.cancelled() => return,
            Ok(()) = turns.changed() => {
                there.clear();
                pace = pace.map(|_| Pace { pause: Duration::ZERO, ..Pace::begin() });
            }
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Looks once, where no other instance does.
async fn look_if_ours(context: &WorkerContext, there: &mut BTreeSet<B256>) -> bool {
    match context.store.has_watch(WatchName::Chain).await {
        Ok(true) => look_beyond(context, there).await,
        Ok(false) => {
            task::moved();
            false
        }
        Err(_) => false,
    }
}

/// Looks once, but not again at those blocks which are not final and are known to be there.
async fn look_beyond(context: &WorkerContext, there: &mut BTreeSet<B256>) -> bool {
    match view(context).await {
        Some(view) => judge_blocks(context, &view, there).await,
        None => false,
    }
}

/// Looks once; `false` when nothing was found or cannot be known.
pub(super) async fn look(context: &WorkerContext) -> bool {
    look_beyond(context, &mut BTreeSet::new()).await
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
    let last_final = context.chain.final_head().await?;
    task::moved();
    Ok(Some(View { blocks, last_final }))
}

/// Records what is final and what has vanished; `false` when there is neither. A block that is still there when whoever
/// follows the chain has come past it stays there until he sees the chain go back.
async fn judge_blocks(context: &WorkerContext, view: &View, there: &mut BTreeSet<B256>) -> bool {
    let until = context.clock.now_seconds().max(view.last_final.timestamp) + VALIDITY_MAX.as_secs();
    let seen = context.chain.seen();
    let mut any = false;
    for block in &view.blocks {
        let is_final = block.number <= view.last_final.number;
        if !is_final && (there.contains(&block.hash) || context.chain.has_followed(block.hash)) {
            continue;
        }
        let event = match context.chain.is_canonical(block.number, block.hash).await {
            Ok(true) if is_final => Event::Finalized,
            Ok(true) => {
                if block.number <= seen {
                    there.insert(block.hash);
                }
                continue;
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finality_is_asked_for_a_few_times_a_minute_however_many_wait() {
        let (mut pace, mut waited, mut looks) = (Pace::begin(), Duration::ZERO, 0);
        while waited < Duration::from_secs(600) {
            waited += pace.pause;
            looks += 1;
            pace = pace.after(false);
        }
        assert!((30..=50).contains(&looks), "{looks} looks in ten minutes");
        assert_eq!(pace.after(true).pause, ASK_PAUSE_MIN, "what moved moves on");
    }
}
