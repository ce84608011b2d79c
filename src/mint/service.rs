//! What callers can do: ask for a mint, look at it, wait for it, withdraw it, try it again.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alloy::primitives::Address;
use lru::LruCache;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::state::{Event, Progress, State, apply};
use super::{
    Amount, BankReference, BasketChoice, Code, Draft, Failure, Mint, MintRequest, Order, judgement, screen,
    view,
};
use crate::chain::{Basket, Chain, ChainError};
use crate::clock::Clock;
use crate::observe;
use crate::reserve::Desk;
use crate::store::{
    Accepted, BasketRow, Change, Changed, LoggedEvent, MintFilter, MintNews, NEVER_MS, NewMint, Store,
    StoreError,
};

/// What the service needs to know.
#[derive(Clone, Debug)]
pub struct ServiceSettings {
    /// Largest single mint in whole tokens.
    pub max_tokens: String,
    /// Basket used when a request names none.
    pub default_basket: Option<(Address, Address)>,
}

/// The mints of this gateway.
#[derive(Clone, Debug)]
pub struct Service {
    store: Store,
    chain: Chain,
    clock: Clock,
    desk: Option<Desk>,
    settings: Arc<ServiceSettings>,
    known: Arc<Mutex<HashMap<(Address, Address), Basket>>>,
    kept: Arc<Mutex<LruCache<Uuid, Kept>>>,
}

/// Mints that are kept in memory, some two kilobytes each.
const KEPT_MAX: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

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
    pub watched: Watched,
    /// Whether an earlier request made it.
    pub replayed: bool,
}

/// A mint that somebody waits for: what happens to it after it was read is news.
#[derive(Debug)]
pub struct Watched {
    /// As it was read.
    pub mint: Mint,
    news: MintNews,
}

impl From<ChainError> for Failure {
    fn from(error: ChainError) -> Self {
        Self::new(Code::ChainUnavailable, format!("the chain cannot be read: {error}"))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = ?error, "the store failed");
        Self::new(
            Code::StoreUnavailable,
            "the gateway's database does not answer; nothing is lost, ask again",
        )
    }
}

impl Service {
    /// Puts the service together.
    #[must_use]
    pub fn new(store: Store, chain: Chain, clock: Clock, settings: ServiceSettings) -> Self {
        Self {
            store,
            chain,
            clock,
            desk: None,
            settings: Arc::new(settings),
            known: Arc::default(),
            kept: Arc::new(Mutex::new(LruCache::new(KEPT_MAX))),
        }
    }

    /// The same service with a desk that watches over the reserves.
    #[must_use]
    pub fn with_desk(mut self, desk: Desk) -> Self {
        self.desk = Some(desk);
        self
    }

    /// The store, for the event streams.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The chain, for receipts and readiness.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Stores a request, or finds the mint that an equal one made before.
    ///
    /// # Errors
    /// When the request is malformed, contradicts an earlier one, or chain or store do not answer.
    pub async fn accept(&self, draft: &Draft, key: Option<String>) -> Result<Acceptance, Failure> {
        let accepted = self.try_accept(draft, key).await;
        match &accepted {
            Ok(acceptance) if acceptance.replayed => observe::replayed(&acceptance.watched.mint),
            Ok(acceptance) => observe::accepted(&acceptance.watched.mint),
            Err(failure) => observe::refused(failure),
        }
        accepted
    }

