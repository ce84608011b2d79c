//! One chain, read through its endpoints: who it is and where it stands.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use alloy::eips::BlockNumberOrTag;
use alloy::primitives::{Address, B256};
use alloy::providers::Provider;
use tokio::sync::watch;

use super::calls::{Head, block, block_hash};
use super::logs::LogSpan;
use super::recent::Recent;
use super::rpc::{ChainError, Endpoints};
use crate::domain::BasketId;

/// Id of a local test chain, as Anvil has it.
pub const LOCAL_CHAIN: u64 = 31_337;

/// The contracts that this gateway believes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contracts {
    /// The factory.
    pub factory: Address,
    /// The KeystoneForwarder.
    pub forwarder: Address,
    /// The compliance lens; only explains, nothing depends on it.
    pub lens: Option<Address>,
    /// The block before which nothing of theirs happened.
    pub since: u64,
}

/// Which chain this gateway works on, and with which contracts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The chain id.
    pub chain_id: u64,
    /// The contracts that count.
    pub contracts: Contracts,
    /// Token and consumer that are meant where a request names none.
    pub default_basket: Option<(Address, Address)>,
}

/// Whether the chain was found to be the right one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// It has not answered yet.
    #[default]
    Silent,
    /// It is the chain of this database, and there is code at every address.
    Verified,
    /// It answers, and is not what settings and database say; why, in one sentence.
    Foreign(Arc<str>),
}

/// Something that an endpoint lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitute {
    /// Place of the endpoint in the settings, from 0.
    pub endpoint: usize,
    /// Its name, for the log.
    pub name: String,
    /// What it lacks, and what is done instead.
    pub sentence: &'static str,
}

/// A chain, read through one or more endpoints. Every question fails with [`ChainError`] when no majority of the
/// endpoints answers (alike, unless it says otherwise), and before the chain was found to be the right one.
#[derive(Clone, Debug)]
pub struct Chain {
    endpoints: Endpoints,
    identity: Arc<OnceLock<Identity>>,
    standing: watch::Sender<Standing>,
    confirmations: Option<u64>,
    /// Ledgers by stablecoin, as the factory names them; a stablecoin keeps its ledger for ever.
    pub(super) ledgers: Arc<Mutex<HashMap<Address, Address>>>,
    /// The newest block of the last look.
    seen: Arc<AtomicU64>,
    /// Counts how often the chain was seen to have gone back.
    turns: watch::Sender<u64>,
    /// How many blocks a question for logs may span.
    pub(super) log_span: LogSpan,
    /// Whether the endpoints have refused to run code that is deployed nowhere.
    pub(super) runs_no_lens: Arc<AtomicBool>,
    pub(super) recent: Arc<Recent>,
    /// What the endpoints were found to lack.
    pub(super) lacking: Arc<Mutex<Vec<Substitute>>>,
    /// Consumers by stablecoin, as the factory or the ledger named them last; a consumer can be replaced.
    consumers: Arc<Mutex<HashMap<Address, Address>>>,
}

impl Chain {
    /// A chain that is known to be the right one.
    #[must_use]
    pub fn new(endpoints: Endpoints, identity: Identity, confirmations: Option<u64>) -> Self {
        let chain = Self::unheard(endpoints, confirmations);
        chain.identify(identity);
        chain.set_standing(Standing::Verified);
        chain
    }

    /// A chain that nobody has heard of yet.
    #[must_use]
    pub fn unheard(endpoints: Endpoints, confirmations: Option<u64>) -> Self {
        Self {
            endpoints,
            identity: Arc::default(),
            standing: watch::Sender::default(),
            confirmations,
            ledgers: Arc::default(),
            seen: Arc::default(),
            turns: watch::Sender::default(),
            log_span: LogSpan::default(),
            runs_no_lens: Arc::default(),
            recent: Arc::default(),
            lacking: Arc::default(),
            consumers: Arc::default(),
        }
    }

    /// The basket with the consumer that is known to mint its stablecoin now, whichever it had before.
    #[must_use]
    pub fn with_present_consumer(&self, basket: BasketId) -> BasketId {
        let known = self.consumers.lock().unwrap_or_else(PoisonError::into_inner);
        BasketId { consumer: known.get(&basket.stablecoin).copied().unwrap_or(basket.consumer), ..basket }
    }

