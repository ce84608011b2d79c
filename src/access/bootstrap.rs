//! The first key: made at the first start, and again when it was lost; it lies in a file that only its owner can read.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::issue::{KeySpec, new_key};
use crate::base::clock::Clock;
use crate::domain::access::{AccessChange, ChangeOutcome, Scope, Scopes};
use crate::domain::mint::DEFAULT_ACCOUNT;
use crate::store::{AccessUpdate, Store, StoreError};

/// Name of the file in the state directory.
pub const FILE_NAME: &str = "admin.key";
/// Keys that are looked at for lost ones.
const KEYS_PAGE: i64 = 1_000;

/// Why there is no first key.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// Its file cannot be written.
    #[error("{} cannot be written", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server runs.
    #[error("the server uses this database, or did so a moment ago: stop it, wait 15 seconds, and try again")]
    Running,
    /// Nobody knows which chain the keys are for.
    #[error("the gateway has never seen its chain with this database; start it first")]
    NoChain,
}

/// Makes the first key, if there is none yet; returns its file.
///
/// # Errors
/// When file or database cannot be written.
pub async fn first_key(
    store: &Store,
    clock: &Clock,
    is_live: bool,
    folder: &Path,
) -> Result<Option<PathBuf>, BootstrapError> {
    if !store.keys("", 1).await?.is_empty() {
        return Ok(None);
    }
    make(store, clock, is_live, folder, "first start").await.map(Some)
}

/// Makes a new first key in place of a lost one, which counts no more; returns its file.
///
/// # Errors
/// When the server runs, or file or database cannot be written.
pub async fn recover(
    store: &Store,
    clock: &Clock,
    is_live: bool,
    folder: &Path,
) -> Result<PathBuf, BootstrapError> {
    if store.has_company().await? {
        return Err(BootstrapError::Running);
    }
    let by = "keys recover";
    let mut after = String::new();
    loop {
        let page = store.keys(&after, KEYS_PAGE).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.id);
        for lost in page.iter().filter(|key| key.is_bootstrap && key.revoked_at.is_none()) {
            let change = AccessChange::RevokeKey(lost.id.clone());
            store.change_access(AccessUpdate { change, by: by.to_owned() }).await?;
        }
    }
    make(store, clock, is_live, folder, by).await
}

async fn make(
    store: &Store,
    clock: &Clock,
    is_live: bool,
    folder: &Path,
    by: &str,
) -> Result<PathBuf, BootstrapError> {
    let spec = KeySpec {
        account: DEFAULT_ACCOUNT.to_owned(),
        holder: "operator".to_owned(),
        name: FILE_NAME.to_owned(),
        scopes: Scopes::from_iter([Scope::Admin, Scope::AuditRead, Scope::BasketPause, Scope::BasketResume]),
        networks: Vec::new(),
        grants: None,
        expires_at: None,
    };
    let (mut key, text) = new_key(spec, is_live, clock);
    key.is_bootstrap = true;
    // The file first: a key that nobody could read would count all the same.
    let path = folder.join(FILE_NAME);
    write(&path, &text).map_err(|error| BootstrapError::File(path.clone(), error))?;
    let change = AccessChange::CreateKey(Box::new(key));
    let outcome = store.change_access(AccessUpdate { change, by: by.to_owned() }).await?;
    if outcome != ChangeOutcome::Done {
        tracing::error!(?outcome, "the first key could not be stored");
    }
    Ok(path)
}

/// Writes a file that only its owner can read, whole or not at all.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let draft = path.with_extension("key.new");
    let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    // A file that was there before keeps its mode when it is opened.
    file.set_permissions(Permissions::from_mode(0o600))?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    std::fs::rename(&draft, path)
}
