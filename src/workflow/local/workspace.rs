//! Private directories for runs, and what a crashed predecessor left in them.
//!
//! Each process has a folder of its own below `CRE_RUN_DIR` (mode 0700, locked while the process lives) with the
//! bundle and one directory per run. The workflow's own configuration is never written: a run's config.json is that with
//! the basket's two addresses, which the host takes out again.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use alloy::primitives::Address;
use serde_json::{Map, Value, json};

use crate::workflow::error::WorkflowError;
use crate::workflow::run::{Attestable, Attestation, Run};

/// Finished run directories that are kept for the operator.
const RUNS_KEPT: usize = 200;
const LOCK: &str = "lock";
const PROCESS: &str = "process";
const BUNDLE: &str = "bundle";

/// The folder of this process.
#[derive(Clone, Debug)]
pub struct Workspace {
    folder: PathBuf,
    deployed_config: PathBuf,
    _lock: Arc<fs::File>,
}

impl Workspace {
    /// Makes the folder and clears up after predecessors that no longer live.
    ///
    /// # Errors
    /// When `root` cannot be written.
    pub fn open(root: &Path, instance: &str, deployed_config: PathBuf) -> Result<Self, WorkflowError> {
        let open = || -> io::Result<(PathBuf, fs::File)> {
            private_folder(root)?;
            sweep(root)?;
            let folder = root.canonicalize()?.join(instance);
            private_folder(&folder)?;
            let lock = fs::File::create(folder.join(LOCK))?;
            lock.try_lock()?;
            Ok((folder, lock))
        };
        let (folder, lock) = open().map_err(WorkflowError::Folder)?;
        Ok(Self { folder, deployed_config, _lock: Arc::new(lock) })
    }

    /// Where the bundle of host and workflow goes.
    #[must_use]
    pub fn bundle_folder(&self) -> PathBuf {
        self.folder.join(BUNDLE)
    }

    /// Makes the directory of one run with its two files.
    ///
    /// # Errors
    /// When the workflow's configuration is unusable or the directory cannot be written.
    pub fn prepare(&self, run: &Run) -> Result<PathBuf, WorkflowError> {
        let payload = json!({
            "version": 1,
            "chainId": run.chain_id,
            "stablecoin": run.stablecoin,
            "consumer": run.consumer,
            "validUntil": run.valid_until,
            "orders": run.orders.iter().map(|order| json!({
                "bankRef": order.reference, "account": order.account, "amount": order.amount.to_string(),
            })).collect::<Vec<_>>(),
        });
        self.prepare_for(&run.request_id, Some((run.stablecoin, run.consumer)), Some(&payload))
    }

    /// Makes the directory of a run without an order.
    ///
    /// # Errors
    /// When the workflow's configuration is unusable or the directory cannot be written.
    pub fn prepare_attestation(&self, attestation: &Attestation) -> Result<PathBuf, WorkflowError> {
        let Attestation { request_id, of } = attestation;
        match *of {
            Attestable::Basket { chain_id, stablecoin, consumer } => {
                let payload = json!({
                    "version": 1,
                    "chainId": chain_id,
                    "stablecoin": stablecoin,
                    "consumer": consumer,
                    "orders": [],
                });
                self.prepare_for(request_id, Some((stablecoin, consumer)), Some(&payload))
            }
            Attestable::Turn { .. } => self.prepare_for(request_id, None, None),
        }
    }

    fn prepare_for(
        &self,
        request_id: &str,
        basket: Option<(Address, Address)>,
        payload: Option<&Value>,
    ) -> Result<PathBuf, WorkflowError> {
        let deployed = fs::read(&self.deployed_config).map_err(|_| WorkflowError::Config)?;
        let mut config: Map<String, Value> =
            serde_json::from_slice(&deployed).map_err(|_| WorkflowError::Config)?;
        if let Some((stablecoin, consumer)) = basket {
            config.insert("stablecoinAddress".to_owned(), json!(stablecoin));
            config.insert("mintingConsumerAddress".to_owned(), json!(consumer));
        }
        let write = || -> io::Result<PathBuf> {
            prune(&self.folder)?;
            let folder = self.folder.join(request_id);
            private_folder(&folder)?;
            write_whole(&folder, "config.json", Value::Object(config).to_string().as_bytes())?;
            if let Some(payload) = payload {
                write_whole(&folder, "http_trigger_payload.json", payload.to_string().as_bytes())?;
            }
            Ok(folder)
        };
        write().map_err(WorkflowError::Folder)
    }

