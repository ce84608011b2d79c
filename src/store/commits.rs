//! What the writer is asked to commit.

use tokio::sync::oneshot;

use super::basket_update::BasketUpdate;
use super::database::Store;
use super::error::StoreError;
use super::queue::{Recount, Write};
use super::rows::{Accepted, MintUpdate, NewMint, StoredMint, UpdateOutcome};
use crate::domain::BasketId;

impl Store {
    /// Stores a mint and its first event in one transaction, unless key or reference are known or the rule refuses it.
    /// On an error it may or may not be stored.
    pub async fn accept(&self, new: NewMint) -> Result<Accepted, StoreError> {
        self.commit(|answer| Write::Accept(Box::new(new), answer)).await
    }

    /// Writes down a refusal at admission; an equal one of the last minute is counted instead, and an equal request that
    /// was taken since is the answer. A refusal holds neither key nor reference.
    pub async fn refuse(&self, new: NewMint) -> Result<StoredMint, StoreError> {
        self.commit(|answer| Write::Refuse(Box::new(new), answer)).await
    }

    /// Stores a change and its events in one transaction. On an error it may or may not be stored.
    pub async fn update(&self, update: MintUpdate) -> Result<UpdateOutcome, StoreError> {
        self.commit(|answer| Write::Update(Box::new(update), answer)).await
    }

    /// Stores what befell baskets in one transaction; `false` when the cursor had moved on and nothing changed. On an
    /// error it may or may not be stored.
    pub async fn update_baskets(&self, update: BasketUpdate) -> Result<bool, StoreError> {
        self.commit(|answer| Write::Baskets(Box::new(update), answer)).await
    }

    /// Counts the promises of a basket anew under its lock, and keeps what was counted.
    pub async fn recount(&self, basket: BasketId) -> Result<Recount, StoreError> {
        self.commit(|answer| Write::Recount(basket, answer)).await
    }

    pub(super) async fn commit<T>(
        &self,
        write: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Write,
    ) -> Result<T, StoreError> {
        let (answer, reply) = oneshot::channel();
        self.writes.send(write(answer)).await.map_err(|_| StoreError::Closed)?;
        reply.await.map_err(|_| StoreError::Closed)?
    }
}
