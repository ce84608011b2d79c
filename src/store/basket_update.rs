//! Something that befell baskets, to be stored in one transaction.

use std::fmt;
use std::sync::Arc;

use sqlx::FromRow;

use super::admission::BreakerUpdate;
use crate::domain::breaker::Breaker;
use crate::domain::{BasketId, EventKind};

type BreakerRule = dyn Fn(&Breaker, i64) -> Option<BreakerUpdate> + Send + Sync;

/// An event about a basket instead of a mint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasketEvent {
    /// The basket.
    pub basket: BasketId,
    /// What happened.
    pub kind: EventKind,
    /// JSON text, one line.
    pub data: String,
}

/// Something that befell baskets: breakers move, events are logged, the chain cursor goes on; all or nothing.
#[derive(Clone, Default)]
pub struct BasketUpdate {
    /// The cursor to store, if it still has the version that was read.
    pub cursor: Option<ChainCursor>,
    /// Breakers by basket; the rule sees the stored one and the database's time, unix ms.
    pub breakers: Vec<(BasketId, Arc<BreakerRule>)>,
    /// Events.
    pub events: Vec<BasketEvent>,
}

impl fmt::Debug for BasketUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BasketUpdate")
            .field("cursor", &self.cursor)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

impl BasketUpdate {
    /// Adds a move of one basket's breaker.
    pub fn move_breaker(
        &mut self,
        basket: BasketId,
        rule: impl Fn(&Breaker, i64) -> Option<BreakerUpdate> + Send + Sync + 'static,
    ) {
        self.breakers.push((basket, Arc::new(rule)));
    }
}

/// How far the chain was followed.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ChainCursor {
    /// Every block up to this one was judged and is final.
    pub cursor_block: i64,
    /// What was judged above it, as JSON.
    pub seen_json: String,
    /// Counts the changes; 0 = not stored yet.
    pub version: i64,
}
