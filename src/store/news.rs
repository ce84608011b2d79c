//! What was committed last, and who waits for more: a mint wakes those who asked for it, and every commit wakes those
//! who look for work.
//!
//! Waking is a hint and never an answer: whoever is woken reads the database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{broadcast, watch};
use uuid::Uuid;

use super::LoggedEvent;

/// Committed events that a slow listener may lag behind before it has to read the log again.
const SIGNALS_MAX: usize = 1024;

/// Something was committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Number of the event.
    pub seq: i64,
    /// The mint it is about; nil = a basket.
    pub mint: Uuid,
    /// What happened.
    pub kind: Arc<str>,
}

impl Signal {
    fn of(event: &LoggedEvent) -> Self {
        let mint = event.mint_id.parse().unwrap_or(Uuid::nil());
        Self { seq: event.seq, mint, kind: event.kind.as_str().into() }
    }
}

/// The newest event of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogHead {
    /// Its number; 0 = the log is empty.
    pub seq: i64,
    /// Its hash, in which those of all events before it are contained.
    pub hash: String,
}

/// Everybody in this process who waits for commits.
#[derive(Clone, Debug)]
pub(super) struct News {
    /// Every event, for those who pass on all of them.
    events: broadcast::Sender<Signal>,
    head: watch::Sender<LogHead>,
    waiting: Arc<Mutex<HashMap<Uuid, Waiting>>>,
}

/// Those who wait for one mint.
#[derive(Debug)]
struct Waiting {
    callers: usize,
    /// What happened last.
    kinds: watch::Sender<Arc<str>>,
}

impl News {
    pub(super) fn new(head: LogHead) -> Self {
        Self {
            events: broadcast::channel(SIGNALS_MAX).0,
            head: watch::channel(head).0,
            waiting: Arc::default(),
        }
    }

    pub(super) fn events(&self) -> broadcast::Receiver<Signal> {
        self.events.subscribe()
    }

    pub(super) fn head(&self) -> watch::Receiver<LogHead> {
        self.head.subscribe()
    }

    pub(super) fn of(&self, mint: Uuid) -> MintNews {
        let mut waiting = self.waiting();
        let of_mint = waiting
            .entry(mint)
            .or_insert_with(|| Waiting { callers: 0, kinds: watch::channel(Arc::from("")).0 });
        of_mint.callers += 1;
        MintNews { mint, kinds: of_mint.kinds.subscribe(), news: self.clone() }
    }

    /// Tells everybody whom it concerns what was committed.
    pub(super) fn publish(&self, entries: &[LoggedEvent]) {
        let Some(last) = entries.last() else { return };
        self.head.send_if_modified(|head| {
            let is_newer = head.seq < last.seq;
            if is_newer {
                *head = LogHead { seq: last.seq, hash: last.hash.clone() };
            }
            is_newer
        });
        let signals = entries.iter().map(Signal::of);
        for signal in signals {
            if let Some(of_mint) = self.waiting().get(&signal.mint) {
                of_mint.kinds.send_replace(Arc::clone(&signal.kind));
            }
            // No listener is no error.
            let _ = self.events.send(signal);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Uuid, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What happens to one mint from now on.
#[derive(Debug)]
pub struct MintNews {
    mint: Uuid,
    kinds: watch::Receiver<Arc<str>>,
    news: News,
}

impl MintNews {
    /// Waits until the newest event that was not seen yet is one of those; of several at once only the last counts.
    pub async fn until(&mut self, is_wanted: impl Fn(&str) -> bool) {
        // The sender lives as long as this receiver.
        while self.kinds.changed().await.is_ok() {
            if is_wanted(&self.kinds.borrow_and_update()) {
                return;
            }
        }
    }
}

impl Drop for MintNews {
    fn drop(&mut self) {
        let mut waiting = self.news.waiting();
        let Some(of_mint) = waiting.get_mut(&self.mint) else { return };
        of_mint.callers -= 1;
        if of_mint.callers == 0 {
            waiting.remove(&self.mint);
        }
    }
}
