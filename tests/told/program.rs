//! The program in a folder of its own, with everything that it needs besides a chain and a database.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::chain::address;

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// Repeats a question until it is answered with yes; false when that takes too long.
pub(crate) async fn until(mut question: impl AsyncFnMut() -> bool) -> bool {
    let asking = async {
        while !question().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.is_ok()
}

/// A folder with a workflow that is never run, keys that open nothing, and a deployment record.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self(tempfile::tempdir().expect("a temporary folder"));
        let record = json!({
            "basketFactory": address(1), "forwarder": address(2), "complianceLens": address(3),
            "firstBasket": { "stablecoin": address(4), "mintingConsumer": address(5) },
        });
        for (name, text) in [
            ("workflow/main.ts", String::new()),
            ("workflow/config.json", json!({ "porApiUrl": "http://127.0.0.1:1/{consumer}" }).to_string()),
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
    #[expect(clippy::disallowed_methods, reason = "the tests are about the process")]
    pub(crate) fn program(&self) -> Starting {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cre-backend"));
        command.current_dir(self.0.path()).env_clear().kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, value) in [
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
        ] {
            command.env(name, value);
        }
        // What the file sets and a test wants to see is not set from outside.
        let file = std::fs::read_to_string(self.path(".env")).unwrap_or_default();
        for name in ["BUN_PATH", "RPC_URL"].into_iter().filter(|name| file.contains(name)) {
            command.env_remove(name);
        }
        if file.contains("PORT=99999") {
            command.env_remove("PORT");
        }
        Starting(command)
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

/// A program about to start.
pub(crate) struct Starting(Command);

/// How a program ended, and all that it said.
pub(crate) struct End {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Starting {
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// Starts it; it ends by itself.
    pub(crate) async fn ends(mut self) -> End {
        let ended = tokio::time::timeout(PATIENCE, self.0.output()).await;
        let output = ended.expect("it ends in time").expect("the program starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        End { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Starts it and waits until it listens.
    #[expect(clippy::disallowed_methods, reason = "somebody must read what it says while it runs")]
    pub(crate) async fn starts(mut self) -> Program {
        let mut child = self.0.spawn().expect("the program starts");
        let (stdout, mut stderr) =
            (child.stdout.take().expect("output"), child.stderr.take().expect("output"));
        let said = tokio::spawn(async move {
            let mut text = String::new();
            stderr.read_to_string(&mut text).await.expect("text");
            text
        });
        let mut stdout = BufReader::new(stdout);
        let mut first = String::new();
        let reading = async {
            while !first.contains("listening on ") && stdout.read_line(&mut first).await.expect("text") > 0 {}
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("it listens in time");
        let after = |words: &str| first.lines().find_map(|line| line.strip_prefix(words)).map(str::to_owned);
        let Some(url) = after("listening on ") else {
            panic!("it does not listen: {first}{}", said.await.unwrap_or_default());
        };
        let operator_url = after("operators are served on ").unwrap_or_default();
        let rest = tokio::spawn(async move {
            stdout.read_to_string(&mut first).await.expect("text");
            first
        });
        // Installed already by an earlier call.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Program { child, url, operator_url, client: reqwest::Client::new(), stdout: rest, stderr: said }
    }
}

/// A program that listens.
pub(crate) struct Program {
    child: Child,
    url: String,
    operator_url: String,
    client: reqwest::Client,
    stdout: JoinHandle<String>,
    stderr: JoinHandle<String>,
}

/// What it answers.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Program {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.client.get(format!("{}{path}", self.url))).await
    }

    /// `GET` of a path where operators are served.
    pub(crate) async fn get_as_operator(&self, path: &str) -> Answer {
        answer(self.client.get(format!("{}{path}", self.operator_url))).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        answer(self.client.post(format!("{}{path}", self.url)).json(body)).await
    }

    /// Asks it to stop, and waits for its end.
    pub(crate) async fn stop(mut self) -> End {
        let pid = self.child.id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?)).expect("it runs");
        rustix::process::kill_process(pid, Signal::TERM).expect("the signal is sent");
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = ended.expect("it ends in time").expect("its status");
        End {
            code: status.code(),
            stdout: self.stdout.await.expect("its output"),
            stderr: self.stderr.await.expect("its output"),
        }
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), format!("{:?}", response.headers()));
    let text = response.text().await.expect("a body");
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Answer { status, text: format!("{headers}\n{text}"), body }
}