    async fn try_accept(&self, draft: &Draft, key: Option<String>) -> Result<Acceptance, Failure> {
        let choice = screen(draft)?;
        let basket = self.basket(&choice).await?;
        let request = MintRequest::parse(draft, basket, &self.settings.max_tokens)?;
        let id = self.clock.new_id();
        let own = BankReference::parse(&id.to_string())?;
        let order = order(&request, own);
        let fingerprint = fingerprint(&request);
        let progress = Progress::default();
        let new = NewMint {
            id,
            consumer: order.consumer.to_string(),
            stablecoin: order.stablecoin.to_string(),
            beneficiary: order.beneficiary.to_string(),
            reference: order.reference.to_string(),
            amount: order.amount.to_string(),
            idempotency_key: key,
            fingerprint: fingerprint.clone(),
            order_json: json(&order)?,
            state: progress.state.word(),
            progress_json: json(&progress)?,
            event: ("mint.accepted", Value::Object(view::order(&order)).to_string()),
            admission: None,
        };
        let news = self.store.news_of(id);
        let known = match self.admit(new, &order).await? {
            Accepted::Refused(why) => return Err(judgement::of_desk(&why, order.decimals)),
            Accepted::Inserted(row) => {
                let watched = Watched { mint: Mint::try_from(&row)?, news };
                return Ok(Acceptance { watched, replayed: false });
            }
            Accepted::SameKey(row) if row.fingerprint != fingerprint => {
                return Err(Failure::new(
                    Code::IdempotencyMismatch,
                    "this Idempotency-Key was used for a different request",
                ));
            }
            Accepted::SameKey(row) => row,
            Accepted::SameReference(row) if !same_payment(&Mint::try_from(&row)?.order, &order) => {
                return Err(Failure::new(
                    Code::DuplicateReference,
                    "this bank reference was used for another beneficiary or amount",
                ));
            }
            Accepted::SameReference(row) => row,
        };
        let known = Mint::try_from(&known)?;
        let watched = self
            .watch(known.id)
            .await?
            .ok_or_else(|| Failure::new(Code::StoreUnavailable, "the mint vanished"))?;
        Ok(Acceptance { watched, replayed: true })
    }

    /// Stores a mint under the rule of the desk. A refusal is checked before it is told: a breaker that waits for its
    /// probe may be told of its fate, and headroom that lacks may have been counted twice, by promises that the chain's
    /// supply contains already.
    async fn admit(&self, mut new: NewMint, order: &Order) -> Result<Accepted, Failure> {
        let Some(desk) = &self.desk else { return Ok(self.store.accept(new).await?) };
        let (id, consumer, amount) = (new.id, order.consumer, order.amount);
        new.admission = Some(desk.admission(consumer, id, amount, BTreeSet::new()));
        let first = self.store.accept(new.clone()).await?;
        let Accepted::Refused(why) = &first else { return Ok(first) };
        let settled = match judgement::of_desk(why, order.decimals).code {
            Code::CircuitOpen if desk.settle_probe(consumer).await? => BTreeSet::new(),
            Code::CircuitOpen => return Ok(first),
            _ => match desk.settled(consumer).await {
                Ok(settled) => settled,
                Err(error) => {
                    tracing::warn!(%error, "a refusal could not be checked against the chain");
                    return Ok(first);
                }
            },
        };
        new.admission = Some(desk.admission(consumer, id, amount, settled));
        Ok(self.store.accept(new).await?)
    }

    /// One mint.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn get(&self, id: Uuid) -> Result<Option<Mint>, Failure> {
        // The log's end is read first: a commit meanwhile makes what is kept out of date.
        let seq = self.store.head().borrow().seq;
        if let Some(kept) = self.kept().get(&id)
            && self.is_current(kept, seq)
        {
            return Ok(Some(kept.mint.clone()));
        }
        let mint = self.store.mint(id).await?.as_ref().map(Mint::try_from).transpose()?;
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
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn list(&self, filter: &MintFilter) -> Result<Vec<Mint>, Failure> {
        self.store.mints(filter).await?.iter().map(Mint::try_from).collect()
    }

    /// One mint, and what happens to it from now on.
    async fn watch(&self, id: Uuid) -> Result<Option<Watched>, Failure> {
        // Listen first, read then: no change can fall between.
        let news = self.store.news_of(id);
        Ok(self.get(id).await?.map(|mint| Watched { mint, news }))
    }

