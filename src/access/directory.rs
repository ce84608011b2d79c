//! The keys in memory: loaded at start, and again as soon as a change of accounts, grants or keys is seen.
//!
//! Changes made here count before they are answered; those of other instances are looked for five times a second. An instance
//! that has not heard from its database for five seconds does not know what was revoked, and accepts nothing. Where no other
//! instance can be, on a SQLite file, nobody else revokes anything.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::anonymous::KeyNeeded;
use super::caller::{Actor, Caller};
use super::secret_text::{Presented, Purpose};
use crate::base::logging::with_causes;
use crate::base::task;
use crate::domain::access::{ApiKey, ChangeOutcome, Rights, Scope};
use crate::store::{AccessSnapshot, AccessStamp, AccessUpdate, Store, StoreError, Token, TokenKind};

/// How often changes of other instances are looked for; a revocation must reach them within a second.
const LOOK: Duration = Duration::from_millis(200);
/// The same where no other instance can be: this only finds a change of our own whose answer was lost.
const LOOK_ALONE: Duration = Duration::from_secs(1);
/// Longest wait for the database at such a look.
const LOOK_TIMEOUT: Duration = Duration::from_secs(2);
/// How long what was heard counts.
const HEARD_FOR: Duration = Duration::from_secs(5);
/// How often the database is told that this instance lives, and which keys were used.
const WRITE: Duration = Duration::from_secs(5);
/// How often expired rows are deleted.
const SWEEP: Duration = Duration::from_secs(60);
/// Use of a key is noted so often at most, ms.
const USE_MS: i64 = 60_000;

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotLetIn {
    /// No key came, and one is needed.
    #[error("this takes a key, because {}; send it as Authorization: Bearer", .0.reason())]
    NoKey(KeyNeeded),
    /// Something else came.
    #[error("what came as a key is none: it was mistyped, or is for something else")]
    Malformed,
    /// The key is for another kind of chain.
    #[error("this is a live key, and this gateway is on a test network")]
    LiveKeyOnTest,
    /// The key is for another kind of chain.
    #[error("this is a test key, and this gateway is not on a test network")]
    TestKeyOnLive,
    /// There is no such key, or its secret is wrong, or it was revoked.
    #[error("the key is unknown or was revoked")]
    Unknown,
    /// Its time is over.
    #[error("the key has expired")]
    Expired,
    /// The caller's address is in none of its networks.
    #[error("the key does not count from this address")]
    WrongNetwork,
    /// The account was disabled.
    #[error("the account of this key is disabled")]
    Disabled,
    /// Two keys came, and they differ.
    #[error("two different keys came; send one")]
    TwoKeys,
    /// After a restore only keys of administrators count.
    #[error(
        "the database is older than the chain; until an administrator has named the keys to keep, none counts"
    )]
    Restored,
    /// The database was not heard for a while.
    #[error("the database has not answered for five seconds, so nobody knows which keys count")]
    Unheard,
}

/// The keys of this gateway.
#[derive(Clone, Debug)]
pub struct Directory {
    store: Store,
    known: Arc<RwLock<Known>>,
    used: Arc<Mutex<HashSet<String>>>,
}

/// What is known, and since when.
#[derive(Debug)]
struct Known {
    is_restored: bool,
    has_keys: bool,
    entries: HashMap<String, Arc<Entry>>,
    /// What the database said last, and when it was asked.
    stamp: AccessStamp,
    heard_at: Instant,
}

/// A key with what belongs to it.
#[derive(Debug)]
struct Entry {
    key: ApiKey,
    is_disabled: bool,
    caller: Arc<Caller>,
}

impl Known {
    fn of(snapshot: AccessSnapshot, heard_at: Instant) -> Self {
        let accounts: HashMap<&String, _> = snapshot
            .accounts
            .values()
            .map(|account| (&account.id, (account.disabled_at.is_some(), Arc::new(account.grants.clone()))))
            .collect();
        let entry = |key: &ApiKey| {
            let (is_disabled, grants) = accounts.get(&key.account)?;
            let rights = Rights::of_account(&key.account, Arc::clone(grants));
            let rights = match &key.grants {
                Some(grants) => rights.with_key(&key.id, Arc::new(grants.clone())),
                None => rights,
            };
            let caller = Arc::new(Caller {
                account: Arc::from(key.account.as_str()),
                actor: Actor::Key { id: Arc::from(key.id.as_str()), holder: Arc::from(key.holder.as_str()) },
                scopes: key.scopes,
                rights,
                order: None,
            });
            Some((key.id.clone(), Arc::new(Entry { key: key.clone(), is_disabled: *is_disabled, caller })))
        };
        Self {
            is_restored: snapshot.is_restored,
            has_keys: snapshot.has_keys,
            entries: snapshot.keys.iter().filter_map(entry).collect(),
            stamp: snapshot.stamp,
            heard_at,
        }
    }

