//! The baskets of the configured factory, and the names they were given here.

use std::collections::{BTreeSet, HashMap};
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

/// Finds baskets that this gateway serves. What the factory once said about a stablecoin is remembered; whoever looks at
/// its ledger hears when the consumer is replaced. While the chain is silent, what the database remembers counts: a mint
/// for a basket that is known is queued, and waits.
#[derive(Clone, Debug)]
pub struct BasketRegistry {
    store: Store,
    chain: Chain,
    /// Stablecoins of the baskets that are served; empty = all of the factory's.
    served: Arc<BTreeSet<Address>>,
    known: Arc<Mutex<HashMap<Address, Basket>>>,
}

impl BasketRegistry {
    /// The registry of the chain's factory; of its baskets those of `served`, or all where that is empty.
    #[must_use]
    pub fn new(store: Store, chain: Chain, served: BTreeSet<Address>) -> Self {
        Self { store, chain, served: Arc::new(served), known: Arc::default() }
    }

    /// Token and present consumer that are meant where a request names none.
    #[must_use]
    pub fn default_basket(&self) -> Option<BasketId> {
        self.chain.default_basket().filter(|basket| self.serves(basket.stablecoin))
    }

    fn serves(&self, stablecoin: Address) -> bool {
        self.served.is_empty() || self.served.contains(&stablecoin)
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
        let found = match choice {
            BasketChoice::Default => {
                let (stablecoin, _) = self.chain.identity()?.default_basket.ok_or_else(missing)?;
                self.of_token(stablecoin).await?
            }
            BasketChoice::Pair { stablecoin, consumer } => self.pair(*stablecoin, *consumer).await?,
            BasketChoice::Member(member) => match self.chain.baskets().await {
                Ok(all) => {
                    let found =
                        all.into_iter().find(|(token, consumer)| token == member || consumer == member);
                    self.of_token(found.ok_or_else(missing)?.0).await?
                }
                Err(silence) => Some(self.remembered(*member, silence).await?),
            },
            BasketChoice::Name(name) => {
                let named = self.store.basket_named(name).await?;
                self.of_token(named.ok_or_else(missing)?.stablecoin).await?
            }
        };
        let found = found.ok_or_else(missing)?;
        if self.serves(found.stablecoin) { Ok(found) } else { Err(BasketError::Unknown(NOT_SERVED)) }
    }

    /// The basket with this token or this present consumer, if there is one: of those that mints were made of here, or
    /// that have a name here, or that the factory has.
    pub async fn member(&self, address: Address) -> Result<Option<BasketId>, BasketError> {
        let served = |basket: &BasketId| self.serves(basket.stablecoin);
        if let Some(known) = self.store.basket_of(address).await? {
            return Ok(Some(known).filter(served));
        }
        let is_named = |basket: &BasketId| basket.stablecoin == address || basket.consumer == address;
        let all = self.chain.baskets().await?;
        let all = all.into_iter().map(|(stablecoin, consumer)| BasketId { stablecoin, consumer });
        Ok(all.into_iter().find(is_named).filter(served))
    }

    /// The token of the basket with this token or present consumer, as far as it is known here; otherwise the address
    /// itself, of which there are no mints.
    pub async fn token_of(&self, address: Address) -> Result<Address, BasketError> {
        Ok(self.store.basket_of(address).await?.map_or(address, |basket| basket.stablecoin))
    }

    /// The basket of a pair; `None` where no basket has one of the two, and where its consumer was replaced.
    async fn pair(&self, stablecoin: Address, consumer: Address) -> Result<Option<Basket>, BasketError> {
        let is_meant = |basket: &Basket| basket.consumer == consumer;
        if let Some(basket) = self.of_token(stablecoin).await?.filter(is_meant) {
            return Ok(Some(basket));
        }
        // The consumer may have been replaced since the last look.
        if let Some(basket) = self.ask_for(stablecoin).await?.filter(is_meant) {
            return Ok(Some(basket));
        }
        let all = self.chain.baskets().await?;
        if all.iter().any(|(_, other)| *other == consumer) { Err(BasketError::Mismatch) } else { Ok(None) }
    }

    /// The basket of a stablecoin, with its consumer as of the last look at its ledger.
    async fn of_token(&self, stablecoin: Address) -> Result<Option<Basket>, BasketError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&stablecoin).copied();
        let Some(Basket { consumer, decimals, .. }) = known else { return self.ask_for(stablecoin).await };
        let BasketId { consumer, .. } = self.chain.with_present_consumer(BasketId { stablecoin, consumer });
        Ok(Some(Basket { stablecoin, consumer, decimals }))
    }

    /// The same, as the chain says it now; where it says nothing, as the database remembers it.
    async fn ask_for(&self, stablecoin: Address) -> Result<Option<Basket>, BasketError> {
        match self.chain.basket(stablecoin).await {
            Ok(found) => {
                if let Some(basket) = found {
                    self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(stablecoin, basket);
                }
                Ok(found)
            }
            Err(silence) => self.remembered(stablecoin, silence).await.map(Some),
        }
    }

    /// What the database remembers of the basket with this token or consumer, where the chain says nothing.
    async fn remembered(&self, member: Address, silence: ChainError) -> Result<Basket, BasketError> {
        if !silence.is_silence() {
            return Err(silence.into());
        }
        self.store.remembered_basket(member).await?.ok_or(BasketError::Chain(silence))
    }

    /// Every basket of the factory that is served here, oldest first.
    pub async fn list(&self) -> Result<Vec<ListedBasket>, BasketError> {
        let names = self.store.basket_names().await?;
        let named = |stablecoin: Address| {
            names.iter().find(|named| named.stablecoin == stablecoin).map(|named| named.name.clone())
        };
        let listed = |(stablecoin, consumer)| ListedBasket { stablecoin, consumer, name: named(stablecoin) };
        let all = self.chain.baskets().await?.into_iter();
        Ok(all.filter(|(stablecoin, _)| self.serves(*stablecoin)).map(listed).collect())
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

const NOT_SERVED: &str = "this gateway does not serve this basket";

/// That there is no basket such as a request means.
fn unknown(choice: &BasketChoice) -> BasketError {
    BasketError::Unknown(match choice {
        BasketChoice::Default => "no basket was named and the gateway has no default one",
        BasketChoice::Pair { .. } => {
            "the configured factory did not create this basket, or the minting consumer was replaced by another"
        }
        BasketChoice::Member(_) => "the configured factory has no basket with this address",
        BasketChoice::Name(_) => "no basket is registered under this name",
    })
}
