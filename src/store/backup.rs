//! A copy of a SQLite database, made while another process may be writing to it.

use std::fs;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, Connection};

use crate::base::secret::SecretUrl;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Its own tools copy that database.
    #[error("DATABASE_URL is no SQLite file; PostgreSQL has its own tool")]
    NotSqlite,
    /// There is nothing to copy.
    #[error("there is no database at {0}")]
    Missing(PathBuf),
    /// An older backup would be lost.
    #[error("{0} is there already")]
    Exists(PathBuf),
    /// The database cannot be read, or the copy not written.
    #[error("the database cannot be copied")]
    Database(#[source] sqlx::Error),
    /// The file system refuses.
    #[error("the copy cannot be written: {0}")]
    File(#[from] io::Error),
}

/// Copies a SQLite database as it is at one moment into a new file, readable by its owner only. The file has its name
/// only when it is whole and on the disk.
///
/// # Errors
/// [`BackupError`]; then there is no such file.
pub async fn copy(url: &SecretUrl, to: &Path) -> Result<(), BackupError> {
    let from = url.expose().strip_prefix("sqlite:").map(Path::new).ok_or(BackupError::NotSqlite)?;
    if !from.is_file() {
        return Err(BackupError::Missing(from.to_path_buf()));
    }
    if to.exists() {
        return Err(BackupError::Exists(to.to_path_buf()));
    }
    let mut partial = to.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let copied = write(from, &partial, to).await;
    if copied.is_err() {
        // What cannot be removed either is left, under a name that says what it is.
        let _ = fs::remove_file(&partial);
    }
    copied
}

async fn write(from: &Path, partial: &Path, to: &Path) -> Result<(), BackupError> {
    // Whatever an earlier attempt left behind goes; SQLite fills an empty file and keeps its mode.
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(partial)?;
    vacuum_into(from, partial).await.map_err(BackupError::Database)?;
    fs::File::open(partial)?.sync_all()?;
    fs::rename(partial, to)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(fs::File::open(folder)?.sync_all()?)
}

async fn vacuum_into(from: &Path, to: &Path) -> Result<(), sqlx::Error> {
    sqlx::any::install_default_drivers();
    let options: AnyConnectOptions = format!("sqlite:{}?mode=rw", from.display()).parse()?;
    let mut connection = AnyConnection::connect_with(&options).await?;
    sqlx::query("PRAGMA busy_timeout = 5000").execute(&mut connection).await?;
    sqlx::query("VACUUM INTO $1").bind(to.display().to_string()).execute(&mut connection).await?;
    connection.close().await
}