    /// The database's time: what it said last, and what has passed since it was asked.
    fn now_ms(&self) -> i64 {
        let passed = i64::try_from(self.heard_at.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.stamp.now_ms.saturating_add(passed)
    }
}

impl Directory {
    /// Loads the keys.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(store: Store) -> Result<Self, StoreError> {
        let heard_at = Instant::now();
        let known = Known::of(store.access().await?, heard_at);
        Ok(Self { store, known: Arc::new(RwLock::new(known)), used: Arc::default() })
    }

    fn known<T>(&self, read: impl FnOnce(&Known) -> T) -> T {
        read(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether there ever was a key that an administrator made.
    #[must_use]
    pub fn has_keys(&self) -> bool {
        self.known(|known| known.has_keys)
    }

    /// Whether the database was found to be older than the chain.
    #[must_use]
    pub fn is_restored(&self) -> bool {
        self.known(|known| known.is_restored)
    }

    /// Whether every change that another instance may have made five seconds ago is known.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.store.is_exclusive() || self.known(|known| known.heard_at.elapsed() < HEARD_FOR)
    }

    /// Who presents this, from this address.
    ///
    /// # Errors
    /// Why it does not count.
    pub async fn caller(
        &self,
        text: &str,
        is_live: Option<bool>,
        from: IpAddr,
    ) -> Result<Arc<Caller>, NotLetIn> {
        let presented = Presented::parse(text).ok_or(NotLetIn::Malformed)?;
        match (presented.is_live, is_live) {
            (true, Some(false)) => return Err(NotLetIn::LiveKeyOnTest),
            (false, Some(true)) => return Err(NotLetIn::TestKeyOnLive),
            _ => {}
        }
        match presented.purpose {
            Purpose::Key => self.of_key(&presented, from),
            Purpose::Order | Purpose::Session => self.of_token(&presented, from).await,
        }
    }

    fn of_key(&self, presented: &Presented, from: IpAddr) -> Result<Arc<Caller>, NotLetIn> {
        let entry = self.known(|known| known.entries.get(&presented.id).cloned());
        // An unknown id takes as long as a wrong secret, and is answered alike.
        let digest = entry.as_ref().map_or([0; 32], |entry| entry.key.digest);
        let is_right = presented.has_secret_of(&digest);
        let entry = entry.filter(|_| is_right).ok_or(NotLetIn::Unknown)?;
        self.check(&entry, from)?;
        self.note_use(&entry.key.id);
        Ok(Arc::clone(&entry.caller))
    }

    async fn of_token(&self, presented: &Presented, from: IpAddr) -> Result<Arc<Caller>, NotLetIn> {
        let token = self.store.token(&presented.id).await.map_err(|_| NotLetIn::Unheard)?;
        let digest = token.as_ref().map_or([0; 32], |token| token.digest);
        let is_right = presented.has_secret_of(&digest);
        let token = token.filter(|_| is_right).ok_or(NotLetIn::Unknown)?;
        let is_kind = (token.kind == TokenKind::Order) == (presented.purpose == Purpose::Order);
        let entry = self.known(|known| known.entries.get(&token.key).cloned());
        let entry = entry.filter(|_| is_kind).ok_or(NotLetIn::Unknown)?;
        match token.kind {
            TokenKind::Session => {
                self.check(&entry, from)?;
                self.note_use(&entry.key.id);
                Ok(Arc::clone(&entry.caller))
            }
            TokenKind::Order => {
                // The token is for a browser, wherever that is: the networks are those of the key itself.
                self.check_key(&entry)?;
                Ok(Arc::new(self.order_caller(&entry, token)))
            }
        }
    }

    /// What a token for one order may do.
    fn order_caller(&self, entry: &Entry, token: Token) -> Caller {
        let may = [Scope::MintRead, Scope::MintWrite, Scope::EventRead];
        let scopes = may.into_iter().filter(|scope| *scope != Scope::MintWrite || entry.caller.may(*scope));
        Caller { scopes: scopes.collect(), order: Some(token), ..Caller::clone(&entry.caller) }
    }

    fn check(&self, entry: &Entry, from: IpAddr) -> Result<(), NotLetIn> {
        self.check_key(entry)?;
        if entry.key.counts_from(from) { Ok(()) } else { Err(NotLetIn::WrongNetwork) }
    }

    fn check_key(&self, entry: &Entry) -> Result<(), NotLetIn> {
        if !self.is_heard() {
            return Err(NotLetIn::Unheard);
        }
        if !entry.key.counts_at(self.known(Known::now_ms)) {
            return Err(NotLetIn::Expired);
        }
        if entry.is_disabled {
            return Err(NotLetIn::Disabled);
        }
        if self.is_restored() && !entry.key.scopes.contains(Scope::Admin) {
            return Err(NotLetIn::Restored);
        }
        Ok(())
    }

    /// Whether somebody who was let in still would be.
    #[must_use]
    pub fn still_counts(&self, caller: &Caller) -> bool {
        let Actor::Key { id, .. } = &caller.actor else { return !self.has_keys() };
        let entry = self.known(|known| known.entries.get(&**id).cloned());
        entry.is_some_and(|entry| self.check_key(&entry).is_ok())
    }

    fn note_use(&self, id: &str) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if !used.contains(id) {
            used.insert(id.to_owned());
        }
    }

