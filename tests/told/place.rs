//! A folder for the program, with everything that it needs besides a chain and a database.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;
use test_support::program::Launch;

use crate::chain::address;

/// A folder with a workflow that is never run, keys that open nothing, and a deployment record.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self(tempfile::tempdir().expect("a temporary folder"));
        let record = json!({
            "version": 2, "basketFactory": address(1), "forwarder": address(2), "complianceLens": address(3),
            "firstBasket": { "stablecoin": address(4), "mintingConsumer": address(5) },
        });
        for (name, text) in [
            ("workflow/main.ts", String::new()),
            (
                "workflow/config.local.json",
                json!({ "porApiUrl": "http://127.0.0.1:1/{stablecoin}" }).to_string(),
            ),
            ("workflow/deployments/31337.json", record.to_string()),
            ("don.json", json!({ "transmitters": "keys.json" }).to_string()),
            ("keys.json", json!({ "transmitters": [{}] }).to_string()),
            ("bun", "#!/bin/sh\nexit 0\n".to_owned()),
        ] {
            let path = place.path(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(place.path("bun"), executable).expect("an executable script");
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The program with settings that suit this folder.
    pub(crate) fn program(&self) -> Launch {
        // What the file sets and a test wants to see is not set from outside.
        let file = std::fs::read_to_string(self.path(".env")).unwrap_or_default();
        let is_of_file = |name: &str| match name {
            "BUN_PATH" | "RPC_URL" => file.contains(name),
            "PORT" => file.contains("PORT=99999"),
            _ => false,
        };
        let settings = [
            ("PORT", "0"),
            ("ADMIN_ADDR", "127.0.0.1:0"),
            ("WORKFLOW_DIR", "workflow"),
            ("WORKFLOW_MODE", "cold"),
            ("WORKFLOW_CONCURRENCY", "1"),
            ("CRE_DON_FILE", "don.json"),
            ("CRE_RUN_DIR", "runs"),
            ("BUN_PATH", "./bun"),
            ("DATABASE_URL", "sqlite:gateway.db"),
            ("RPC_URL", "http://127.0.0.1:1"),
            ("PATH", "/usr/bin:/bin"),
        ];
        Launch::new(self.0.path(), settings.into_iter().filter(|(name, _)| !is_of_file(name)))
    }

    /// Files that contain a text.
    pub(crate) fn files_with(&self, text: &str) -> Vec<PathBuf> {
        let (mut found, mut folders) = (Vec::new(), vec![self.0.path().to_path_buf()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if contains(&path, text) {
                    found.push(path);
                }
            }
        }
        found
    }
}

fn contains(path: &Path, text: &str) -> bool {
    let bytes = std::fs::read(path).expect("a file");
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
