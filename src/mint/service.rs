//! What callers can do: ask for a mint, look at it, wait for it, withdraw it, try it again.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lru::LruCache;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{failure_map, telemetry, view};
use crate::base::clock::Clock;
use crate::base::logging::with_causes;
use crate::basket::{BasketError, BasketRegistry};
use crate::domain::admission::AdmissionRefusal;
use crate::domain::request::{Amount, BankReference, Draft};
use crate::domain::state::{Event, Progress, State, apply};
use crate::domain::{Basket, EventKind, Failure, FailureCode, Mint, Order};
use crate::reserve::{GuardError, ReserveGuard};
use crate::store::{
    Accepted, MintFilter, MintSubscription, MintUpdate, NEVER_MS, NewMint, Store, StoreError, UpdateOutcome,
};

/// Mints that are kept in memory, some two kilobytes each.
const KEPT_MAX: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// What the service needs to know.
#[derive(Clone, Debug)]
pub struct ServiceSettings {
    /// Largest single mint in whole tokens.
    pub max_tokens: String,
}

/// The mints of this gateway. Its methods fail with a [`Failure`] when the store does not answer.
#[derive(Clone, Debug)]
pub struct Service {
    store: Store,
    baskets: BasketRegistry,
    guard: ReserveGuard,
    clock: Clock,
    settings: Arc<ServiceSettings>,
    kept: Arc<Mutex<LruCache<Uuid, Kept>>>,
}

/// A mint as it was when the log ended at `seq`.
#[derive(Clone, Debug)]
struct Kept {
    mint: Mint,
    seq: i64,
}

/// A mint, and whether it answers a repeated request.
#[derive(Debug)]
pub struct Acceptance {
    /// The mint and what happens to it.
    pub pending: PendingMint,
    /// Whether an earlier request made it.
    pub replayed: bool,
}

/// A mint that somebody waits for: what happens to it after it was read wakes him.
#[derive(Debug)]
pub struct PendingMint {
    /// As it was read.
    pub mint: Mint,
    subscription: MintSubscription,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        failure_map::of_store_error(&error)
    }
}

impl From<BasketError> for Failure {
    fn from(error: BasketError) -> Self {
        match error {
            BasketError::Chain(error) => failure_map::of_chain_error(&error),
            BasketError::Store(error) => failure_map::of_store_error(&error),
            BasketError::Name(error) => error.into(),
            BasketError::Unknown(_) => Self::new(FailureCode::UnknownBasket, error.to_string()),
            BasketError::Mismatch => Self::new(FailureCode::BasketMismatch, error.to_string()),
            BasketError::NameTaken => Self::new(FailureCode::NotAllowed, error.to_string()),
        }
    }
}

impl From<GuardError> for Failure {
    fn from(error: GuardError) -> Self {
        match error {
            GuardError::Chain(error) => failure_map::of_chain_error(&error),
            GuardError::Store(error) => failure_map::of_store_error(&error),
        }
    }
}

impl Service {
    /// Puts the service together.
    #[must_use]
    pub fn new(
        store: Store,
        baskets: BasketRegistry,
        guard: ReserveGuard,
        clock: Clock,
        settings: ServiceSettings,
    ) -> Self {
        let kept = Arc::new(Mutex::new(LruCache::new(KEPT_MAX)));
        Self { store, baskets, guard, clock, settings: Arc::new(settings), kept }
    }

    /// Stores a request, or finds the mint that an equal one made before.
    ///
    /// # Errors
    /// When the request is malformed, contradicts an earlier one, or chain or store do not answer.
    pub async fn accept(&self, draft: &Draft, key: Option<String>) -> Result<Acceptance, Failure> {
        let accepted = self.try_accept(draft, key).await;
        match &accepted {
            Ok(acceptance) if acceptance.replayed => telemetry::mint_replayed(&acceptance.pending.mint),
            Ok(acceptance) => telemetry::mint_accepted(&acceptance.pending.mint),
            Err(failure) => telemetry::mint_refused(failure),
        }
        accepted
    }

