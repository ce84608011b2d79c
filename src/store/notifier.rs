//! What was committed last, and who waits for more: a mint wakes those who asked for it, and every commit wakes those
//! who look for work.
//!
//! Waking is a hint and never an answer: whoever is woken reads the database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{broadcast, watch};
use uuid::Uuid;

use super::event::{LogHead, LoggedEvent};

/// Committed events that a slow listener may lag behind before it has to read the log again.
const SIGNALS_MAX: usize = 1024;

/// Something was committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Number of the event.
    pub seq: i64,
    /// The mint it is about; nil = a basket.
    pub mint: Uuid,
}

/// Everybody in this process who waits for commits.
#[derive(Clone, Debug)]
pub(super) struct CommitNotifier {
    /// Every event, for those who pass on all of them.
    events: broadcast::Sender<Signal>,
    head: watch::Sender<LogHead>,
    waiting: WaitingRoom,
}

/// Those who wait, by mint.
type WaitingRoom = Arc<Mutex<HashMap<Uuid, Waiting>>>;

/// Those who wait for one mint.
#[derive(Debug)]
struct Waiting {
    callers: usize,
    /// What happened last.
    kinds: watch::Sender<String>,
}

impl CommitNotifier {
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

    pub(super) fn subscribe(&self, mint: Uuid) -> MintSubscription {
        let mut waiting = entered(&self.waiting);
        let of_mint = waiting
            .entry(mint)
            .or_insert_with(|| Waiting { callers: 0, kinds: watch::channel(String::new()).0 });
        of_mint.callers += 1;
        MintSubscription { mint, kinds: of_mint.kinds.subscribe(), waiting: Arc::clone(&self.waiting) }
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
        for event in entries {
            let mint = event.subject.parse().unwrap_or(Uuid::nil());
            if let Some(of_mint) = entered(&self.waiting).get(&mint) {
                of_mint.kinds.send_replace(event.kind.clone());
            }
            // No listener is no error.
            let _ = self.events.send(Signal { seq: event.seq, mint });
        }
    }
}

fn entered(waiting: &WaitingRoom) -> MutexGuard<'_, HashMap<Uuid, Waiting>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What happens to one mint from now on.
#[derive(Debug)]
pub struct MintSubscription {
    mint: Uuid,
    kinds: watch::Receiver<String>,
    waiting: WaitingRoom,
}

impl MintSubscription {
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

impl Drop for MintSubscription {
    fn drop(&mut self) {
        let mut waiting = entered(&self.waiting);
        let Some(of_mint) = waiting.get_mut(&self.mint) else { return };
        of_mint.callers -= 1;
        if of_mint.callers == 0 {
            waiting.remove(&self.mint);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn event(seq: i64, mint: Uuid, kind: &str) -> LoggedEvent {
        LoggedEvent {
            seq,
            account_id: "default".to_owned(),
            subject: mint.to_string(),
            kind: kind.to_owned(),
            at: 0,
            salt: String::new(),
            data: "{}".to_owned(),
            data_hash: String::new(),
            hash: seq.to_string(),
        }
    }

    #[test]
    fn notifier_wakes_those_who_wait_for_a_mint() {
        let notifier = CommitNotifier::new(LogHead { seq: 0, hash: String::new() });
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut waiting = notifier.subscribe(one);
        let is_wanted = |kind: &str| kind == "mint.minted";
        notifier.publish(&[event(1, one, "mint.queued"), event(2, other, "mint.minted")]);
        assert_eq!(waiting.until(is_wanted).now_or_never(), None, "neither is what is waited for");
        notifier.publish(&[event(3, one, "mint.minted")]);
        assert_eq!(waiting.until(is_wanted).now_or_never(), Some(()));
        assert_eq!(*notifier.head().borrow(), LogHead { seq: 3, hash: "3".to_owned() });
        drop(waiting);
        assert!(entered(&notifier.waiting).is_empty(), "nobody waits any more");
    }
}
