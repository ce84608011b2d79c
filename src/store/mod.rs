//! The database: the only memory, the queue, and the log of everything that happened.
//!
//! One set of SQL serves SQLite and PostgreSQL. Every write goes through [`writer`], which takes the head row of the
//! event log first and commits many writes at once; nothing is published that was not committed. Rows carry the
//! domain's words as JSON text: this module knows no chain and no rules.

pub mod books;
pub mod lease;
pub mod log;
pub mod minted;
mod news;
mod shelf;
pub mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, Connection, Executor, FromRow};
use tokio::sync::{broadcast, mpsc, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::SecretUrl;
pub use log::LoggedEvent;
pub use minted::MintedBlock;
use news::News;
pub use news::{LogHead, MintNews, Signal};
pub use writer::{Accepted, Change, Changed, NewMint};

/// Connections in the pool.
const CONNECTIONS_MAX: u32 = 8;
/// Events of other processes that are read at once.
const EVENTS_AT_ONCE: i64 = 256;
/// Longest wait for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// A time that never comes: rows with nothing left to do are due then.
pub const NEVER_MS: i64 = i64::MAX;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or refused the statement.
    #[error("the database is not available")]
    Database(#[from] sqlx::Error),
    /// A migration failed.
    #[error("the database could not be migrated: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Another process holds the SQLite file.
    #[error("another process uses this SQLite database; only PostgreSQL can be shared between instances")]
    Locked,
    /// The folder or the lock file cannot be made.
    #[error("the folder of the SQLite database cannot be written")]
    Folder(#[source] std::io::Error),
    /// The database belongs to another chain.
    #[error("the database belongs to another chain ({0}); use another DATABASE_URL or restore the chain")]
    ForeignChain(&'static str),
    /// The writer has stopped.
    #[error("the store is shutting down")]
    Closed,
}

/// A mint as stored.
#[derive(Clone, Debug, FromRow)]
pub struct MintRow {
    /// UUID text.
    pub id: String,
    /// Fingerprint of the request.
    pub fingerprint: String,
    /// Key of the caller, if any.
    pub idempotency_key: Option<String>,
    /// The order as JSON.
    pub order_json: String,
    /// State word.
    pub state: String,
    /// The progress as JSON.
    pub progress_json: String,
    /// Counts the changes.
    pub version: i64,
    /// When the worker should look again, unix ms.
    pub due_at: i64,
    /// Counts the claims.
    pub fence: i64,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub updated_at: i64,
}

/// A basket registered by name.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct BasketRow {
    /// Its name.
    pub name: String,
    /// Token address.
    pub stablecoin: String,
    /// Consumer address.
    pub consumer: String,
}

/// Which mints a list shows; empty text = all.
#[derive(Clone, Debug, Default)]
pub struct MintFilter {
    /// State word.
    pub state: String,
    /// Token or consumer address.
    pub basket: String,
    /// Beneficiary address.
    pub beneficiary: String,
    /// Only mints older than this id.
    pub before: String,
    /// Most rows.
    pub limit: i64,
}

/// The store of one process.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    writes: mpsc::Sender<writer::Write>,
    news: News,
    clock: Clock,
    instance: Arc<str>,
    claims: Arc<AtomicU64>,
    lock: Option<Arc<std::fs::File>>,
    end: CancellationToken,
}

impl Store {
    /// Opens the database, migrates it, and returns the store with its writer, which the caller must run.
    ///
    /// # Errors
    /// When the database cannot be opened or migrated, or another process holds the SQLite file.
    pub async fn open(url: &SecretUrl, clock: Clock) -> Result<(Self, writer::Writer), StoreError> {
        sqlx::any::install_default_drivers();
        let (url, lock) = match url.expose().strip_prefix("sqlite:") {
            Some(path) => {
                let lock = lock_file(Path::new(path))?;
                (format!("sqlite:{path}?mode=rwc"), Some(Arc::new(lock)))
            }
            None => (url.expose().to_owned(), None),
        };
        let options: AnyConnectOptions = url.parse()?;
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            // A server may have closed a connection meanwhile; a file has not.
            .test_before_acquire(lock.is_none())
            .after_connect(|connection, _| Box::pin(prepare(connection)))
            .connect_with(options)
            .await?;
        sqlx::migrate!("./migrations").run(&pool).await?;
        let (writes, queue) = mpsc::channel(writer::QUEUE_MAX);
        let news = News::new(log::head(&pool).await?);
        let instance = Arc::from(clock.new_id().to_string());
        let end = CancellationToken::new();
        let writer = writer::Writer::new(pool.clone(), queue, news.clone(), clock.clone(), end.clone());
        let claims = Arc::default();
        let store = Self { pool, writes, news, clock, instance, claims, lock, end };
        if store.is_exclusive() {
            store.release_all_leases().await?;
        }
        Ok((store, writer))
    }

    /// Whether no other process can use this database.
    #[must_use]
    pub const fn is_exclusive(&self) -> bool {
        self.lock.is_some()
    }

    /// Identifies this process among those that share the database.
    #[must_use]
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// A name for the next claim.
    fn claim_name(&self) -> String {
        format!("{}.{}", self.instance, self.claims.fetch_add(1, Ordering::Relaxed))
    }

    /// Listens to every event: of this process at once, of others as soon as [`Store::follow`] sees them.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Signal> {
        self.news.events()
    }

    /// The newest event that this process knows: its own at once, others as soon as [`Store::follow`] sees them. It
    /// changes with every commit; several may look like one.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<LogHead> {
        self.news.head()
    }

    /// Listens to what happens to one mint.
    #[must_use]
    pub fn news_of(&self, mint: Uuid) -> MintNews {
        self.news.of(mint)
    }

    /// Passes on the events that other processes wrote after `seen`; returns the newest number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn follow(&self, mut seen: i64) -> Result<i64, StoreError> {
        loop {
            let fresh = self.events_after(seen, None, EVENTS_AT_ONCE).await?;
            let Some(last) = fresh.last() else { return Ok(seen) };
            seen = last.seq;
            self.news.publish(&fresh);
        }
    }

    /// One mint.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn mint(&self, id: Uuid) -> Result<Option<MintRow>, StoreError> {
        let found = sqlx::query_as::<_, MintRow>("SELECT * FROM mints WHERE id = $1").bind(id.to_string());
        Ok(found.fetch_optional(&self.pool).await?)
    }

    /// Mints, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn mints(&self, filter: &MintFilter) -> Result<Vec<MintRow>, StoreError> {
        let rows = sqlx::query_as::<_, MintRow>(
            "SELECT * FROM mints WHERE ($1 = '' OR state = $1) AND ($2 = '' OR consumer = $2 OR stablecoin = $2) \
             AND ($3 = '' OR beneficiary = $3) AND ($4 = '' OR id < $4) ORDER BY id DESC LIMIT $5",
        )
        .bind(&filter.state)
        .bind(&filter.basket)
        .bind(&filter.beneficiary)
        .bind(&filter.before)
        .bind(filter.limit);
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Events with a number above `seq`, oldest first, of one mint or of all.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn events_after(
        &self,
        seq: i64,
        mint: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<LoggedEvent>, StoreError> {
        let rows = match mint {
            Some(mint) => sqlx::query_as::<_, LoggedEvent>(
                "SELECT * FROM events WHERE mint_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
            )
            .bind(mint.to_string()),
            None => {
                sqlx::query_as::<_, LoggedEvent>("SELECT * FROM events WHERE seq > $1 ORDER BY seq LIMIT $2")
            }
        };
        Ok(rows.bind(seq).bind(limit).fetch_all(&self.pool).await?)
    }

    /// Registers a basket under a name; `false` when the name is taken by another pair.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn register_basket(&self, basket: &BasketRow) -> Result<bool, StoreError> {
        sqlx::query(
            "INSERT INTO baskets (name, stablecoin, consumer, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
        )
        .bind(&basket.name)
        .bind(&basket.stablecoin)
        .bind(&basket.consumer)
        .bind(self.clock.now_ms())
        .execute(&self.pool)
        .await?;
        Ok(self.basket(&basket.name).await?.as_ref() == Some(basket))
    }

    /// The basket registered under a name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn basket(&self, name: &str) -> Result<Option<BasketRow>, StoreError> {
        let row = sqlx::query_as("SELECT name, stablecoin, consumer FROM baskets WHERE name = $1").bind(name);
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// All registered baskets by name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn baskets(&self) -> Result<Vec<BasketRow>, StoreError> {
        let rows = sqlx::query_as("SELECT name, stablecoin, consumer FROM baskets ORDER BY name LIMIT 1000");
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Ties the database to a chain, or checks that it is the one it was tied to.
    ///
    /// # Errors
    /// [`StoreError::ForeignChain`] when it belongs to another.
    pub async fn tie_to_chain(&self, chain_id: u64, genesis: &str) -> Result<(), StoreError> {
        for (name, value) in [("chain id", chain_id.to_string()), ("genesis block", genesis.to_owned())] {
            sqlx::query("INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(name)
                .bind(&value)
                .execute(&self.pool)
                .await?;
            let known: (String,) = sqlx::query_as("SELECT value FROM facts WHERE name = $1")
                .bind(name)
                .fetch_one(&self.pool)
                .await?;
            if known.0 != value {
                return Err(StoreError::ForeignChain(name));
            }
        }
        Ok(())
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.pool.acquire().await?.ping().await?)
    }

    /// Lets the writer finish what waits, and take nothing more.
    pub fn close_writes(&self) {
        self.end.cancel();
    }

    /// Closes the connections; the writer must have ended.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// The only place where the two engines differ.
async fn prepare(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    if connection.backend_name() == "SQLite" {
        for pragma in ["PRAGMA busy_timeout = 5000", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"]
        {
            connection.execute(pragma).await?;
        }
    }
    Ok(())
}

/// Takes the lock that keeps a second process away from a SQLite file; the operating system frees it with the process.
fn lock_file(database: &Path) -> Result<std::fs::File, StoreError> {
    if let Some(folder) = database.parent() {
        std::fs::create_dir_all(folder).map_err(StoreError::Folder)?;
    }
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    let path = PathBuf::from(name);
    let file = std::fs::File::options().create(true).append(true).open(path).map_err(StoreError::Folder)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::Locked),
        Err(std::fs::TryLockError::Error(error)) => Err(StoreError::Folder(error)),
    }
}