    async fn try_accept(&self, draft: &Draft, key: Option<String>) -> Result<Acceptance, Failure> {
        let parsed = draft.parse()?;
        let basket = self.baskets.resolve(&parsed.basket).await?;
        let request = parsed.for_basket(basket, &self.settings.max_tokens)?;
        let id = self.clock.new_id();
        let order = request.order(BankReference::parse(&id.to_string())?);
        let fingerprint = request.fingerprint();
        let new = NewMint {
            id,
            event: (EventKind::MintAccepted, Value::Object(view::order(&order)).to_string()),
            order: order.clone(),
            progress: Progress::default(),
            idempotency_key: key,
            fingerprint: fingerprint.clone(),
            admission: None,
        };
        let subscription = self.store.subscribe(id);
        let known = match self.admit(new, &order).await? {
            Accepted::Refused(refusal) => return Err(failure_map::of_admission(&refusal, order.decimals)),
            Accepted::Inserted(stored) => {
                let pending = PendingMint { mint: stored.mint, subscription };
                return Ok(Acceptance { pending, replayed: false });
            }
            Accepted::SameKey(stored) if stored.fingerprint != fingerprint => {
                let detail = "this Idempotency-Key was used for a different request";
                return Err(Failure::new(FailureCode::IdempotencyMismatch, detail));
            }
            Accepted::SameReference(stored) if !stored.mint.order.is_same_payment(&order) => {
                let detail = "this bank reference was used for another beneficiary or amount";
                return Err(Failure::new(FailureCode::DuplicateReference, detail));
            }
            Accepted::SameKey(stored) | Accepted::SameReference(stored) => stored.mint.id,
        };
        let vanished = || Failure::new(FailureCode::StoreUnavailable, "the mint vanished");
        let pending = self.pending(known).await?.ok_or_else(vanished)?;
        Ok(Acceptance { pending, replayed: true })
    }

    /// Stores a mint under the rule of the guard. A refusal is checked before it is told: a breaker that waits for its
    /// probe may be told of its fate, and headroom that lacks may have been counted twice, by promises that the chain's
    /// supply contains already.
    async fn admit(&self, mut new: NewMint, order: &Order) -> Result<Accepted, Failure> {
        let (id, consumer, amount) = (new.id, order.consumer, order.amount);
        new.admission = Some(self.guard.admission(consumer, id, amount, BTreeSet::new()));
        let first = self.store.accept(new.clone()).await?;
        let Accepted::Refused(refusal) = &first else { return Ok(first) };
        let settled = match refusal {
            AdmissionRefusal::BreakerOpen(_) if self.guard.settle_probe(consumer).await? => BTreeSet::new(),
            AdmissionRefusal::BreakerOpen(_) => return Ok(first),
            AdmissionRefusal::Overdrawn { .. } => match self.guard.settled_references(consumer).await {
                Ok(settled) => settled,
                Err(error) => {
                    let error = with_causes(&error);
                    tracing::warn!(error, "a refusal could not be checked against the chain");
                    return Ok(first);
                }
            },
        };
        new.admission = Some(self.guard.admission(consumer, id, amount, settled));
        Ok(self.store.accept(new).await?)
    }

    /// One mint.
    pub async fn get(&self, id: Uuid) -> Result<Option<Mint>, Failure> {
        // The log's end is read first: a commit meanwhile makes what is kept out of date.
        let seq = self.store.head().borrow().seq;
        if let Some(kept) = self.kept().get(&id)
            && self.is_current(kept, seq)
        {
            return Ok(Some(kept.mint.clone()));
        }
        let mint = self.store.mint(id).await?.map(|stored| stored.mint);
        if let Some(mint) = &mint {
            self.kept().put(id, Kept { mint: mint.clone(), seq });
        }
        Ok(mint)
    }

