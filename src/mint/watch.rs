//! Blocks with mints: final, still there, or gone.
//!
//! Nothing is claimed for that: several gateways may look at the same blocks, and of two that find the same thing one is
//! first.

use std::time::Duration;

use super::Mint;
use super::batch::VALIDITY_MAX;
use super::state::Event;
use super::worker::{Claim, Note, Stop, Worker};
use crate::chain::{ChainError, Head};
use crate::fault;
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
enum Blind {
    Store(StoreError),
    Chain(ChainError),
}

impl Worker {
    /// Looks at the blocks with mints whenever one is new or the chain has moved, until the soft stop.
    pub async fn watch(self) {
        let mut seen = None;
        while !self.soft_stop.is_cancelled() {
            let view = self.view().await;
            if view != seen {
                if let Some(view) = &view {
                    self.judge_blocks(view).await;
                }
                seen = view;
            }
            tokio::select! {
                () = self.soft_stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Looks once; `false` when nothing was found or cannot be known.
    pub async fn watch_turn(&self) -> bool {
        match self.view().await {
            Some(view) => self.judge_blocks(&view).await,
            None => false,
        }
    }

    /// What there is to look at; nothing when there is nothing, or store or chain do not answer.
    async fn view(&self) -> Option<View> {
        let look = async {
            let blocks = self.store.minted_blocks().await.map_err(Blind::Store)?;
            if blocks.is_empty() {
                return Ok(None);
            }
            fault::point("finality.before").await;
            let head = self.chain.head().await.map_err(Blind::Chain)?;
            let last_final = self.chain.final_head().await.map_err(Blind::Chain)?;
            Ok(Some(View { blocks, head, last_final }))
        };
        look.await.unwrap_or_else(|blind| {
            match blind {
                Blind::Store(error) => tracing::error!(error = ?error, "the store failed under the worker"),
                Blind::Chain(error) => tracing::warn!(%error, "the blocks of mints cannot be looked at"),
            }
            None
        })
    }

    /// Notes what is final and what has vanished; `false` when there is neither.
    async fn judge_blocks(&self, view: &View) -> bool {
        let until = self.clock.now_seconds().max(view.last_final.timestamp) + VALIDITY_MAX.as_secs();
        let mut any = false;
        for block in &view.blocks {
            let number = u64::try_from(block.minted_block).unwrap_or_default();
            let is_there = match block.minted_hash.parse() {
                Ok(hash) => self.chain.is_canonical(number, hash).await,
                // Stored before blocks were: it is looked for again.
                Err(_) => Ok(false),
            };
            let event = match is_there {
                Ok(true) if number <= view.last_final.number => Event::Finalized,
                Ok(true) => continue,
                Ok(false) => Event::Unseen { until },
                Err(error) => {
                    tracing::warn!(%error, "a block with mints cannot be read");
                    continue;
                }
            };
            any |= self.note_block(block, &event).await.unwrap_or(false);
        }
        any
    }

    async fn note_block(&self, block: &MintedBlock, event: &Event) -> Result<bool, Stop> {
        let rows = self.store.minted_in(block).await?;
        let mints = rows.iter().filter_map(|row| Mint::try_from(row).ok());
        let note = |mint| Note::new(Claim { mint, fence: None, held: false }, vec![event.clone()]);
        Ok(!self.note_all(mints.map(note).collect()).await?.is_empty())
    }
}