    /// Token and present consumer of the basket that is meant where a request names none.
    #[must_use]
    pub fn default_basket(&self) -> Option<BasketId> {
        let (stablecoin, consumer) = self.identity().ok()?.default_basket?;
        Some(self.with_present_consumer(BasketId { stablecoin, consumer }))
    }

    /// Notes who mints a stablecoin now.
    pub fn hear_consumer(&self, stablecoin: Address, consumer: Address) {
        self.consumers.lock().unwrap_or_else(PoisonError::into_inner).insert(stablecoin, consumer);
    }

    /// Says which chain it is or must turn out to be; the first word counts, and is returned.
    pub fn identify(&self, identity: Identity) -> Identity {
        *self.identity.get_or_init(|| identity)
    }

    /// Which chain it is or must turn out to be.
    ///
    /// # Errors
    /// [`ChainError::Unheard`] where neither the chain nor the database has said it yet.
    pub fn identity(&self) -> Result<Identity, ChainError> {
        self.identity.get().copied().ok_or(ChainError::Unheard)
    }

    /// The chain id; 0, which no chain has, where [`Self::identity`] fails. Nothing was read from a chain then.
    #[must_use]
    pub fn chain_id(&self) -> u64 {
        self.identity.get().map_or(0, |identity| identity.chain_id)
    }