    /// Notes which process works in a run directory, so that a successor can end it.
    ///
    /// # Errors
    /// When the note cannot be written.
    pub fn note_process(folder: &Path, pid: u32) -> io::Result<()> {
        write_whole(folder, PROCESS, pid.to_string().as_bytes())
    }

    /// Removes the bundle at the end; the run directories stay for the operator.
    pub fn close(&self) {
        // A failure leaves files that the next start clears.
        let _ = fs::remove_dir_all(self.bundle_folder());
    }
}

fn private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

/// Writes a file so that a reader sees all of it or nothing; it need not outlive the machine's power.
fn write_whole(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.persist(folder.join(name)).map_err(|error| error.error)?;
    Ok(())
}

fn folders(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// Ends processes of predecessors that crashed, and removes what they left.
fn sweep(root: &Path) -> io::Result<()> {
    for folder in folders(root)? {
        let Ok(lock) = fs::File::open(folder.join(LOCK)) else { continue };
        if lock.try_lock().is_err() {
            continue;
        }
        for run in folders(&folder)? {
            end_leftover(&run, &folder.join(BUNDLE));
        }
        fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

/// Ends the process group noted in a run directory, if it still is the one that was started for it.
fn end_leftover(run: &Path, bundle: &Path) {
    let Ok(note) = fs::read_to_string(run.join(PROCESS)) else { return };
    let Some(pid) = note.trim().parse().ok().and_then(rustix::process::Pid::from_raw) else { return };
    let environment = fs::read(format!("/proc/{}/environ", pid.as_raw_nonzero())).unwrap_or_default();
    let marks = marks(run, bundle);
    let is_ours = |entry: &[u8]| marks.iter().any(|mark| entry == mark.as_bytes());
    if environment.split(|byte| *byte == 0).any(is_ours) {
        tracing::warn!(pid = pid.as_raw_nonzero().get(), "ending a workflow run that outlived its gateway");
        // It may have ended in the meantime.
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
}

/// Removes run directories but the newest. By age, not by name: an old mint may be running again. Several runs may be
/// at it at once, and none of them may fail for that.
fn prune(folder: &Path) -> io::Result<()> {
    let age = |path: &PathBuf| fs::metadata(path).and_then(|about| about.modified()).ok();
    let mut runs: Vec<_> = folders(folder)?
        .into_iter()
        .filter(|path| !path.ends_with(BUNDLE))
        .filter_map(|path| Some((age(&path)?, path)))
        .collect();
    runs.sort();
    for (_, old) in runs.iter().take(runs.len().saturating_sub(RUNS_KEPT)) {
        if let Err(error) = fs::remove_dir_all(old) {
            tracing::debug!(kind = %error.kind(), "an old run directory was not removed");
        }
    }
    Ok(())
}

/// What the environment of a run's process carries, cold or warm.
fn marks(run: &Path, bundle: &Path) -> [String; 2] {
    [format!("CRE_RUN_DIR={}", run.display()), format!("CRE_BUNDLE_DIR={}", bundle.display())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::OrderKey;
    use alloy::primitives::{Address, B256, U256};

    fn run(id: &str) -> Run {
        Run {
            request_id: id.to_owned(),
            chain_id: 31337,
            stablecoin: Address::repeat_byte(1),
            consumer: Address::repeat_byte(2),
            valid_until: 1_790_000_000,
            orders: vec![OrderKey {
                stablecoin: Address::repeat_byte(1),
                consumer: Address::repeat_byte(2),
                reference: B256::repeat_byte(3),
                account: Address::repeat_byte(4),
                amount: U256::from(10).pow(U256::from(21)),
            }],
        }
    }

    #[test]
    fn workspace_run_adds_two_fields_to_the_deployed_configuration() {
        let root = tempfile::tempdir().unwrap();
        let base = root.path().join("config.json");
        let deployed = r#"{"basketFactory":"0xf","porApiUrl":"http://r/{stablecoin}","gasLimit":"5000000"}"#;
        fs::write(&base, deployed).unwrap();
        let workspace = Workspace::open(&root.path().join("runs"), "one", base.clone()).unwrap();
        let folder = workspace.prepare(&run("m.1")).unwrap();
        let mut config: Map<String, Value> =
            serde_json::from_slice(&fs::read(folder.join("config.json")).unwrap()).unwrap();
        for (field, byte) in [("stablecoinAddress", "01"), ("mintingConsumerAddress", "02")] {
            assert_eq!(config.remove(field), Some(json!(format!("0x{}", byte.repeat(20)))), "{field}");
        }
        assert_eq!(Value::Object(config), serde_json::from_str::<Value>(deployed).unwrap());
        let payload: Value =
            serde_json::from_slice(&fs::read(folder.join("http_trigger_payload.json")).unwrap()).unwrap();
        assert_eq!(payload["orders"][0]["amount"], "1000000000000000000000");
        assert_eq!(payload["stablecoin"], "0x0101010101010101010101010101010101010101");
        let basket = Attestable::Basket {
            chain_id: 31337,
            stablecoin: Address::repeat_byte(1),
            consumer: Address::repeat_byte(2),
        };
        let prepared = |id: &str, of| {
            workspace.prepare_attestation(&Attestation { request_id: id.to_owned(), of }).unwrap()
        };
        let attested = prepared("a.1", basket);
        let text = |folder: &Path, name| fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(text(&attested, "config.json"), text(&folder, "config.json"));
        let asked: Value = serde_json::from_str(&text(&attested, "http_trigger_payload.json")).unwrap();
        assert_eq!((&asked["consumer"], &asked["orders"]), (&payload["consumer"], &json!([])));
        let turn = prepared("a.2", Attestable::Turn { fired_at: 1_790_000_100 });
        let unchanged: Value = serde_json::from_str(&text(&turn, "config.json")).unwrap();
        assert_eq!(unchanged, serde_json::from_str::<Value>(deployed).unwrap());
        assert!(!turn.join("http_trigger_payload.json").exists());
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::read_to_string(&base).unwrap(), deployed);
    }

    #[test]
    fn workspace_makes_room_without_hindering_other_runs() {
        let root = tempfile::tempdir().unwrap();
        let base = root.path().join("config.json");
        fs::write(&base, "{}").unwrap();
        let workspace = Workspace::open(&root.path().join("runs"), "one", base).unwrap();
        for at in 0..RUNS_KEPT {
            workspace.prepare(&run(&format!("9.{at}"))).unwrap();
        }
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let workspace = &workspace;
                scope.spawn(move || {
                    for at in 0..20 {
                        let folder = workspace.prepare(&run(&format!("{thread}.{at}"))).unwrap();
                        assert!(folder.join("config.json").is_file(), "a name that sorts first is no age");
                    }
                });
            }
        });
        assert!(folders(&workspace.folder).unwrap().len() <= RUNS_KEPT + 8);
    }

    #[test]
    fn workspace_leaves_the_living_alone_and_clears_the_dead() {
        let root = tempfile::tempdir().unwrap();
        let base = root.path().join("config.json");
        fs::write(&base, "{}").unwrap();
        let runs = root.path().join("runs");
        let living = Workspace::open(&runs, "living", base.clone()).unwrap();
        let dead = Workspace::open(&runs, "dead", base.clone()).unwrap();
        drop(dead);
        let _next = Workspace::open(&runs, "next", base).unwrap();
        assert!(runs.join("living").is_dir() && !runs.join("dead").exists());
        drop(living);
    }
}
