//! `cre-backend backup`.

use super::arguments::BackupArguments;
use super::exit::Failure;
use super::show;
use crate::config::Surroundings;
use crate::store::backup::{BackupError, copy};

/// Copies the database while the gateway may be running.
pub(super) async fn backup(surroundings: &Surroundings, arguments: &BackupArguments) -> Result<(), Failure> {
    let url = surroundings
        .database(&arguments.database_url)
        .map_err(|error| Failure::refused(error.to_string()))?;
    let file = arguments.file.display();
    match copy(&url, &arguments.file).await {
        Ok(()) => show::line(&format!("copied to {file}")),
        Err(error @ BackupError::NotSqlite) => {
            Err(Failure::refused(format!("{error}: pg_dump --format=custom --file={file} \"$DATABASE_URL\"")))
        }
        Err(error) => Err(Failure::refused(error.to_string())),
    }
}
