//! Opening the database.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, Executor};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::database::Store;
use super::error::StoreError;
use super::event_log::head;
use super::notifier::CommitNotifier;
use super::queue::QUEUE_MAX;
use super::writer::Writer;
use crate::base::clock::Clock;
use crate::base::secret::SecretUrl;

/// Connections in the pool.
const CONNECTIONS_MAX: u32 = 8;
/// Longest wait for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

impl Store {
    /// Opens the database, migrates it, and returns the store with its writer, which the caller must run.
    ///
    /// # Errors
    /// When the database cannot be opened or migrated, or another process holds the SQLite file.
    pub async fn open(url: &SecretUrl, clock: Clock) -> Result<(Self, Writer), StoreError> {
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
        let (writes, queue) = mpsc::channel(QUEUE_MAX);
        make_clock(&pool).await?;
        let notifier = CommitNotifier::new(head(&pool).await?);
        let end = CancellationToken::new();
        let instance: Arc<str> = Arc::from(clock.new_id().to_string());
        let writer = Writer {
            pool: pool.clone(),
            queue,
            notifier: notifier.clone(),
            clock: clock.clone(),
            instance: Arc::clone(&instance),
            end: end.clone(),
        };
        let claims = Arc::default();
        let store = Self { pool, writes, notifier, clock, instance, claims, lock, end };
        store.read_time().await?;
        if store.is_exclusive() {
            store.release_all().await?;
        }
        Ok((store, writer))
    }
}

/// Makes the view through which statements see the database's own time, unix ms.
async fn make_clock(pool: &AnyPool) -> Result<(), sqlx::Error> {
    if sqlx::query("SELECT now_ms FROM clock").fetch_one(pool).await.is_ok() {
        return Ok(());
    }
    let is_sqlite = pool.acquire().await?.backend_name() == "SQLite";
    let view = match is_sqlite {
        true => "CREATE VIEW clock AS SELECT CAST(ROUND(unixepoch('subsec') * 1000) AS BIGINT) AS now_ms",
        false => {
            "CREATE VIEW clock AS SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now_ms"
        }
    };
    // Another process that starts at the same moment may have made it.
    let made = sqlx::query(view).execute(pool).await;
    sqlx::query("SELECT now_ms FROM clock").fetch_one(pool).await.and(made.map(|_| ()).or(Ok(())))
}

/// Sets up a connection where the engine needs it.
async fn prepare(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    if connection.backend_name() == "SQLite" {
        for pragma in ["PRAGMA busy_timeout = 5000", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"]
        {
            connection.execute(pragma).await?;
        }
    }
    Ok(())
}

/// Takes the lock that keeps a second process away from a SQLite file, by whatever path it comes; the operating system
/// frees it with the process. A second name in a directory (hard link) cannot be followed to the first, and SQLite's own
/// log beside the file would be another one for each name: such a file is refused.
fn lock_file(database: &Path) -> Result<std::fs::File, StoreError> {
    if let Some(folder) = database.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // From here on there is a file, and so one true path to it.
    match std::fs::File::create_new(database) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error.into()),
        Ok(_) | Err(_) => {}
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::nlink(&std::fs::metadata(database)?) > 1 {
        return Err(StoreError::SeveralNames);
    }
    let mut name = std::fs::canonicalize(database)?.into_os_string();
    name.push(".lock");
    let path = PathBuf::from(name);
    let file = std::fs::File::options().create(true).append(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::Locked),
        Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
    }
}
