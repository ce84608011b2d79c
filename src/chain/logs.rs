//! Logs in a range of blocks, asked for in as many questions as the endpoint wants.
//!
//! What an endpoint refuses, and in which words, differs from one to the next: Alchemy takes 10 or 500 blocks at once,
//! Infura 10 000, QuickNode 5, others count logs or seconds. So whatever is refused is asked again in halves, and what
//! then passed is remembered for a while.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use alloy::providers::{Provider, RootProvider};
use alloy::rpc::types::{Filter, Log};

use super::rpc::ChainError;

/// Most blocks of one question.
pub(super) const SPAN_MAX: u64 = 50_000;
/// Questions of one look at the newest blocks, at most.
const QUESTIONS_AT_ONCE: u64 = 100;
/// After this time a wider question is tried again.
const REMEMBERED: Duration = Duration::from_secs(3_600);

/// How many blocks the endpoints answer about at once, as far as that was learned.
#[derive(Clone, Debug, Default)]
pub(super) struct LogSpan(Arc<Mutex<Option<(u64, Instant)>>>);

impl LogSpan {
    /// Blocks that a question may span which would rather span `wanted`.
    fn blocks(&self, wanted: u64) -> u64 {
        let learned = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        learned.filter(|(_, at)| at.elapsed() < REMEMBERED).map_or(wanted, |(blocks, _)| blocks.min(wanted))
    }

    /// The newest block up to which a bounded number of questions leads from another one.
    pub(super) fn reach(&self, from: u64) -> u64 {
        from.saturating_add(self.blocks(SPAN_MAX).saturating_mul(QUESTIONS_AT_ONCE).min(SPAN_MAX))
    }

    fn learn(&self, blocks: u64) {
        if blocks < self.blocks(u64::MAX) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((blocks, Instant::now()));
        }
    }
}

/// A search at one endpoint.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogSearch<'a> {
    pub(super) provider: &'a RootProvider,
    pub(super) filter: &'a Filter,
    pub(super) span: &'a LogSpan,
}

impl LogSearch<'_> {
    /// All logs in a range of blocks, oldest first.
    pub(super) async fn between(&self, (first, last): (u64, u64)) -> Result<Vec<Log>, ChainError> {
        let (mut found, mut from) = (Vec::new(), first);
        while from <= last {
            let to = last.min(from.saturating_add(self.span.blocks(SPAN_MAX) - 1));
            let (part, to) = self.part((from, to), |size| (from, from + size - 1)).await?;
            found.extend(part);
            from = to.1 + 1;
        }
        Ok(found)
    }

    /// The newest logs in a range of blocks, oldest first: all of them, or at least `enough`, or what `questions_max`
    /// questions brought; and whether the whole range was looked at. `width` is what is asked for first.
    pub(super) async fn newest(
        &self,
        (first, last): (u64, u64),
        enough: usize,
        (width, questions_max): (u64, usize),
    ) -> Result<(Vec<Log>, bool), ChainError> {
        let (mut found, mut to) = (Vec::new(), last);
        if first > last {
            return Ok((found, true));
        }
        for _ in 0..questions_max {
            let from = to.saturating_sub(self.span.blocks(width) - 1).max(first);
            let (mut part, asked) = self.part((from, to), |size| (to + 1 - size, to)).await?;
            part.append(&mut found);
            found = part;
            if asked.0 <= first {
                return Ok((found, true));
            }
            if found.len() >= enough {
                break;
            }
            to = asked.0 - 1;
        }
        Ok((found, false))
    }

    /// A range, or what `halved` makes of half of it, and so on; which one was answered.
    async fn part(
        &self,
        mut range: (u64, u64),
        halved: impl Fn(u64) -> (u64, u64),
    ) -> Result<(Vec<Log>, (u64, u64)), ChainError> {
        let mut was_refused = false;
        loop {
            let (from, to) = range;
            let asked = self.provider.get_logs(&self.filter.clone().from_block(from).to_block(to)).await;
            match asked.map_err(ChainError::from) {
                Ok(logs) => {
                    if was_refused {
                        self.span.learn(to - from + 1);
                    }
                    return Ok((logs, range));
                }
                Err(ChainError::Refused(_)) if to > from => {
                    was_refused = true;
                    range = halved((to - from).div_ceil(2));
                }
                Err(error) => return Err(error),
            }
        }
    }
}