    /// The mint as soon as the question "was it minted?" has an answer, or as it is when `limit` passes or `stop` fires.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn answer(
        &self,
        watched: Watched,
        limit: Duration,
        stop: &CancellationToken,
    ) -> Result<Mint, Failure> {
        let Watched { mut mint, mut news } = watched;
        let deadline = tokio::time::sleep(limit);
        tokio::pin!(deadline);
        let mut is_over = false;
        while !is_over && !mint.progress.state.is_answered() {
            is_over = tokio::select! {
                () = news.until(is_answer) => false,
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
    /// [`Code::NotAllowed`] in any other state.
    pub async fn cancel(&self, id: Uuid) -> Result<Option<Mint>, Failure> {
        self.change(id, &Event::Cancel, "only a queued mint can be cancelled").await
    }

    /// Tries a mint again that was provably not minted.
    ///
    /// # Errors
    /// [`Code::NotAllowed`] in any other state.
    pub async fn retry(&self, id: Uuid) -> Result<Option<Watched>, Failure> {
        let news = self.store.news_of(id);
        let words = "only a rejected or failed mint can be tried again";
        Ok(self.change(id, &Event::Retry, words).await?.map(|mint| Watched { mint, news }))
    }

    async fn change(&self, id: Uuid, event: &Event, otherwise: &str) -> Result<Option<Mint>, Failure> {
        let refused = || Failure::new(Code::NotAllowed, otherwise);
        let Some(mint) = self.get(id).await? else { return Ok(None) };
        let next = apply(&mint.progress, event).map_err(|_| refused())?;
        let change = Change {
            id: id.to_string(),
            consumer: mint.order.consumer.to_string(),
            version: mint.version,
            fence: None,
            state: next.state.word(),
            progress_json: json(&next)?,
            minted_in: None,
            due_at: if next.state == State::Queued { self.clock.now_ms() } else { NEVER_MS },
            release: false,
            events: vec![(event_kind(next.state), Value::Object(view::progress(&next)).to_string())],
        };
        match self.store.change(change).await? {
            Changed::Done(_) => self.get(id).await,
            Changed::Stale => Err(refused()),
        }
    }

    /// Events of one mint or of all after a number, oldest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn events(
        &self,
        after: i64,
        mint: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<LoggedEvent>, Failure> {
        Ok(self.store.events_after(after, mint, limit).await?)
    }

    /// The basket that a request means, if the factory made it.
    ///
    /// # Errors
    /// [`Code::UnknownBasket`] or [`Code::BasketMismatch`]; or when chain or store do not answer.
    pub async fn basket(&self, choice: &BasketChoice) -> Result<Basket, Failure> {
        let unknown = |words: &str| Failure::new(Code::UnknownBasket, words);
        let (stablecoin, consumer) = match choice {
            BasketChoice::Default => self
                .settings
                .default_basket
                .ok_or_else(|| unknown("no basket was named and the gateway has no default one"))?,
            BasketChoice::Pair { stablecoin, consumer } => (*stablecoin, *consumer),
            BasketChoice::Member(member) => {
                let all = self.chain.baskets().await?;
                let found = all.into_iter().find(|(token, consumer)| token == member || consumer == member);
                found.ok_or_else(|| unknown("the configured factory has no basket with this address"))?
            }
            BasketChoice::Name(name) => {
                let row = self.store.basket(name).await?;
                let pair =
                    row.and_then(|row| Some((row.stablecoin.parse().ok()?, row.consumer.parse().ok()?)));
                pair.ok_or_else(|| unknown("no basket is registered under this name"))?
            }
        };
        self.pair(stablecoin, consumer).await
    }

    async fn pair(&self, stablecoin: Address, consumer: Address) -> Result<Basket, Failure> {
        let key = (stablecoin, consumer);
        if let Some(basket) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(*basket);
        }
        if let Some(basket) = self.chain.basket(stablecoin, consumer).await? {
            self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, basket);
            return Ok(basket);
        }
        let all = self.chain.baskets().await?;
        if all.iter().any(|(token, other)| *token == stablecoin || *other == consumer) {
            return Err(Failure::new(
                Code::BasketMismatch,
                "stablecoinAddress and mintingConsumerAddress belong to different baskets",
            ));
        }
        Err(Failure::new(Code::UnknownBasket, "the configured factory did not create this basket"))
    }

    /// Reads an amount of whole tokens of a basket, as a mint request would.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`] with what is wrong.
    pub fn amount(&self, text: &str, basket: &Basket) -> Result<Amount, Failure> {
        Ok(Amount::parse(text, basket.decimals, &self.settings.max_tokens)?)
    }

    /// Every basket of the factory, with the name it is registered under, if any.
    ///
    /// # Errors
    /// When chain or store do not answer.
    pub async fn baskets(&self) -> Result<Vec<(Address, Address, Option<String>)>, Failure> {
        let names = self.store.baskets().await?;
        let all = self.chain.baskets().await?;
        let named = |consumer: &Address| {
            let consumer = consumer.to_string();
            names.iter().find(|row| row.consumer == consumer).map(|row| row.name.clone())
        };
        Ok(all.into_iter().map(|(token, consumer)| (token, consumer, named(&consumer))).collect())
    }

    /// Registers a name for a basket.
    ///
    /// # Errors
    /// When the pair is no basket, the name is taken, or chain or store do not answer.
    pub async fn register(&self, name: &str, choice: &BasketChoice) -> Result<Basket, Failure> {
        let name = super::basket_name(name)?;
        let basket = self.basket(choice).await?;
        let row = BasketRow {
            name,
            stablecoin: basket.stablecoin.to_string(),
            consumer: basket.consumer.to_string(),
        };
        if self.store.register_basket(&row).await? {
            Ok(basket)
        } else {
            Err(Failure::new(Code::NotAllowed, "this name belongs to another basket"))
        }
    }
}

