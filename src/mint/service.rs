//! What callers can do: ask for a mint, look at it, wait for it, withdraw it, try it again.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lru::LruCache;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::admission::{AdmissionContext, admit, revive, update_of};
use super::evidence::{self, MintRun, Sight};
use super::{failure_map, telemetry, view};
use crate::base::clock::Clock;
use crate::basket::BasketRegistry;
use crate::chain::Chain;
use crate::domain::access::{Allowance, Reader, Rights};
use crate::domain::admission::AdmissionRefusal;
use crate::domain::request::{Amount, Draft, MintRequest, ParseError, derived_reference, random_reference};
use crate::domain::state::{Event, Progress, State, apply};
use crate::domain::{Basket, EventKind, Failure, FailureCode, Mint, Order};
use crate::reserve::ReserveGuard;
use crate::store::{
    Accepted, MintFilter, MintPosition, MintSubscription, NewMint, Store, StoredMint, UpdateOutcome,
};

/// Mints that are kept in memory, some two kilobytes each.
const KEPT_MAX: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();
/// How long a request with an idempotency key or a bank reference waits, unless it says otherwise.
const DEADLINE_MS: i64 = 24 * 3_600_000;
/// Least and greatest distance of a request's own deadline.
const OWN_DEADLINE_MS: std::ops::RangeInclusive<i64> = 60_000..=DEADLINE_MS;

/// What the service needs to know.
#[derive(Clone, Debug)]
pub struct ServiceSettings {
    /// Largest single mint in whole tokens.
    pub max_tokens: String,
    /// How long a request with neither key nor bank reference waits.
    pub keyless_wait: Duration,
}

/// The mints of this gateway. Its methods fail with a [`Failure`] when the store does not answer.
#[derive(Clone, Debug)]
pub struct Service {
    store: Store,
    chain: Chain,
    baskets: BasketRegistry,
    admission: AdmissionContext,
    clock: Clock,
    settings: Arc<ServiceSettings>,
    kept: Arc<Mutex<LruCache<Uuid, Kept>>>,
}

/// Who asks for mints, and what they may ask for.
#[derive(Clone, Debug)]
pub struct Requester {
    /// The account.
    pub account: String,
    /// The access key; empty where there is none.
    pub key_id: String,
    /// Which baskets they may mint, and how much.
    pub rights: Rights,
    /// The idempotency key, if any.
    pub idempotency_key: Option<String>,
    /// The fingerprint of the one order that they may ask for, if it is only one.
    pub only_order: Option<String>,
}

/// What became of a bulk retry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetriedMints {
    /// Mints that are queued again.
    pub retried: u64,
    /// Mints whose reference another mint holds by now, or that somebody else changed in the meantime.
    pub skipped: u64,
    /// Mints that grants, limits, breaker or reserves would refuse as a new request now; they keep their end.
    pub refused: u64,
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

impl Service {
    /// Puts the service together.
    #[must_use]
    pub fn new(
        store: Store,
        chain: Chain,
        baskets: BasketRegistry,
        guard: ReserveGuard,
        clock: Clock,
        settings: ServiceSettings,
    ) -> Self {
        let kept = Arc::new(Mutex::new(LruCache::new(KEPT_MAX)));
        let admission =
            AdmissionContext { store: store.clone(), chain: chain.clone(), guard, clock: clock.clone() };
        Self { store, chain, baskets, admission, clock, settings: Arc::new(settings), kept }
    }

    /// Stores a request, or finds the mint that an equal one made before. A refusal at admission is a mint, too, which
    /// has ended.
    ///
    /// # Errors
    /// When the request is malformed, contradicts an earlier one, or chain or store do not answer.
    pub async fn accept(&self, draft: &Draft, caller: &Requester) -> Result<Acceptance, Failure> {
        let accepted = self.try_accept(draft, caller).await;
        match &accepted {
            Ok(acceptance) if acceptance.replayed => telemetry::mint_replayed(&acceptance.pending.mint),
            Ok(acceptance) => telemetry::mint_accepted(&acceptance.pending.mint),
            Err(failure) => telemetry::mint_refused(failure),
        }
        accepted
    }

    /// The fingerprint of a request that these rights reach.
    ///
    /// # Errors
    /// As [`Service::accept`], where the request itself is wrong.
    pub async fn fingerprint(&self, draft: &Draft, rights: &Rights) -> Result<String, Failure> {
        Ok(self.understand(draft, rights).await?.0.fingerprint())
    }

