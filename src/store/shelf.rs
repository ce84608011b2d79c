//! The books that the writer keeps open from one transaction to the next: what a basket has promised is read once and
//! then kept up with, instead of being read for every acceptance.
//!
//! They hold as long as nobody else wrote. Every change of a mint is an event, and every writer takes the end of the log
//! first: when it is where this writer left it, nothing has changed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sqlx::{Any, Transaction};

use super::Change;
use super::books::{Admission, Books, Breaking, PROMISES, Promise, Ruling, stored};

/// States of mints that have not ended, as [`PROMISES`] has them.
const UNFINISHED: [&str; 4] = ["queued", "executing", "submitted", "uncertain"];

/// The open books.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    /// End of the log up to which they hold.
    seq: i64,
    /// By consumer.
    open: HashMap<String, Open>,
}

#[derive(Debug)]
struct Open {
    /// Block above which minted ones are in the books.
    minted_above: i64,
    books: Books,
    /// Whether the breaker was read in this transaction; it may move without an event.
    has_breaker: bool,
}

impl Open {
    /// Leaves out what was minted up to a higher block.
    fn raise(&mut self, minted_above: i64) {
        if minted_above > self.minted_above {
            self.minted_above = minted_above;
            self.books.promises.retain(|_, promise| is_promised(promise.minted_block, minted_above));
        }
    }
}

const fn is_promised(minted_block: i64, minted_above: i64) -> bool {
    minted_block == 0 || minted_block > minted_above
}

impl Shelf {
    /// Begins a transaction that found the log's end at `seq`.
    pub(super) fn begin(&mut self, seq: i64) {
        if seq != self.seq {
            self.open.clear();
        }
        for open in self.open.values_mut() {
            open.has_breaker = false;
        }
    }

    /// The transaction was committed and left the log's end at `seq`.
    pub(super) const fn committed(&mut self, seq: i64) {
        self.seq = seq;
    }

    /// The transaction failed: nothing of what it did is true.
    pub(super) fn discard(&mut self) {
        self.open.clear();
    }

    /// Shows the books to the rule.
    pub(super) async fn admit(
        &mut self,
        tx: &mut Transaction<'_, Any>,
        consumer: &str,
        admission: &Admission,
    ) -> Result<Ruling, sqlx::Error> {
        let minted_above = admission.minted_above;
        if self.open.get(consumer).is_some_and(|open| open.minted_above > minted_above) {
            self.open.remove(consumer);
        }
        let open = match self.open.entry(consumer.to_owned()) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(place) => {
                let rows = sqlx::query_as::<_, Promise>(PROMISES).bind(consumer).bind(minted_above);
                let promises = rows.fetch_all(&mut **tx).await?;
                let promises = promises.into_iter().map(|promise| (promise.id.clone(), promise)).collect();
                let books = Books { breaker: None, promises };
                place.insert(Open { minted_above, books, has_breaker: false })
            }
        };
        open.raise(minted_above);
        if !open.has_breaker {
            open.books.breaker = stored(tx, consumer).await?;
            open.has_breaker = true;
        }
        Ok((admission.rule)(&open.books))
    }

    /// Adds what was just accepted.
    pub(super) fn add(&mut self, consumer: &str, promise: Promise) {
        if let Some(open) = self.open.get_mut(consumer) {
            open.books.promises.insert(promise.id.clone(), promise);
        }
    }

    /// A breaker moved in this transaction.
    pub(super) fn moved(&mut self, consumer: &str, breaking: &Breaking) {
        if let Some(open) = self.open.get_mut(consumer) {
            open.books.breaker = Some(breaking.breaker_json.clone());
        }
    }

    /// A mint changed.
    pub(super) fn changed(&mut self, change: &Change) {
        let Some(open) = self.open.get_mut(&change.consumer) else { return };
        let minted_block = change.minted_in.as_ref().map_or(0, |block| block.minted_block);
        let counts = match minted_block {
            0 => UNFINISHED.contains(&change.state),
            _ => is_promised(minted_block, open.minted_above),
        };
        match (counts, open.books.promises.get_mut(&change.id)) {
            (true, Some(promise)) => promise.minted_block = minted_block,
            // What it promises is in the database only.
            (true, None) => drop(self.open.remove(&change.consumer)),
            (false, _) => drop(open.books.promises.remove(&change.id)),
        }
    }
}
