//! Opening the database.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, Connection};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::connections::{Connections, Purpose};
use super::database::Store;
use super::error::StoreError;
use super::event_log::head;
use super::notifier::CommitNotifier;
use super::queue::QUEUE_MAX;
use super::writer::Writer;
use crate::base::clock::Clock;
use crate::base::secret::SecretUrl;

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
        migrate(&options).await?;
        let pool = Connections::open(options.clone(), Purpose::REQUESTS).await?;
        let writer_pool = Connections::open(options, Purpose::WRITER).await?;
        let (writes, queue) = mpsc::channel(QUEUE_MAX);
        let notifier = CommitNotifier::new(head(&pool).await?);
        let end = CancellationToken::new();
        let instance: Arc<str> = Arc::from(clock.new_id().to_string());
        let writer = Writer {
            connections: writer_pool.clone(),
            queue,
            notifier: notifier.clone(),
            clock: clock.clone(),
            instance: Arc::clone(&instance),
            end: end.clone(),
        };
        let claims = Arc::default();
        let store = Self { pool, writer_pool, writes, notifier, clock, instance, claims, lock, end };
        store.read_time().await?;
        if store.is_exclusive() {
            store.release_all().await?;
        }
        Ok((store, writer))
    }
}

/// Brings the schema to its newest version. However long that takes: the connection has no deadline.
async fn migrate(options: &AnyConnectOptions) -> Result<(), StoreError> {
    let mut connection = AnyConnection::connect_with(options).await?;
    sqlx::migrate!("./migrations").run(&mut connection).await?;
    make_clock(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Makes the view through which statements see the database's own time, unix ms.
async fn make_clock(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    if sqlx::query("SELECT now_ms FROM clock").fetch_one(&mut *connection).await.is_ok() {
        return Ok(());
    }
    let is_sqlite = connection.backend_name() == "SQLite";
    let view = match is_sqlite {
        true => "CREATE VIEW clock AS SELECT CAST(ROUND(unixepoch('subsec') * 1000) AS BIGINT) AS now_ms",
        false => {
            "CREATE VIEW clock AS SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now_ms"
        }
    };
    // Another process that starts at the same moment may have made it.
    let made = sqlx::query(view).execute(&mut *connection).await;
    sqlx::query("SELECT now_ms FROM clock").fetch_one(connection).await.and(made.map(|_| ()).or(Ok(())))
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
