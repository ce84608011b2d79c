//! The gateway as the real program, which can be killed as a power cut would.

use std::path::Path;
use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::{PATIENCE, Stack, until};

const PROGRAM: &str = env!("CARGO_BIN_EXE_cre-backend");

/// A running program.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    pub(crate) url: String,
}

impl Program {
    /// Starts the program on a disk that takes no file larger than so many half kilobytes.
    pub(crate) async fn start_on_small_disk(stack: &Stack, half_kilobytes: u32) -> Option<Self> {
        // Without the trap the kernel would end the process instead of refusing the write.
        let limit = format!("trap '' XFSZ; ulimit -f {half_kilobytes}; exec \"$0\"");
        let mut command = command(stack, Path::new("/bin/sh"), None);
        command.args(["-c", &limit, PROGRAM]);
        Self::listening(command).await
    }

    /// Starts the program with the stack's settings; `order_to_die` is "<point>:<n>". Returns nothing when it died
    /// before it listened.
    pub(crate) async fn start(stack: &Stack, order_to_die: Option<&str>) -> Option<Self> {
        Self::listening(command(stack, Path::new(PROGRAM), order_to_die)).await
    }

    async fn listening(mut command: Command) -> Option<Self> {
        let mut child = command.spawn().expect("the gateway's program starts");
        let stdout = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(stdout).lines();
        let listening = async {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(url) = line.strip_prefix("listening on ") {
                    return Some(url.to_owned());
                }
            }
            None
        };
        let url = tokio::time::timeout(PATIENCE, listening).await.expect("the gateway starts in time")?;
        Some(Self { child, url })
    }

    /// Kills the program without a warning.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("the program can be killed");
    }

    /// Asks the program to stop, as a supervisor would, and waits for its end.
    pub(crate) async fn terminate(&mut self) -> ExitStatus {
        let pid = self.child.id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?)).expect("it runs");
        rustix::process::kill_process(pid, Signal::TERM).expect("the signal is sent");
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends").expect("its status")
    }

    /// Whether the program has ended.
    pub(crate) fn has_died(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    /// Whether the program dies by itself within the tests' patience.
    pub(crate) async fn dies(&mut self) -> bool {
        until(async || self.has_died()).await
    }
}

#[expect(clippy::disallowed_methods, reason = "the story is about the process")]
fn command(stack: &Stack, program: &Path, order_to_die: Option<&str>) -> Command {
    let settings = &stack.settings;
    let mut command = Command::new(program);
    command.current_dir(stack.folder.path()).env_clear().kill_on_drop(true);
    for (name, value) in [
        ("PORT", &settings.port),
        ("WORKFLOW_DIR", &settings.workflow_dir),
        ("RPC_URL", &settings.rpc_url),
        ("DEPLOYMENTS_DIR", &settings.deployments_dir),
        ("CRE_DON_FILE", &settings.cre_don_file),
        ("CRE_RUN_DIR", &settings.cre_run_dir),
        ("DATABASE_URL", &settings.database_url),
        ("BUN_PATH", &settings.bun_path),
        ("MINT_WAIT_SECONDS", &settings.mint_wait_seconds),
        ("WORKFLOW_MODE", &settings.workflow_mode),
        ("BATCH_MAX", &settings.batch_max),
        ("WORKFLOW_CONCURRENCY", &settings.workflow_concurrency),
        ("WORKFLOW_TIMEOUT_SECONDS", &settings.workflow_timeout_seconds),
        ("LEASE_SECONDS", &settings.lease_seconds),
        ("PATH", &settings.path),
    ] {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    if let Some(order) = order_to_die {
        command.env("CRE_FAULT_POINT", order);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}