    /// A request, and how much its caller may mint of its basket.
    async fn understand(&self, draft: &Draft, rights: &Rights) -> Result<(MintRequest, Allowance), Failure> {
        let parsed = draft.parse()?;
        let basket = self.baskets.resolve(&parsed.basket, |stablecoin| rights.reach(stablecoin)).await?;
        let request = parsed.for_basket(basket, &self.settings.max_tokens)?;
        // The basket was found, so the rights reach it.
        let allowance = rights.allowance(basket.stablecoin, request.beneficiary.address());
        Ok((request, allowance.unwrap_or_default()))
    }

    async fn try_accept(&self, draft: &Draft, caller: &Requester) -> Result<Acceptance, Failure> {
        let (request, allowance) = self.understand(draft, &caller.rights).await?;
        if caller.only_order.as_ref().is_some_and(|only| *only != request.fingerprint()) {
            let detail = "this token was made for a different order";
            return Err(Failure::new(FailureCode::IdempotencyMismatch, detail));
        }
        let id = self.clock.new_id();
        let order = self.order_of(&request, caller, id)?;
        let deadline = self.deadline(&request, caller);
        let new = NewMint {
            id,
            account: caller.account.clone(),
            key_id: caller.key_id.clone(),
            allowance: allowance.clone(),
            event: (EventKind::MintAccepted, Value::Object(view::order(&order)).to_string()),
            progress: Progress { expires_at: *deadline.as_ref().unwrap_or(&0), ..Progress::default() },
            idempotency_key: caller.idempotency_key.clone(),
            has_bank_reference: request.bank_reference.is_some(),
            fingerprint: request.fingerprint(),
            admission: None,
            order,
        };
        if let Err(problem) = deadline {
            // A request that is sent again is answered, however late.
            let known = self.store.mint_by_key(&new).await?;
            return match known {
                Some(known) => self.replay(known, None, allowance).await,
                None => Err(problem.into()),
            };
        }
        let subscription = self.store.subscribe(id);
        let expires_at = new.progress.expires_at;
        match admit(&self.admission, &new).await? {
            Accepted::Inserted(stored) => {
                let pending = PendingMint { mint: stored.mint, subscription };
                Ok(Acceptance { pending, replayed: false })
            }
            Accepted::Replayed(stored) => self.replay(*stored, Some(expires_at), allowance).await,
            Accepted::KeyMismatch => {
                let detail = "this Idempotency-Key was used for a different request";
                Err(Failure::new(FailureCode::IdempotencyMismatch, detail))
            }
            Accepted::ReferenceTaken(holder) => Err(reference_taken(holder)),
            Accepted::Refused(refusal) => {
                let told = self.refuse(new, &refusal).await?;
                if told.mint.is_accepted {
                    // An equal request was taken after this one was refused.
                    return self.replay(told, None, allowance).await;
                }
                Ok(Acceptance { pending: PendingMint { mint: told.mint, subscription }, replayed: false })
            }
        }
    }

    /// The order of a request. Without a bank reference its reference comes from the key, so that no lost, restored or
    /// second database can mint it twice; without either it is random.
    fn order_of(&self, request: &MintRequest, caller: &Requester, id: Uuid) -> Result<Order, Failure> {
        let reference = match &caller.idempotency_key {
            Some(key) => {
                let identity = self.chain.identity().map_err(|error| failure_map::of_chain_error(&error))?;
                derived_reference(identity.chain_id, request.basket.stablecoin, &caller.account, key)
            }
            None => random_reference(self.clock.random32()),
        };
        Ok(request.order(reference, id.to_string()))
    }

    /// When the request ends, unix ms.
    fn deadline(&self, request: &MintRequest, caller: &Requester) -> Result<i64, ParseError> {
        let now = self.clock.now_ms();
        let is_keyless = caller.idempotency_key.is_none() && request.bank_reference.is_none();
        match request.expires_at {
            Some(own) if OWN_DEADLINE_MS.contains(&own.saturating_sub(now)) => Ok(own),
            Some(_) => {
                Err(ParseError::new("expiresAt", "must be at least 60 seconds and at most 24 hours ahead"))
            }
            None => Ok(now.saturating_add(self.default_deadline_ms(is_keyless))),
        }
    }

    fn default_deadline_ms(&self, is_keyless: bool) -> i64 {
        if is_keyless {
            i64::try_from(self.settings.keyless_wait.as_millis()).unwrap_or(DEADLINE_MS)
        } else {
            DEADLINE_MS
        }
    }

