//! Whether anything of ours happened since the last look, by the header of the newest block.
//!
//! A header that follows the one that was seen last proves that nothing happened between the two, and its bloom filter
//! who cannot have logged anything in it. Where blocks were not seen, or a header proves nothing, anything may have
//! happened.

use std::time::{Duration, Instant};

use alloy::primitives::{Address, B256};

use crate::chain::{Chain, ChainError, Head, Sight, Standing};

/// Unseen blocks whose headers are read one by one.
const BRIDGED_MAX: u64 = 2;
/// How often it is asked what is final, at most.
pub(super) const FINAL_PAUSE: Duration = Duration::from_secs(60);
/// Blocks that the cursor may be behind while nothing happens.
const CURSOR_LAG: u64 = 1_000;

/// What may have happened since the last look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// Nothing of ours.
    None,
    /// Something in these blocks, oldest first, and in no other.
    In(Vec<Sight>),
    /// Something in any block.
    Anywhere,
}

/// What the last look saw.
#[derive(Debug, Default)]
pub(super) struct Watch {
    last: Option<Head>,
    /// The contracts that were followed then.
    contracts: Vec<Address>,
    /// Whether all blocks above the cursor are to be read once more: an endpoint may have been behind its own head.
    is_reading_due: bool,
    /// The blocks that the last look followed from the one before.
    followed: Vec<B256>,
    asked_final: Option<Instant>,
    cursor: Option<u64>,
}

impl Watch {
    /// What may have happened up to the newest block.
    pub(super) async fn news(
        &mut self,
        chain: &Chain,
        newest: &Sight,
        contracts: &[Address],
    ) -> Result<News, ChainError> {
        self.followed = vec![newest.head.hash];
        let Some(last) = self.last else { return Ok(News::Anywhere) };
        let mut unseen = vec![newest.clone()];
        if !newest.follows(&last) && newest.head.number <= last.number + 1 + BRIDGED_MAX {
            while let Some(later) = unseen.last().filter(|later| later.head.number > last.number + 1) {
                let before = chain.sight_before(later).await?;
                unseen.push(before);
            }
        }
        unseen.reverse();
        let mut before = last;
        for sight in &unseen {
            if !sight.follows(&before) {
                check_last(chain, &last).await?;
                return Ok(News::Anywhere);
            }
            before = sight.head;
        }
        self.followed = unseen.iter().map(|sight| sight.head.hash).collect();
        if self.is_reading_due || self.contracts != contracts {
            return Ok(News::Anywhere);
        }
        let blocks = unseen.iter().filter(|sight| sight.head.hash != last.hash);
        let blocks = blocks.filter(|sight| sight.may_have_logged(contracts));
        let blocks: Vec<Sight> = blocks.cloned().collect();
        Ok(if blocks.is_empty() { News::None } else { News::In(blocks) })
    }

    /// Notes that everything up to this block was looked at. Blocks that were read by their numbers are read again the
    /// next time: an endpoint may have been behind its own head, and then its silence about them says nothing.
    pub(super) fn note(&mut self, chain: &Chain, head: &Head, news: &News, contracts: &[Address]) {
        chain.note_followed(&self.followed);
        let is_first_reading = !self.is_reading_due || self.contracts != contracts;
        self.is_reading_due = *news == News::Anywhere && is_first_reading;
        self.last = Some(*head);
        self.contracts = contracts.to_vec();
    }

    /// Notes where the cursor is, and whether blocks between it and the newest one were left for the next look.
    pub(super) fn note_cursor(&mut self, cursor: u64, is_behind: bool) {
        self.cursor = Some(cursor);
        if is_behind {
            self.last = None;
        }
    }

    /// Whether the cursor is so far behind that it is to be moved although nothing happened.
    pub(super) fn is_cursor_due(&self, head: u64) -> bool {
        self.cursor.is_none_or(|cursor| head.saturating_sub(cursor) >= CURSOR_LAG) && self.is_final_due()
    }

    /// Whether it may be asked what is final; if so, it counts as asked.
    pub(super) fn may_ask_final(&mut self) -> bool {
        let is_due = self.is_final_due();
        if is_due {
            self.asked_final = Some(Instant::now());
        }
        is_due
    }

    fn is_final_due(&self) -> bool {
        self.asked_final.is_none_or(|at| at.elapsed() >= FINAL_PAUSE)
    }
}

/// Whether the block that was seen last is still there; if not, the chain went back, or it is another one.
async fn check_last(chain: &Chain, last: &Head) -> Result<(), ChainError> {
    let is_there = chain.is_canonical(last.number, last.hash).await;
    match is_there {
        Ok(true) => return Ok(()),
        Ok(false) => chain.note_turn(),
        // A chain that is not so long may be another one.
        Err(ChainError::Behind) => {}
        Err(error) => return Err(error),
    }
    let (found, known) = (chain.ask_chain_id().await?, chain.identity()?.chain_id);
    if found == known {
        return is_there.map(|_| ());
    }
    let why = format!("RPC_URL leads to chain {found} now, not to chain {known} as before");
    tracing::error!("nothing is minted: {why}");
    chain.set_standing(Standing::Foreign(why.into()));
    Err(chain.doubt().unwrap_or(ChainError::Disagree))
}
