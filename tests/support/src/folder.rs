//! Files of a test: a copy of the CRE folder with its own reserve API, and keys with its own chain.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::{Value, json};

use crate::root;

const PROJECT: &str = "bank-stablecoin-por-ace-ccip-workflow";

/// The fixture that `scripts/test-fixture.sh` builds.
#[must_use]
pub fn fixture() -> PathBuf {
    let fixture = root().join("target/fixture");
    assert!(
        fixture.join("state.json").is_file(),
        "target/fixture is missing: run 'bash scripts/test-fixture.sh' once before the tests"
    );
    fixture
}

/// A program of the CRE folder's packages.
#[must_use]
pub fn tool(name: &str) -> PathBuf {
    let path = root().join(PROJECT).join("node_modules/.bin").join(name);
    assert!(path.is_file(), "{name} is missing: run 'bun install --frozen-lockfile' in {PROJECT}");
    path
}

/// Bun: where the scripts put it, else on the PATH.
#[must_use]
pub fn bun() -> PathBuf {
    let installed = root().join(".local/tools/node_modules/.bin/bun");
    if installed.is_file() {
        return installed;
    }
    let path = option_env!("PATH").unwrap_or_default();
    let found = path.split(':').map(|folder| Path::new(folder).join("bun")).find(|program| program.is_file());
    found.expect("bun is missing: run 'bash scripts/test-fixture.sh', which installs it")
}

/// Makes `workflow/` and `keys/` below the folder of a test.
pub fn lay_out(folder: &Path, rpc_url: &str, reserve_url: &str) {
    lay_out_workflow(folder, reserve_url).expect("a copy of the CRE folder");
    lay_out_keys(folder, rpc_url).expect("a copy of the keys");
}

fn lay_out_workflow(folder: &Path, reserve_url: &str) -> io::Result<()> {
    let (from, to) = (root().join(PROJECT), folder.join("workflow"));
    for name in ["workflow", "host", "contracts/abi"] {
        copy_folder(&from.join(name), &to.join(name))?;
    }
    for entry in fs::read_dir(&from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    std::os::unix::fs::symlink(from.join("node_modules"), to.join("node_modules"))?;
    let file = to.join("config.local.json");
    let mut config: Value = serde_json::from_slice(&fs::read(&file)?)?;
    let record: Value = serde_json::from_slice(&fs::read(fixture().join("31337.json"))?)?;
    // It fires when a test says so.
    config.as_object_mut().expect("an object").remove("attestSchedule");
    config["basketFactory"] = record["basketFactory"].clone();
    config["porApiUrl"] = json!(format!("{reserve_url}/reserves/{{stablecoin}}"));
    fs::write(file, config.to_string())
}

fn lay_out_keys(folder: &Path, rpc_url: &str) -> io::Result<()> {
    let (from, to) = (fixture(), folder.join("keys"));
    fs::create_dir(&to)?;
    for name in ["31337.json", "transmitters.json", "don.json"] {
        fs::copy(from.join(name), to.join(name))?;
    }
    let mut don: Value = serde_json::from_slice(&fs::read(to.join("don.json"))?)?;
    let record: Value = serde_json::from_slice(&fs::read(to.join("31337.json"))?)?;
    let chain =
        json!({ "chainSelectorName": "anvil-devnet", "rpcUrl": rpc_url, "forwarder": record["forwarder"] });
    don["chains"] = json!([chain]);
    fs::write(to.join("don.json"), don.to_string())
}

/// Files of one name anywhere below a folder.
#[must_use]
pub fn files(below: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![below.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with(name) {
                found.push(path);
            }
        }
    }
    found
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A program in Bun's place that knows the two calls which are not a run, and otherwise does what `script` says.
#[must_use]
pub fn fake_bun(folder: &Path, script: &str) -> PathBuf {
    let path = folder.join("fake-bun");
    let text = format!(
        "#!/bin/sh\n\
         case \"$1 $2\" in '--version '*) echo 0; exit 0;; 'run host/bundle.ts') exit 0;; esac\n\
         {script}\n"
    );
    fs::write(&path, text).expect("a script");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("an executable script");
    path
}
