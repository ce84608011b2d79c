//! Writes that wait for the writer.

use std::time::Duration;

use alloy::primitives::U256;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::access_update::AccessUpdate;
use super::basket_update::BasketUpdate;
use super::error::StoreError;
use super::lease::{Claimed, SlotLease, Work};
use super::rows::{Accepted, MintUpdate, NewMint, StoredMint, UpdateOutcome};
use crate::domain::BasketId;
use crate::domain::access::{Allowance, ChangeOutcome};

/// Writes that may wait for the writer.
pub(super) const QUEUE_MAX: usize = 1_024;

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// A claim to be taken.
#[derive(Clone, Debug)]
pub(super) struct NewClaim {
    pub(super) work: Work,
    pub(super) basket: BasketId,
    pub(super) owner: String,
    pub(super) lease: Duration,
    pub(super) most: usize,
}

/// What is given back of a claim.
#[derive(Clone, Debug)]
pub(super) struct Release {
    pub(super) basket: BasketId,
    pub(super) owner: String,
    /// Only this mint, under this number; `None` = whatever is left of the claim.
    pub(super) mint: Option<(Uuid, i64)>,
    /// When it is due again, from now.
    pub(super) pause_ms: i64,
    /// No run of the basket begins before, from now.
    pub(super) basket_pause_ms: i64,
    /// Only if the claim has missed its heartbeats.
    pub(super) if_lapsed: bool,
}

/// Sums of a basket's promises: as they are kept, and as they are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recount {
    /// The figure that admissions rely on, base units.
    pub kept: U256,
    /// The sum over the queue, base units; the greatest number where a row cannot be read.
    pub counted: U256,
}

/// A write and where its answer goes.
#[derive(Debug)]
pub(super) enum Write {
    /// Accept a mint.
    Accept(Box<NewMint>, Reply<Accepted>),
    /// Write down a refusal at admission.
    Refuse(Box<NewMint>, Reply<StoredMint>),
    /// Change a mint.
    Update(Box<MintUpdate>, Reply<UpdateOutcome>),
    /// Write down what befell baskets; `false` when the cursor had moved on.
    Baskets(Box<BasketUpdate>, Reply<bool>),
    /// Change accounts, grants or keys.
    Access(Box<AccessUpdate>, Reply<ChangeOutcome>),
    /// Claim what is due.
    Claim(Box<NewClaim>, Reply<Option<Claimed>>),
    /// Prolong a claim; `false` when nothing of it is left.
    Renew(String, Duration, Reply<bool>),
    /// Give a claim back.
    Release(Box<Release>, Reply<()>),
    /// Claim a transmitter key below this number.
    ClaimSlot(usize, Duration, Reply<Option<SlotLease>>),
    /// Prolong a transmitter key, or free it with a lease of zero; `false` when it was lost.
    RenewSlot(SlotLease, Duration, Reply<bool>),
    /// Count the promises of a basket anew, and keep what was counted.
    Recount(BasketId, Reply<Recount>),
}

impl Write {
    /// Baskets whose rows it touches.
    pub(super) fn baskets(&self) -> Vec<BasketId> {
        match self {
            Self::Accept(new, _) | Self::Refuse(new, _) => vec![new.order.basket()],
            Self::Update(update, _) => vec![update.basket],
            Self::Baskets(update, _) => update.breakers.iter().map(|(basket, _)| *basket).collect(),
            Self::Claim(claim, _) => vec![claim.basket],
            Self::Release(release, _) => vec![release.basket],
            Self::Recount(basket, _) => vec![*basket],
            Self::Access(..) | Self::Renew(..) | Self::ClaimSlot(..) | Self::RenewSlot(..) => Vec::new(),
        }
    }

    /// The limits that it may be over.
    pub(super) fn allowance(&self) -> Option<&Allowance> {
        match self {
            Self::Accept(new, _) => Some(&new.allowance),
            Self::Update(update, _) => Some(&update.allowance),
            _ => None,
        }
    }

    /// Says why it was not written.
    pub(super) fn fail(self, why: &StoreError) {
        match self {
            Self::Accept(_, to) => drop(to.send(Err(why.clone()))),
            Self::Refuse(_, to) => drop(to.send(Err(why.clone()))),
            Self::Update(_, to) => drop(to.send(Err(why.clone()))),
            Self::Baskets(_, to) | Self::Renew(_, _, to) | Self::RenewSlot(_, _, to) => {
                drop(to.send(Err(why.clone())));
            }
            Self::Access(_, to) => drop(to.send(Err(why.clone()))),
            Self::Claim(_, to) => drop(to.send(Err(why.clone()))),
            Self::Release(_, to) => drop(to.send(Err(why.clone()))),
            Self::ClaimSlot(_, _, to) => drop(to.send(Err(why.clone()))),
            Self::Recount(_, to) => drop(to.send(Err(why.clone()))),
        }
    }

    /// Sends the answer. A caller that went away (disconnect) does not need it; the write stands.
    pub(super) fn answer(self, answer: Answer) {
        match (self, answer) {
            (Self::Accept(_, to), Answer::Accepted(done)) => drop(to.send(Ok(*done))),
            (Self::Refuse(_, to), Answer::Refused(done)) => drop(to.send(Ok(*done))),
            (Self::Update(_, to), Answer::Updated(done)) => drop(to.send(Ok(done))),
            (
                Self::Baskets(_, to) | Self::Renew(_, _, to) | Self::RenewSlot(_, _, to),
                Answer::Done(done),
            ) => {
                drop(to.send(Ok(done)));
            }
            (Self::Access(_, to), Answer::Changed(done)) => drop(to.send(Ok(done))),
            (Self::Claim(_, to), Answer::Claimed(done)) => drop(to.send(Ok(done))),
            (Self::Release(_, to), Answer::Done(_)) => drop(to.send(Ok(()))),
            (Self::ClaimSlot(_, _, to), Answer::Slot(done)) => drop(to.send(Ok(done))),
            (Self::Recount(_, to), Answer::Recounted(done)) => drop(to.send(Ok(done))),
            (write, _) => write.fail(&StoreError::Closed),
        }
    }
}

/// What became of a write.
#[derive(Debug)]
pub(super) enum Answer {
    Accepted(Box<Accepted>),
    Refused(Box<StoredMint>),
    Updated(UpdateOutcome),
    Done(bool),
    Changed(ChangeOutcome),
    Claimed(Option<Claimed>),
    Slot(Option<SlotLease>),
    Recounted(Recount),
}
