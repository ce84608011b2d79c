//! The baskets of the configured factory, and the names they were given here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use alloy::primitives::Address;

use crate::chain::{Chain, ChainError};
use crate::domain::access::{AccessChange, ChangeOutcome};
use crate::domain::request::{BasketChoice, ParseError, basket_name};
use crate::domain::{Basket, BasketId};
use crate::store::{AccessUpdate, Store, StoreError};

/// Why a basket is not found or not registered.
#[derive(Debug, thiserror::Error)]
pub enum BasketError {
    /// There is no such basket; the sentence says what was looked for.
    #[error("{0}")]
    Unknown(&'static str),
    /// Token and consumer belong to different baskets.
    #[error("stablecoinAddress and mintingConsumerAddress belong to different baskets")]
    Mismatch,
    /// The name belongs to another basket.
    #[error("this name belongs to another basket")]
    NameTaken,
    /// The name is malformed.
    #[error(transparent)]
    Name(#[from] ParseError),
    /// The chain.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A basket in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedBasket {
    /// The token.
    pub stablecoin: Address,
    /// The consumer.
    pub consumer: Address,
    /// The name it is registered under, if any.
    pub name: Option<String>,
}

/// Finds baskets. What the factory once said about a pair is remembered: it never changes. While the chain is silent,
/// what the database remembers counts: a mint for a basket that is known is queued, and waits.
#[derive(Clone, Debug)]
pub struct BasketRegistry {
    store: Store,
    chain: Chain,
    known: Arc<Mutex<HashMap<(Address, Address), Basket>>>,
}

impl BasketRegistry {
    /// The registry of the chain's factory.
    #[must_use]
    pub fn new(store: Store, chain: Chain) -> Self {
        Self { store, chain, known: Arc::default() }
    }

    /// Token and consumer that are meant where a request names none.
    #[must_use]
    pub fn default_basket(&self) -> Option<(Address, Address)> {
        self.chain.identity().ok()?.default_basket
    }

    /// The basket that a request means, if the factory made it and the caller may know of it: one that he may not use is
    /// answered as if it were not there.
    pub async fn resolve(
        &self,
        choice: &BasketChoice,
        may_use: impl Fn(Address) -> bool,
    ) -> Result<Basket, BasketError> {
        match (self.find(choice).await, choice) {
            (Ok(basket), _) if !may_use(basket.stablecoin) => Err(unknown(choice)),
            // A pair of others' is no better known than one that does not exist.
            (Err(BasketError::Mismatch), BasketChoice::Pair { stablecoin, .. }) if !may_use(*stablecoin) => {
                Err(unknown(choice))
            }
            (found, _) => found,
        }
    }

    async fn find(&self, choice: &BasketChoice) -> Result<Basket, BasketError> {
        let missing = || unknown(choice);
        let (stablecoin, consumer) = match choice {
            BasketChoice::Default => self.chain.identity()?.default_basket.ok_or_else(missing)?,
            BasketChoice::Pair { stablecoin, consumer } => (*stablecoin, *consumer),
            BasketChoice::Member(member) => {
                let all = match self.chain.baskets().await {
                    Ok(all) => all,
                    Err(silence) => return self.remembered(*member, silence).await,
                };
                let found = all.into_iter().find(|(token, consumer)| token == member || consumer == member);
                found.ok_or_else(missing)?
            }
            BasketChoice::Name(name) => {
                let named = self.store.basket_named(name).await?;
                let named = named.ok_or_else(missing)?;
                (named.stablecoin, named.consumer)
            }
        };
        self.pair(stablecoin, consumer).await?.ok_or_else(missing)
    }

    /// The basket with this token or this present consumer, if there is one: of those that mints were made of here, or
    /// that have a name here, or that the factory has.
    pub async fn member(&self, address: Address) -> Result<Option<BasketId>, BasketError> {
        if let Some(known) = self.store.basket_of(address).await? {
            return Ok(Some(known));
        }
        let is_named = |basket: &BasketId| basket.stablecoin == address || basket.consumer == address;
        let all = self.chain.baskets().await?;
        let all = all.into_iter().map(|(stablecoin, consumer)| BasketId { stablecoin, consumer });
        Ok(all.into_iter().find(is_named))
    }

    /// The token of the basket with this token or present consumer, as far as it is known here; otherwise the address
    /// itself, of which there are no mints.
    pub async fn token_of(&self, address: Address) -> Result<Address, BasketError> {
        Ok(self.store.basket_of(address).await?.map_or(address, |basket| basket.stablecoin))
    }

    /// The basket of a pair; `None` where no basket has one of the two.
    async fn pair(&self, stablecoin: Address, consumer: Address) -> Result<Option<Basket>, BasketError> {
        let key = (stablecoin, consumer);
        if let Some(basket) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Some(*basket));
        }
        match self.chain.basket(stablecoin, consumer).await {
            Ok(Some(basket)) => {
                self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, basket);
                return Ok(Some(basket));
            }
            Ok(None) => {}
            Err(silence) => {
                let basket = self.remembered(stablecoin, silence.clone()).await?;
                return if basket.consumer == consumer { Ok(Some(basket)) } else { Err(silence.into()) };
            }
        }
        let all = self.chain.baskets().await?;
        if all.iter().any(|(token, other)| *token == stablecoin || *other == consumer) {
            return Err(BasketError::Mismatch);
        }
        Ok(None)
    }

    /// What the database remembers of the basket with this token or consumer, where the chain says nothing.
    async fn remembered(&self, member: Address, silence: ChainError) -> Result<Basket, BasketError> {
        if !silence.is_silence() {
            return Err(silence.into());
        }
        self.store.remembered_basket(member).await?.ok_or(BasketError::Chain(silence))
    }

    /// Every basket of the factory, oldest first.
    pub async fn list(&self) -> Result<Vec<ListedBasket>, BasketError> {
        let names = self.store.basket_names().await?;
        let named = |consumer: Address| {
            names.iter().find(|named| named.consumer == consumer).map(|named| named.name.clone())
        };
        let listed = |(stablecoin, consumer)| ListedBasket { stablecoin, consumer, name: named(consumer) };
        Ok(self.chain.baskets().await?.into_iter().map(listed).collect())
    }

    /// Registers a name for a basket; `by` says who did it.
    pub async fn register(&self, name: &str, choice: &BasketChoice, by: &str) -> Result<Basket, BasketError> {
        let name = basket_name(name)?;
        let basket = self.find(choice).await?;
        let id = BasketId { stablecoin: basket.stablecoin, consumer: basket.consumer };
        let change = AccessChange::NameBasket { name, basket: id };
        match self.store.change_access(AccessUpdate { change, by: by.to_owned() }).await? {
            ChangeOutcome::Done => Ok(basket),
            _ => Err(BasketError::NameTaken),
        }
    }
}

/// That there is no basket such as a request means.
fn unknown(choice: &BasketChoice) -> BasketError {
    BasketError::Unknown(match choice {
        BasketChoice::Default => "no basket was named and the gateway has no default one",
        BasketChoice::Pair { .. } => "the configured factory did not create this basket",
        BasketChoice::Member(_) => "the configured factory has no basket with this address",
        BasketChoice::Name(_) => "no basket is registered under this name",
    })
}
