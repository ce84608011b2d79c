//! What was read of the chain a moment ago, so that it is not asked for again. It may be lost at any time.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use alloy::primitives::B256;

use super::calls::Head;
use super::header::Sight;

/// Blocks of each kind that are remembered.
const BLOCKS_MAX: usize = 64;

/// What is remembered of one chain.
#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    /// Headers that prove their hash, whoever said them.
    headers: VecDeque<Sight>,
    /// Blocks that were followed one by one, none of which was seen to be gone since.
    followed: VecDeque<B256>,
    final_head: Option<(Head, Instant)>,
}

impl Recent {
    fn with<T>(&self, use_it: impl FnOnce(&mut Memory) -> T) -> T {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps a header, if it proves its own hash.
    pub(super) fn note_header(&self, sight: &Sight) {
        if sight.is_proven() {
            self.with(|memory| push(&mut memory.headers, sight.clone()));
        }
    }

    /// The block with this hash.
    pub(super) fn header(&self, hash: B256) -> Option<Sight> {
        self.with(|memory| memory.headers.iter().find(|sight| sight.head.hash == hash).cloned())
    }

    /// Notes blocks that follow one another up to the newest one.
    pub(super) fn note_followed(&self, blocks: &[B256]) {
        self.with(|memory| blocks.iter().for_each(|block| push(&mut memory.followed, *block)));
    }

    /// Whether a block is among those that were followed.
    pub(super) fn has_followed(&self, block: B256) -> bool {
        self.with(|memory| memory.followed.contains(&block))
    }

    /// Nothing that was followed may be taken for being there.
    pub(super) fn forget_followed(&self) {
        self.with(|memory| memory.followed.clear());
    }

    /// Notes the newest final block.
    pub(super) fn note_final(&self, head: Head) {
        self.with(|memory| memory.final_head = Some((head, Instant::now())));
    }

    /// The final block that was the newest one no longer ago than this.
    pub(super) fn final_head(&self, age_max: Duration) -> Option<Head> {
        self.with(|memory| memory.final_head.filter(|(_, at)| at.elapsed() <= age_max).map(|(head, _)| head))
    }
}

fn push<T: PartialEq>(all: &mut VecDeque<T>, one: T) {
    if all.contains(&one) {
        return;
    }
    if all.len() == BLOCKS_MAX {
        all.pop_front();
    }
    all.push_back(one);
}
