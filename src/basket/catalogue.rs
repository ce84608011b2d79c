//! What pages show of baskets: asked of the chain seldom, and never in the way of anything.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alloy::primitives::{Address, U256};
use futures_util::StreamExt;
use futures_util::stream::iter;
use tokio::sync::Mutex;

use crate::chain::Chain;
use crate::chain::tokens::{BasketCreation, Creation, TokenTerms};

/// How long what changes is shown before the chain is asked again.
const KEPT: Duration = Duration::from_secs(10);
/// Longest wait for the chain; what has not come by then is unknown.
const WAIT: Duration = Duration::from_secs(3);
/// Baskets of which one request asks the chain something; a longer list is complete after several.
const ASKED_MAX: usize = 64;
/// Questions under way at once.
const AT_ONCE: usize = 8;

/// What is known of a basket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasketCard {
    /// What its token calls itself.
    pub terms: Option<TokenTerms>,
    /// All there is of its token, base units.
    pub supply: Option<U256>,
    /// How it came to be.
    pub creation: Option<BasketCreation>,
}

/// Remembers what was asked last. Nothing fails: what the chain does not say is unknown.
#[derive(Clone, Debug)]
pub struct BasketCatalogue {
    chain: Chain,
    creation: Arc<Mutex<Option<Asked>>>,
    known: Arc<Mutex<Known>>,
}

/// When it was asked who may create baskets, and what came of it.
#[derive(Debug)]
struct Asked {
    at: Instant,
    creation: Option<Creation>,
}

#[derive(Debug, Default)]
struct Known {
    /// When the chain was waited for in vain last: nobody waits for it again so soon.
    silent_at: Option<Instant>,
    /// How the baskets came to be, and when that was asked last.
    creations: HashMap<Address, BasketCreation>,
    creations_at: Option<Instant>,
    /// Neither name nor decimals of a token change.
    terms: HashMap<Address, TokenTerms>,
    supplies: HashMap<Address, (Instant, U256)>,
}

impl BasketCatalogue {
    /// Of this chain's factory.
    #[must_use]
    pub fn new(chain: Chain) -> Self {
        Self { chain, creation: Arc::default(), known: Arc::default() }
    }

    /// Who may create baskets, if the chain says so.
    pub async fn creation(&self) -> Option<Creation> {
        let mut known = self.creation.lock().await;
        if let Some(Asked { at, creation }) = &*known
            && at.elapsed() < KEPT
        {
            return creation.clone();
        }
        let asked = tokio::time::timeout(WAIT, self.chain.creation()).await;
        let creation = asked.ok().and_then(Result::ok);
        *known = Some(Asked { at: Instant::now(), creation: creation.clone() });
        creation
    }

    /// What is known of the baskets with these tokens.
    pub async fn cards(&self, stablecoins: &[Address]) -> Vec<BasketCard> {
        let mut known = self.known.lock().await;
        if known.silent_at.is_none_or(|at| at.elapsed() >= KEPT) {
            // What came before the time was up is kept.
            let asked = tokio::time::timeout(WAIT, known.ask(&self.chain, stablecoins)).await;
            known.silent_at = asked.is_err().then(Instant::now);
        }
        let card = |stablecoin| BasketCard {
            terms: known.terms.get(stablecoin).cloned(),
            supply: known.supplies.get(stablecoin).map(|(_, supply)| *supply),
            creation: known.creations.get(stablecoin).cloned(),
        };
        stablecoins.iter().map(card).collect()
    }
}

impl Known {
    async fn ask(&mut self, chain: &Chain, stablecoins: &[Address]) {
        let is_due = self.creations_at.is_none_or(|at| at.elapsed() >= KEPT);
        if is_due && !stablecoins.iter().all(|stablecoin| self.creations.contains_key(stablecoin)) {
            self.creations_at = Some(Instant::now());
            let found = chain.basket_creations().await.unwrap_or_default();
            self.creations.extend(found.into_iter().map(|creation| (creation.stablecoin, creation)));
        }
        let unknown = stablecoins.iter().copied().filter(|it| !self.terms.contains_key(it));
        let unknown: Vec<_> = unknown.take(ASKED_MAX).collect();
        let terms = iter(unknown).map(async |stablecoin| (stablecoin, chain.token_terms(stablecoin).await));
        let mut terms = Box::pin(terms.buffer_unordered(AT_ONCE));
        while let Some((stablecoin, terms)) = terms.next().await {
            if let Ok(terms) = terms {
                self.terms.insert(stablecoin, terms);
            }
        }
        let is_old = |it: &Address| self.supplies.get(it).is_none_or(|(at, _)| at.elapsed() >= KEPT);
        let old: Vec<_> = stablecoins.iter().copied().filter(is_old).take(ASKED_MAX).collect();
        let supplies = iter(old).map(async |stablecoin| (stablecoin, chain.token_supply(stablecoin).await));
        let mut supplies = Box::pin(supplies.buffer_unordered(AT_ONCE));
        while let Some((stablecoin, supply)) = supplies.next().await {
            if let Ok(supply) = supply {
                self.supplies.insert(stablecoin, (Instant::now(), supply));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use alloy::providers::RootProvider;
    use tokio::net::TcpListener;

    use super::*;
    use crate::chain::{Contracts, Endpoints, Identity};

    /// A catalogue whose chain takes questions and answers none, and how many it has taken.
    async fn frozen() -> (BasketCatalogue, Arc<AtomicUsize>) {
        // Installed already by an earlier call.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&asked);
        #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
        tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok(connection) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                held.push(connection);
            }
        });
        let endpoints = Endpoints::of(vec![RootProvider::new_http(url.parse().unwrap())]).unwrap();
        let contracts = Contracts { factory: Address::ZERO, forwarder: Address::ZERO, lens: None, since: 0 };
        let identity = Identity { chain_id: 31_337, contracts, default_basket: None };
        (BasketCatalogue::new(Chain::new(endpoints, identity, None)), asked)
    }

    #[tokio::test]
    async fn basket_cards_are_unknown_at_once_while_the_chain_is_known_to_be_silent() {
        let (catalogue, asked) = frozen().await;
        let unknown = |count| vec![BasketCard::default(); count];
        assert_eq!(catalogue.cards(&[Address::repeat_byte(1)]).await, unknown(1));
        let at_first = asked.load(Ordering::Relaxed);
        assert!(at_first > 0);
        for token in 1..4 {
            let stablecoins = [Address::repeat_byte(token), Address::repeat_byte(9)];
            assert_eq!(catalogue.cards(&stablecoins).await, unknown(2));
        }
        assert_eq!(asked.load(Ordering::Relaxed), at_first, "nobody waited for the chain again");
    }
}