    /// Whether it was found to be the right one.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing.borrow().clone()
    }

    /// Notes what was found.
    pub fn set_standing(&self, standing: Standing) {
        self.standing.send_replace(standing);
    }

    /// Why it may not be believed, if so.
    #[must_use]
    pub fn doubt(&self) -> Option<ChainError> {
        self.believed().err()
    }

    /// Notes that blocks which were seen are gone.
    pub fn note_turn(&self) {
        self.recent.forget_followed();
        self.turns.send_modify(|turns| *turns += 1);
    }

    /// Changes whenever blocks that were seen are gone.
    #[must_use]
    pub fn turns(&self) -> watch::Receiver<u64> {
        self.turns.subscribe()
    }

    /// Waits until it was found to be the right one.
    pub async fn verified(&self) {
        let mut standing = self.standing.subscribe();
        // The sender is part of this chain, so the wait only ends with the answer.
        let _ = standing.wait_for(|standing| *standing == Standing::Verified).await;
    }

    /// The endpoints, once they may be believed.
    pub(super) fn believed(&self) -> Result<&Endpoints, ChainError> {
        match &*self.standing.borrow() {
            Standing::Verified => Ok(&self.endpoints),
            Standing::Silent => Err(ChainError::Unheard),
            Standing::Foreign(why) => Err(ChainError::Foreign(Arc::clone(why))),
        }
    }

    /// The endpoints, of whatever chain they are.
    pub(super) const fn endpoints_unheard(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The contracts that count, once the chain may be believed.
    pub(super) fn contracts(&self) -> Result<Contracts, ChainError> {
        Ok(self.identity()?.contracts)
    }

    /// The newest block that a look from this one on should lead to: as far as the endpoints answer about logs at once.
    #[must_use]
    pub fn reach(&self, from: u64) -> u64 {
        self.log_span.reach(from)
    }

    /// How many endpoints there are, and how many of them must answer alike.
    #[must_use]
    pub const fn quorum(&self) -> (usize, usize) {
        (self.endpoints.count(), self.endpoints.quorum())
    }

    /// Whether enough endpoints for a proof have answered when they were asked last. Asks none.
    #[must_use]
    pub fn answers(&self) -> bool {
        self.endpoints.answering() >= self.endpoints.quorum()
    }

    /// Each endpoint: its name, which carries no secret, and whether it has answered when it was asked last.
    pub fn endpoints(&self) -> impl Iterator<Item = (&str, bool)> {
        self.endpoints.states()
    }

    /// Asks for the chain id, of whatever chain it is.
    pub async fn ask_chain_id(&self) -> Result<u64, ChainError> {
        self.endpoints.chain_id().await
    }

    /// Whether there is code at an address, of whatever chain it is.
    pub async fn has_code(&self, address: Address) -> Result<bool, ChainError> {
        self.endpoints
            .agree(|provider| async move { Ok(!provider.get_code_at(address).await?.is_empty()) })
            .await
    }

    /// The newest block; among several endpoints the middle one, so that no single one can shift it far.
    pub async fn head(&self) -> Result<Head, ChainError> {
        Ok(self.sight().await?.head)
    }

    /// The time of a block, unix seconds.
    pub async fn block_time(&self, number: u64) -> Result<u64, ChainError> {
        let tag = BlockNumberOrTag::Number(number);
        let block = self.believed()?.agree(|provider| async move { block(&provider, tag).await });
        Ok(block.await?.timestamp)
    }

    /// The newest final block: the `finalized` tag, or the configured number of confirmations below the head. Among
    /// several endpoints it is the newest that a majority has reached.
    ///
    /// # Errors
    /// [`ChainError::Unfinal`] where an endpoint has no notion of final blocks and no number of confirmations is set.
    pub async fn final_head(&self) -> Result<Head, ChainError> {
        let head = self.final_head_of(self.believed()?).await?;
        self.recent.note_final(head);
        Ok(head)
    }

    /// The final block that was the newest one no longer ago than this: what was final stays final.
    ///
    /// # Errors
    /// Where the chain may not be believed.
    pub fn known_final_head(&self, age_max: Duration) -> Result<Option<Head>, ChainError> {
        self.believed().map(|_| self.recent.final_head(age_max))
    }

    /// Whether the endpoints know what is final, of whatever chain it is.
    ///
    /// # Errors
    /// [`ChainError::Unfinal`] where they do not.
    pub async fn probe_finality(&self) -> Result<(), ChainError> {
        self.final_head_of(&self.endpoints).await.map(|_| ())
    }

    /// The newest block that was seen in a look at the whole chain.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.seen.load(Ordering::Relaxed)
    }

    /// Notes blocks that follow one another up to the newest one.
    pub fn note_followed(&self, blocks: &[B256]) {
        self.recent.note_followed(blocks);
    }

    /// Whether a block is among those that were followed, and none of them was seen to be gone since.
    #[must_use]
    pub fn has_followed(&self, block: B256) -> bool {
        self.recent.has_followed(block)
    }

    /// Notes that everything up to this block was seen.
    pub fn note_seen(&self, block: u64) {
        self.seen.store(block, Ordering::Relaxed);
    }

    async fn final_head_of(&self, endpoints: &Endpoints) -> Result<Head, ChainError> {
        let confirmations = self.confirmations;
        let mut heads = endpoints
            .majority(|provider| async move {
                let Some(depth) = confirmations else {
                    return match block(&provider, BlockNumberOrTag::Finalized).await {
                        Err(ChainError::Behind | ChainError::Refused(_)) => Err(ChainError::Unfinal),
                        found => found,
                    };
                };
                let head = block(&provider, BlockNumberOrTag::Latest).await?;
                block(&provider, BlockNumberOrTag::Number(head.number.saturating_sub(depth))).await
            })
            .await?;
        heads.sort_by_key(|head| std::cmp::Reverse(head.number));
        heads.get(self.endpoints.quorum() - 1).copied().ok_or(ChainError::Disagree)
    }

    /// Whether a block is (still) the one at its height. That an endpoint knows none there, it says of a block that it
    /// has not seen yet, too: only another block in its place shows that it is gone.
    ///
    /// # Errors
    /// [`ChainError::Behind`] among others.
    pub async fn is_canonical(&self, number: u64, hash: B256) -> Result<bool, ChainError> {
        self.believed()?
            .agree(|provider| async move {
                Ok(block_hash(&provider, number).await?.ok_or(ChainError::Behind)? == hash)
            })
            .await
    }

    /// Hash of block 0, which tells this chain from another with the same id; of whatever chain it is.
    pub async fn genesis(&self) -> Result<B256, ChainError> {
        self.endpoints
            .agree(|provider| async move {
                block_hash(&provider, 0).await?.ok_or_else(|| ChainError::nonsense("the block is missing"))
            })
            .await
    }
}