/// Whether an event of this kind answers "was it minted?".
fn is_answer(kind: &str) -> bool {
    State::ALL.into_iter().any(|state| state.is_answered() && event_kind(state) == kind)
}

/// The kind under which a new state is logged.
#[must_use]
pub const fn event_kind(state: State) -> &'static str {
    match state {
        State::Queued => "mint.queued",
        State::Executing => "mint.executing",
        State::Submitted => "mint.submitted",
        State::Minted => "mint.minted",
        State::Finalized => "mint.finalized",
        State::Rejected => "mint.rejected",
        State::Failed => "mint.failed",
        State::Cancelled => "mint.cancelled",
        State::Uncertain => "mint.uncertain",
    }
}

pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value)
        .map_err(|_| Failure::new(Code::StoreUnavailable, "the mint cannot be written down"))
}

fn order(request: &MintRequest, own: BankReference) -> Order {
    let reference = request.bank_reference.clone().unwrap_or(own);
    Order {
        stablecoin: request.basket.stablecoin,
        consumer: request.basket.consumer,
        beneficiary: request.beneficiary.address(),
        amount: request.amount.base_units(),
        decimals: request.basket.decimals,
        reference: reference.on_chain(),
        bank_reference: reference.text().to_owned(),
    }
}

/// Equal for two requests that ask for the same thing, however they spell it.
fn fingerprint(request: &MintRequest) -> String {
    let reference = request.bank_reference.as_ref().map(BankReference::on_chain);
    let text = format!(
        "{}\n{}\n{}\n{}\n{reference:?}",
        request.basket.stablecoin,
        request.basket.consumer,
        request.beneficiary.address(),
        request.amount.base_units(),
    );
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn same_payment(one: &Order, other: &Order) -> bool {
    one.stablecoin == other.stablecoin && one.beneficiary == other.beneficiary && one.amount == other.amount
}
