//! Clocks of machines that go wrong while claims are held.

use std::time::Duration;

use cre_backend::store::Store;
use cre_backend::store::lease::{Claimed, SlotLease, Work};

use super::world::{HOUR_MS, LEASE, TRANSMITTERS, World};
use crate::fault_kind::FaultKind;

/// What an instance holds while another one works: mints, and a transmitter key.
#[derive(Debug, Default)]
struct Held {
    claim: Option<Claimed>,
    slot: Option<SlotLease>,
}

impl World {
    /// The clock of an instance's machine goes wrong, and both instances work before either reads the database's: each of
    /// them once beside what the other one holds, and then both at once.
    pub(super) async fn skew(&mut self) {
        let (by_ms, detail) = *self.dice.pick(&[
            (10_000, "10 s ahead"),
            (-10_000, "10 s behind"),
            (HOUR_MS, "an hour ahead"),
            (-HOUR_MS, "an hour behind"),
        ]);
        self.report.count_fault(FaultKind::ClockSkew, detail);
        let (here, neighbour) = (self.here, (self.here + 1) % self.instances.len());
        self.ask().await;
        let held = self.hold(neighbour).await;
        self.instances[here].clock.advance(by_ms);
        self.ask().await;
        self.work_beside(neighbour, held).await;
        let held = self.hold(here).await;
        self.here = neighbour;
        self.work_beside(here, held).await;
        self.here = here;
        self.work_here_or_everywhere().await;
        self.work(Some(Work::Settle)).await;
    }

    fn store_of(&self, at: usize) -> Store {
        self.instances[at].gateway.as_ref().expect("a process lives while the world does").store.clone()
    }

    /// An instance takes what is due, and keeps it.
    async fn hold(&mut self, at: usize) -> Held {
        let store = self.store_of(at);
        let taking = async move {
            let claim = store.claim(Work::Mint, LEASE, |_| 1).await.expect("the store answers");
            let slot = store.claim_slot(TRANSMITTERS, LEASE).await.expect("the store answers");
            Held { claim, slot }
        };
        self.survive_all(&[at], taking).await.unwrap_or_default()
    }

    /// The process that acts works; what the other one holds is not taken from it.
    async fn work_beside(&mut self, holder: usize, held: Held) {
        self.work(Some(Work::Mint)).await;
        self.work(Some(Work::Settle)).await;
        let store = self.store_of(holder);
        let Held { claim, slot } = held;
        let keeping = async move {
            let (mut mints, mut key) = (None, None);
            if let Some(Claimed { owner, basket, .. }) = &claim {
                mints = Some(store.renew_claim(owner, LEASE).await.expect("the store answers"));
                store.release_claim(*basket, owner, 0, 0).await.expect("the store answers");
            }
            if let Some(slot) = slot {
                key = Some(store.renew_slot(slot, LEASE).await.expect("the store answers"));
                store.renew_slot(slot, Duration::ZERO).await.expect("the store answers");
            }
            [("mints", mints), ("key", key)]
        };
        for (what, is_kept) in self.survive_all(&[holder], keeping).await.into_iter().flatten() {
            if let Some(is_kept) = is_kept {
                let wrong = (!is_kept).then(|| format!("taken by instance {}", self.here));
                self.check_that(&format!("a living process keeps the {what} that it holds"), wrong);
            }
        }
    }
}