    /// Nothing changes a finalized mint, and nothing changes any mint without an event; where other processes write,
    /// their events become known late.
    fn is_current(&self, kept: &Kept, seq: i64) -> bool {
        kept.mint.progress.state == State::Finalized || (kept.seq == seq && self.store.is_exclusive())
    }

    fn kept(&self) -> MutexGuard<'_, LruCache<Uuid, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Mints, newest first.
    pub async fn list(&self, filter: &MintFilter) -> Result<Vec<Mint>, Failure> {
        Ok(self.store.mints(filter).await?.into_iter().map(|stored| stored.mint).collect())
    }

    /// One mint, and what happens to it from now on.
    async fn pending(&self, id: Uuid) -> Result<Option<PendingMint>, Failure> {
        // Listen first, read then: no change can fall between.
        let subscription = self.store.subscribe(id);
        Ok(self.get(id).await?.map(|mint| PendingMint { mint, subscription }))
    }

    /// The mint as soon as the question "was it minted?" has an answer, or as it is when `limit` passes or `stop` fires.
    pub async fn answer(
        &self,
        pending: PendingMint,
        limit: Duration,
        stop: &CancellationToken,
    ) -> Result<Mint, Failure> {
        let PendingMint { mut mint, mut subscription } = pending;
        let deadline = tokio::time::sleep(limit);
        tokio::pin!(deadline);
        let mut is_over = false;
        while !is_over && !mint.progress.state.is_answered() {
            is_over = tokio::select! {
                () = subscription.until(EventKind::is_answer) => false,
                () = &mut deadline => true,
                () = stop.cancelled() => true,
            };
            mint = self.get(mint.id).await?.unwrap_or(mint);
        }
        Ok(mint)
    }

    /// Withdraws a mint of which nothing was started yet.
    ///
    /// # Errors
    /// [`FailureCode::NotAllowed`] in any other state.
    pub async fn cancel(&self, id: Uuid) -> Result<Option<Mint>, Failure> {
        self.change(id, &Event::Cancel, "only a queued mint can be cancelled").await
    }

    /// Tries a mint again that was provably not minted.
    ///
    /// # Errors
    /// [`FailureCode::NotAllowed`] in any other state.
    pub async fn retry(&self, id: Uuid) -> Result<Option<PendingMint>, Failure> {
        let subscription = self.store.subscribe(id);
        let otherwise = "only a rejected or failed mint can be tried again";
        let mint = self.change(id, &Event::Retry, otherwise).await?;
        Ok(mint.map(|mint| PendingMint { mint, subscription }))
    }

    async fn change(&self, id: Uuid, event: &Event, otherwise: &str) -> Result<Option<Mint>, Failure> {
        let refused = || Failure::new(FailureCode::NotAllowed, otherwise);
        let Some(mint) = self.get(id).await? else { return Ok(None) };
        let next = apply(&mint.progress, event).map_err(|_| refused())?;
        let update = MintUpdate {
            id,
            consumer: mint.order.consumer,
            version: mint.version,
            fence: None,
            due_at: if next.state == State::Queued { self.clock.now_ms() } else { NEVER_MS },
            release: false,
            events: vec![(EventKind::Mint(next.state), Value::Object(view::progress(&next)).to_string())],
            progress: next,
        };
        match self.store.update(update).await? {
            UpdateOutcome::Stored(_) => self.get(id).await,
            UpdateOutcome::Stale => Err(refused()),
        }
    }

    /// Reads an amount of whole tokens of a basket, as a mint request would.
    ///
    /// # Errors
    /// [`FailureCode::InvalidRequest`] with what is wrong.
    pub fn amount(&self, text: &str, basket: &Basket) -> Result<Amount, Failure> {
        Ok(Amount::parse(text, basket.decimals, &self.settings.max_tokens)?)
    }
}