    /// A request that an earlier one made. What ended for no reason but weather and can provably no longer be minted is
    /// queued again, where a new deadline is given.
    async fn replay(
        &self,
        known: StoredMint,
        expires_at: Option<i64>,
        allowance: Allowance,
    ) -> Result<Acceptance, Failure> {
        let id = known.mint.id;
        if let (State::Failed, Some(expires_at)) = (known.mint.progress.state, expires_at) {
            match revive(&self.admission, &known.mint, expires_at, allowance, true).await? {
                UpdateOutcome::ReferenceTaken(holder) => return Err(reference_taken(Some(holder))),
                // Somebody else revived it: that answers the request as well. One that is refused keeps its end.
                UpdateOutcome::Stored(_) | UpdateOutcome::Stale | UpdateOutcome::Refused(_) => {}
            }
        }
        let vanished = || Failure::new(FailureCode::StoreUnavailable, "the mint vanished");
        // Listen first, read then: no change can fall between.
        let subscription = self.store.subscribe(id);
        let mint = self.get(id, Reader::Account(&known.mint.account)).await?.ok_or_else(vanished)?;
        let pending = PendingMint { mint, subscription };
        Ok(Acceptance { pending, replayed: true })
    }

    /// Writes down a refusal at admission; or finds the mint that an equal request has become since.
    async fn refuse(&self, new: NewMint, refusal: &AdmissionRefusal) -> Result<StoredMint, Failure> {
        let failure = failure_map::of_admission(refusal, new.order.decimals);
        let refused = Event::Refused(failure.clone());
        let progress = apply(&new.progress, &refused).unwrap_or_else(|_| new.progress.clone());
        let event = (EventKind::Mint(progress.state), Value::Object(view::progress(&progress)).to_string());
        let told = self.store.refuse(NewMint { progress, event, ..new }).await?;
        if !told.mint.is_accepted {
            telemetry::mint_refused(&failure);
        }
        Ok(told)
    }

    /// One mint, if the reader may see it.
    pub async fn get(&self, id: Uuid, reader: Reader<'_>) -> Result<Option<Mint>, Failure> {
        // The log's end is read first: a commit meanwhile makes what is kept out of date.
        let seq = self.store.head().borrow().seq;
        if let Some(kept) = self.kept().get(&id)
            && self.is_current(kept, seq)
        {
            return Ok(reader.sees(&kept.mint.account).then(|| kept.mint.clone()));
        }
        let mint = self.store.mint_for(id, reader).await?.map(|stored| stored.mint);
        if let Some(mint) = &mint {
            self.kept().put(id, Kept { mint: mint.clone(), seq });
        }
        Ok(mint)
    }

    /// Nothing changes a finalized mint, and nothing changes an accepted one without an event; where other processes
    /// write, their events become known late.
    fn is_current(&self, kept: &Kept, seq: i64) -> bool {
        let is_unchanged = kept.seq == seq && kept.mint.is_accepted && self.store.is_exclusive();
        kept.mint.progress.state == State::Finalized || is_unchanged
    }

    fn kept(&self) -> MutexGuard<'_, LruCache<Uuid, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One mint, if the reader may see it, and what its runs can show for themselves, newest last.
    pub async fn evidence(
        &self,
        id: Uuid,
        reader: Reader<'_>,
        sight: Sight,
    ) -> Result<Option<(Mint, Vec<MintRun>)>, Failure> {
        let Some(mint) = self.get(id, reader).await? else { return Ok(None) };
        let mut runs = Vec::new();
        for run in self.store.runs_of(id).await? {
            let orders = match sight {
                Sight::Caller => Vec::new(),
                Sight::Operator => self.store.orders_of_run(run.record.execution_id).await?,
            };
            runs.extend(evidence::shown(run, orders, sight));
        }
        Ok(Some((mint, runs)))
    }

