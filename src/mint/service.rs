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
    Accepted, BasketRow, Change, Changed, LoggedEvent, MintFilter, NEVER_MS, NewMint, Store, StoreError,
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
    /// Mints that nothing can change any more.
    finalized: Arc<Mutex<LruCache<Uuid, Mint>>>,
}

/// Finalized mints that are kept in memory, some two kilobytes each.
const FINALIZED_MAX: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// A mint, and whether it answers a repeated request.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// The mint.
    pub mint: Mint,
    /// Whether an earlier request made it.
    pub replayed: bool,
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
            finalized: Arc::new(Mutex::new(LruCache::new(FINALIZED_MAX))),
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
            Ok(acceptance) if acceptance.replayed => observe::replayed(&acceptance.mint),
            Ok(acceptance) => observe::accepted(&acceptance.mint),
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
        match self.admit(new, &order).await? {
            Accepted::Refused(why) => Err(judgement::of_desk(&why, order.decimals)),
            Accepted::Inserted(row) => Ok(Acceptance { mint: Mint::try_from(&row)?, replayed: false }),
            Accepted::SameKey(row) if row.fingerprint != fingerprint => Err(Failure::new(
                Code::IdempotencyMismatch,
                "this Idempotency-Key was used for a different request",
            )),
            Accepted::SameKey(row) => Ok(Acceptance { mint: Mint::try_from(&row)?, replayed: true }),
            Accepted::SameReference(row) => {
                let mint = Mint::try_from(&row)?;
                if same_payment(&mint.order, &order) {
                    Ok(Acceptance { mint, replayed: true })
                } else {
                    Err(Failure::new(
                        Code::DuplicateReference,
                        "this bank reference was used for another beneficiary or amount",
                    ))
                }
            }
        }
    }

    /// Stores a mint under the rule of the desk. Before a refusal for want of headroom the chain is asked once which
    /// of the unfinished mints its supply contains already, so that nothing counts twice.
    async fn admit(&self, mut new: NewMint, order: &Order) -> Result<Accepted, Failure> {
        let Some(desk) = &self.desk else { return Ok(self.store.accept(new).await?) };
        desk.settle_probe(order.consumer).await?;
        new.admission = Some(desk.admission(order.consumer, new.id, order.amount, BTreeSet::new()));
        let first = self.store.accept(new.clone()).await?;
        let Accepted::Refused(why) = &first else { return Ok(first) };
        if judgement::of_desk(why, order.decimals).code == Code::CircuitOpen {
            return Ok(first);
        }
        match desk.settled(order.consumer).await {
            Ok(settled) => {
                new.admission = Some(desk.admission(order.consumer, new.id, order.amount, settled));
                Ok(self.store.accept(new).await?)
            }
            Err(error) => {
                tracing::warn!(%error, "a refusal could not be checked against the chain");
                Ok(first)
            }
        }
    }

    /// One mint.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn get(&self, id: Uuid) -> Result<Option<Mint>, Failure> {
        if let Some(mint) = self.finalized().get(&id) {
            return Ok(Some(mint.clone()));
        }
        let mint = self.store.mint(id).await?.as_ref().map(Mint::try_from).transpose()?;
        if let Some(mint) = mint.as_ref().filter(|mint| mint.progress.state == State::Finalized) {
            self.finalized().put(id, mint.clone());
        }
        Ok(mint)
    }

    fn finalized(&self) -> MutexGuard<'_, LruCache<Uuid, Mint>> {
        self.finalized.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Mints, newest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn list(&self, filter: &MintFilter) -> Result<Vec<Mint>, Failure> {
        self.store.mints(filter).await?.iter().map(Mint::try_from).collect()
    }

    /// The mint as soon as the question "was it minted?" has an answer, or as it is when `limit` passes or `stop` fires.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn answer(
        &self,
        id: Uuid,
        limit: Duration,
        stop: &CancellationToken,
    ) -> Result<Option<Mint>, Failure> {
        // Listen first, read then: no change can fall between.
        let mut news = self.store.news_of(id);
        let deadline = tokio::time::sleep(limit);
        tokio::pin!(deadline);
        loop {
            let mint = self.get(id).await?;
            if mint.as_ref().is_none_or(|mint| mint.progress.state.is_answered()) {
                return Ok(mint);
            }
            tokio::select! {
                () = news.until(is_answer) => {}
                () = &mut deadline => return self.get(id).await,
                () = stop.cancelled() => return self.get(id).await,
            }
        }
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
    pub async fn retry(&self, id: Uuid) -> Result<Option<Mint>, Failure> {
        self.change(id, &Event::Retry, "only a rejected or failed mint can be tried again").await
    }

    async fn change(&self, id: Uuid, event: &Event, otherwise: &str) -> Result<Option<Mint>, Failure> {
        let refused = || Failure::new(Code::NotAllowed, otherwise);
        let Some(mint) = self.get(id).await? else { return Ok(None) };
        let next = apply(&mint.progress, event).map_err(|_| refused())?;
        let change = Change {
            id: id.to_string(),
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
