//! Why the store did not do something.

use std::sync::Arc;

/// Why the store did not do it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or refused the statement.
    #[error("the database is not available")]
    Database(#[source] Arc<sqlx::Error>),
    /// A migration failed.
    #[error("the database could not be migrated")]
    Migrate(#[source] Arc<sqlx::migrate::MigrateError>),
    /// Another process holds the SQLite file.
    #[error("another process uses this SQLite database; only PostgreSQL can be shared between instances")]
    Locked,
    /// The SQLite file is a hard link of another.
    #[error(
        "the SQLite file has several names (hard links), each of which could be opened unnoticed; keep one"
    )]
    SeveralNames,
    /// The folder or the lock file cannot be made.
    #[error("the folder of the SQLite database cannot be written")]
    Folder(#[source] Arc<std::io::Error>),
    /// The database belongs to another chain.
    #[error("the database belongs to another chain ({0}); use another DATABASE_URL or restore the chain")]
    ForeignChain(&'static str),
    /// Another process stored the same key or reference in the meantime.
    #[error("another process was faster; ask again")]
    Raced,
    /// A stored row cannot be read.
    #[error("the stored mint {0} cannot be read")]
    Unreadable(String),
    /// Something cannot be written as JSON.
    #[error("it cannot be written down")]
    Unwritable(#[source] Arc<serde_json::Error>),
    /// The writer has stopped.
    #[error("the store is shutting down")]
    Closed,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migrate(Arc::new(error))
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::Folder(Arc::new(error))
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unwritable(Arc::new(error))
    }
}
