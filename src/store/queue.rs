//! Writes that wait for the writer.

use tokio::sync::oneshot;

use super::basket_update::BasketUpdate;
use super::error::StoreError;
use super::rows::{Accepted, MintUpdate, NewMint, UpdateOutcome};

/// Writes that may wait for the writer.
pub(super) const QUEUE_MAX: usize = 1_024;

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// A write and where its answer goes.
#[derive(Debug)]
pub(super) enum Write {
    /// Accept a mint.
    Accept(Box<NewMint>, Reply<Accepted>),
    /// Change a mint.
    Update(Box<MintUpdate>, Reply<UpdateOutcome>),
    /// Write down what befell baskets; `false` when the cursor had moved on.
    Baskets(Box<BasketUpdate>, Reply<bool>),
}

/// What became of a write.
#[derive(Debug)]
pub(super) enum Answer {
    /// Of [`Write::Accept`].
    Accepted(Box<Accepted>),
    /// Of [`Write::Update`].
    Updated(UpdateOutcome),
    /// Of [`Write::Baskets`].
    Baskets(bool),
}

impl Write {
    /// Sends the answer. A caller that went away (disconnect) does not need it; the write stands.
    pub(super) fn answer(self, answer: Answer) {
        match (self, answer) {
            (Self::Accept(_, to), Answer::Accepted(accepted)) => drop(to.send(Ok(*accepted))),
            (Self::Update(_, to), Answer::Updated(updated)) => drop(to.send(Ok(updated))),
            (Self::Baskets(_, to), Answer::Baskets(done)) => drop(to.send(Ok(done))),
            (write, _) => write.fail(&StoreError::Closed),
        }
    }

    /// Says why it was not written.
    pub(super) fn fail(self, why: &StoreError) {
        match self {
            Self::Accept(_, to) => drop(to.send(Err(why.clone()))),
            Self::Update(_, to) => drop(to.send(Err(why.clone()))),
            Self::Baskets(_, to) => drop(to.send(Err(why.clone()))),
        }
    }
}
