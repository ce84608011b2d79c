//! A database of a world: its clock, its backups, and what it cannot know.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use alloy::primitives::B256;
use cre_backend::base::secret::SecretUrl;
use sqlx::{AnyConnection, Connection, Executor};

use super::world::{START_MS, World};
use crate::database_clock::DatabaseClock;
use crate::postgres::Postgres;

/// A database.
pub(super) struct Database {
    pub(super) url: SecretUrl,
    /// Where it is a file.
    pub(super) file: Option<PathBuf>,
    clock: Option<DatabaseClock>,
    /// What its clock shows, unix ms.
    pub(super) now_ms: i64,
    /// The latest that its clock ever showed.
    pub(super) latest_ms: i64,
    /// References of runs of which it knows nothing, because another database had them begun, or because it was
    /// restored. What it says about their ends it says as far as it knows.
    pub(super) unknown: BTreeSet<B256>,
    /// Runs that were begun for it, by their place among all.
    pub(super) runs: Vec<usize>,
}

/// A copy of a database, and what it knew.
pub(super) struct Backup {
    file: PathBuf,
    runs: usize,
}

impl Database {
    /// A new file.
    pub(super) async fn file(path: PathBuf) -> Self {
        let url = format!("sqlite:{}", path.display());
        Self::at(&url, Some(path)).await
    }

    /// A new database of a server.
    pub(super) async fn on(server: &Postgres, seed: u64) -> Self {
        Self::at(&server.database(&format!("world_{seed}")).await, None).await
    }

    async fn at(url: &str, file: Option<PathBuf>) -> Self {
        Self {
            url: SecretUrl::new(url),
            file,
            clock: Some(DatabaseClock::of(url, START_MS).await),
            now_ms: START_MS,
            latest_ms: START_MS,
            unknown: BTreeSet::new(),
            runs: Vec::new(),
        }
    }

    /// Lets its clock go on, or jump.
    pub(super) async fn advance(&mut self, by_ms: i64) {
        self.set(self.now_ms + by_ms).await;
    }

    /// Sets its clock.
    pub(super) async fn set(&mut self, now_ms: i64) {
        self.now_ms = now_ms;
        self.latest_ms = self.latest_ms.max(now_ms);
        if let Some(clock) = &self.clock {
            clock.set(now_ms).await;
        }
    }
}

impl World {
    /// Takes a backup of the database of the process that acts, while that goes on.
    pub(super) async fn back_up(&mut self) -> Option<Backup> {
        let (_, copy) = self.beside("backup")?;
        remove(&copy);
        let mut reader = AnyConnection::connect(self.database().url.expose()).await.expect("a connection");
        let statement: &'static str = format!("VACUUM INTO '{}'", copy.display()).leak();
        reader.execute(statement).await.expect("a backup");
        reader.close().await.expect("a connection");
        Some(Backup { file: copy, runs: self.database().runs.len() })
    }

    /// Restores it: what happened since is known to nobody here.
    pub(super) async fn restore(&mut self, backup: Backup) {
        let here = self.here;
        self.stop(here).await;
        let home = self.instances[here].database;
        let lost: Vec<usize> = self.databases[home].runs.split_off(backup.runs);
        let references: Vec<B256> = {
            let runs = self.runs.all();
            lost.iter().flat_map(|run| &runs[*run].orders).map(|order| order.reference).collect()
        };
        let database = &mut self.databases[home];
        database.unknown.extend(references);
        if let Some(clock) = database.clock.take() {
            clock.close().await;
        }
        if let Some(file) = &database.file {
            remove(file);
            std::fs::rename(&backup.file, file).expect("the backup takes its place");
        }
        database.clock = Some(DatabaseClock::of(database.url.expose(), database.now_ms).await);
        self.start(here).await;
    }

    /// Takes note of the runs that the acting process began since `from`: other databases know nothing of them.
    pub(super) fn attribute_runs(&mut self, from: usize) {
        let runs = self.runs.all()[from..].to_vec();
        let home = self.instances[self.here].database;
        let references = || runs.iter().flat_map(|run| &run.orders).map(|order| order.reference);
        for (at, database) in self.databases.iter_mut().enumerate() {
            if at == home {
                database.runs.extend(from..from + runs.len());
            } else {
                database.unknown.extend(references());
            }
        }
    }
}

/// Removes a database file, and what SQLite keeps beside it.
fn remove(file: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        // There may be none.
        let _ = std::fs::remove_file(name);
    }
}