    /// One page of mints, newest first, and where the next one begins.
    pub async fn list(&self, filter: &MintFilter) -> Result<(Vec<Mint>, Option<MintPosition>), Failure> {
        let page = self.store.mints(filter).await?;
        Ok((page.mints.into_iter().map(|stored| stored.mint).collect(), page.next))
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
            mint = self.get(mint.id, Reader::Account(&mint.account)).await?.unwrap_or(mint);
        }
        Ok(mint)
    }

    /// Withdraws a mint of which nothing was started yet.
    ///
    /// # Errors
    /// [`FailureCode::NotAllowed`] in any other state.
    pub async fn cancel(&self, id: Uuid, account: &str) -> Result<Option<Mint>, Failure> {
        let refused = || Failure::new(FailureCode::NotAllowed, "only a queued mint can be cancelled");
        let reader = Reader::Account(account);
        let Some(mint) = self.get(id, reader).await? else { return Ok(None) };
        let next = apply(&mint.progress, &Event::Cancel).map_err(|_| refused())?;
        match self.store.update(update_of(&mint, next)).await? {
            UpdateOutcome::Stored(_) => {
                telemetry::mint_cancelled();
                self.get(id, reader).await
            }
            UpdateOutcome::Stale | UpdateOutcome::ReferenceTaken(_) | UpdateOutcome::Refused(_) => {
                Err(refused())
            }
        }
    }

    /// Tries a mint again that was provably not minted, judged as a new request would be; one that is refused keeps its
    /// end.
    ///
    /// # Errors
    /// [`FailureCode::NotAllowed`] in any other state, and for what was refused at admission; the refusal of now.
    pub async fn retry(
        &self,
        id: Uuid,
        account: &str,
        rights: &Rights,
    ) -> Result<Option<PendingMint>, Failure> {
        let subscription = self.store.subscribe(id);
        let reader = Reader::Account(account);
        let Some(mint) = self.get(id, reader).await? else { return Ok(None) };
        let Some(allowance) = rights.allowance(mint.order.stablecoin, mint.order.beneficiary) else {
            return Ok(None);
        };
        let otherwise = "only an accepted mint that was rejected or failed can be tried again";
        let not_allowed = || Failure::new(FailureCode::NotAllowed, otherwise);
        if !mint.is_accepted || !matches!(mint.progress.state, State::Rejected | State::Failed) {
            return Err(not_allowed());
        }
        let expires_at = self.clock.now_ms().saturating_add(self.default_deadline_ms(mint.is_keyless));
        match revive(&self.admission, &mint, expires_at, allowance, true).await? {
            UpdateOutcome::Stored(_) => {}
            UpdateOutcome::Stale => return Err(not_allowed()),
            UpdateOutcome::ReferenceTaken(holder) => return Err(reference_taken(Some(holder))),
            UpdateOutcome::Refused(refusal) => {
                let failure = failure_map::of_admission(&refusal, mint.order.decimals);
                telemetry::mint_refused(&failure);
                return Err(failure);
            }
        }
        Ok(self.get(id, reader).await?.map(|mint| PendingMint { mint, subscription }))
    }

    /// Tries again, oldest first, the accepted mints of an account and a basket that came with a key or a bank reference
    /// and ended unminted with this code; each is judged as a new request would be.
    pub async fn retry_ended(
        &self,
        account: &str,
        rights: &Rights,
        code: FailureCode,
        basket: &Basket,
        limit: i64,
    ) -> Result<RetriedMints, Failure> {
        let ended = self.store.ended_mints(account, code.name(), basket.stablecoin, limit).await?;
        let expires_at = self.clock.now_ms().saturating_add(DEADLINE_MS);
        let mut count = RetriedMints::default();
        for stored in ended {
            let allowance = rights.allowance(basket.stablecoin, stored.mint.order.beneficiary);
            let Some(allowance) = allowance else {
                count.refused += 1;
                continue;
            };
            // Once a refusal has stood a look at the chain, the others are not worth one each.
            match revive(&self.admission, &stored.mint, expires_at, allowance, count.refused == 0).await? {
                UpdateOutcome::Stored(_) => count.retried += 1,
                UpdateOutcome::Stale | UpdateOutcome::ReferenceTaken(_) => count.skipped += 1,
                UpdateOutcome::Refused(_) => count.refused += 1,
            }
        }
        Ok(count)
    }

    /// Reads an amount of whole tokens of a basket, as a mint request would.
    ///
    /// # Errors
    /// [`FailureCode::InvalidRequest`] with what is wrong.
    pub fn amount(&self, text: &str, basket: &Basket) -> Result<Amount, Failure> {
        Ok(Amount::parse(text, basket.decimals, &self.settings.max_tokens)?)
    }
}

fn reference_taken(holder: Option<Uuid>) -> Failure {
    let detail = match holder {
        Some(id) => format!(
            "this bank reference belongs to mint {id}, which is for another beneficiary or amount, or newer"
        ),
        None => "this bank reference was used before".to_owned(),
    };
    Failure::new(FailureCode::DuplicateReference, detail)
}