    /// Makes a change; it counts here before this returns.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn change(&self, update: AccessUpdate) -> Result<ChangeOutcome, StoreError> {
        let outcome = self.store.change_access(update).await?;
        self.reload().await?;
        Ok(outcome)
    }

    /// Reads everything anew.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn reload(&self) -> Result<(), StoreError> {
        let heard_at = Instant::now();
        let known = Known::of(self.store.access().await?, heard_at);
        let mut current = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.stamp.version >= current.stamp.version {
            *current = known;
        }
        Ok(())
    }

    /// Looks for changes of other instances.
    pub(super) async fn look(&self) -> Result<(), StoreError> {
        let heard_at = Instant::now();
        let stamp = self.store.access_stamp().await?;
        if stamp.version != self.known(|known| known.stamp.version) {
            return self.reload().await;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        (known.stamp.now_ms, known.heard_at) = (stamp.now_ms, heard_at);
        Ok(())
    }

    /// Keeps the keys up to date, until `stop` fires.
    pub async fn follow(self, stop: CancellationToken) {
        let (mut wrote_at, mut swept_at) = (None::<Instant>, None::<Instant>);
        let is_due = |at: Option<Instant>, every| at.is_none_or(|at: Instant| at.elapsed() >= every);
        let pause = if self.store.is_exclusive() { LOOK_ALONE } else { LOOK };
        loop {
            match tokio::time::timeout(LOOK_TIMEOUT, self.look()).await {
                Ok(Ok(())) => task::moved(),
                Ok(Err(error)) => {
                    tracing::warn!(error = with_causes(&error), "changes of keys cannot be looked for");
                }
                Err(_) => {
                    tracing::warn!("changes of keys cannot be looked for: the database does not answer")
                }
            }
            if is_due(wrote_at, WRITE) {
                wrote_at = Some(Instant::now());
                self.report(self.write()).await;
            }
            if is_due(swept_at, SWEEP) {
                swept_at = Some(Instant::now());
                self.report(self.sweep()).await;
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(pause) => {}
            }
        }
        self.report(self.store.end_life()).await;
    }

    async fn report(&self, work: impl Future<Output = Result<(), StoreError>>) {
        match tokio::time::timeout(LOOK_TIMEOUT, work).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(error = with_causes(&error), "use of keys cannot be written down")
            }
            Err(_) => tracing::warn!("use of keys cannot be written down: the database does not answer"),
        }
    }

    /// Says that this instance lives, and which keys were used.
    async fn write(&self) -> Result<(), StoreError> {
        // Where no other instance can be, nobody asks.
        if !self.store.is_exclusive() {
            self.store.show_life().await?;
        }
        let now = self.known(Known::now_ms);
        let last = |id: &String| {
            self.known(|known| known.entries.get(id).and_then(|entry| entry.key.last_used_at))
                .unwrap_or_default()
        };
        let used = std::mem::take(&mut *self.used.lock().unwrap_or_else(PoisonError::into_inner));
        let due: Vec<String> = used.into_iter().filter(|id| now - last(id) >= USE_MS).collect();
        if due.is_empty() {
            return Ok(());
        }
        self.store.note_key_use(&due).await?;
        self.reload().await
    }

    /// Deletes what has expired.
    async fn sweep(&self) -> Result<(), StoreError> {
        self.store.forget_tokens().await?;
        self.store.forget_spent().await
    }
}
