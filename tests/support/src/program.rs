//! The gateway as the real program, which can be killed as a power cut would.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};

use rustix::process::{Pid, Signal};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::{PATIENCE, Stack, until};

/// The program that was built with the running test.
fn program() -> PathBuf {
    let test = std::env::current_exe().expect("the running test's own path");
    // Tests lie in target/<profile>/deps, the program above it.
    let profile = test.ancestors().nth(2).expect("a folder of the build");
    let program = profile.join("cre-backend");
    assert!(
        program.is_file(),
        "{} is missing: build it together with the tests, by running them with cargo",
        program.display()
    );
    program
}

/// A running program.
#[derive(Debug)]
pub struct Program {
    child: Child,
    /// Where it listens.
    pub url: String,
    /// Where it serves operators; empty when it does not.
    pub operator_url: String,
}

impl Program {
    /// Starts the program on a disk that takes no file larger than so many half kilobytes.
    pub async fn start_on_small_disk(stack: &Stack, half_kilobytes: u32) -> Option<Self> {
        // Without the trap the kernel would end the process instead of refusing the write.
        let limit = format!("trap '' XFSZ; ulimit -f {half_kilobytes}; exec \"$0\"");
        let mut command = command(stack, Path::new("/bin/sh"), None);
        command.args(["-c", &limit]).arg(program());
        Self::listening(command).await
    }

    /// Starts the program with the stack's settings; `order_to_die` is "<point>:<n>". Returns nothing when it died
    /// before it listened.
    pub async fn start(stack: &Stack, order_to_die: Option<&str>) -> Option<Self> {
        Self::listening(command(stack, &program(), order_to_die)).await
    }

    async fn listening(mut command: Command) -> Option<Self> {
        let mut child = command.spawn().expect("the gateway's program starts");
        let stdout = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(stdout).lines();
        let listening = async {
            let mut operator_url = String::new();
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(url) = line.strip_prefix("operators are served on ") {
                    url.clone_into(&mut operator_url);
                } else if let Some(url) = line.strip_prefix("listening on ") {
                    return Some((url.to_owned(), operator_url));
                }
            }
            None
        };
        let listening = tokio::time::timeout(PATIENCE, listening).await;
        let (url, operator_url) = listening.expect("the gateway starts in time")?;
        Some(Self { child, url, operator_url })
    }

    /// Kills the program without a warning.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("the program can be killed");
    }

    /// Asks the program to stop, as a supervisor would, and waits for its end.
    pub async fn terminate(&mut self) -> ExitStatus {
        let pid = self.child.id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?)).expect("it runs");
        rustix::process::kill_process(pid, Signal::TERM).expect("the signal is sent");
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends").expect("its status")
    }

    /// Whether the program has ended.
    pub fn has_died(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    /// Whether the program dies by itself within the tests' patience.
    pub async fn dies(&mut self) -> bool {
        until(async || self.has_died()).await
    }
}

/// Runs the program with these arguments to its end, in the stack's folder and as a client of the stack's gateway.
pub async fn run(stack: &Stack, arguments: &[&str]) -> Output {
    let mut command = command(stack, &program(), None);
    command.args(arguments).env("CRE_BACKEND_URL", &stack.url).stderr(Stdio::piped());
    tokio::time::timeout(PATIENCE, command.output())
        .await
        .expect("it ends in time")
        .expect("the program starts")
}

#[expect(clippy::disallowed_methods, reason = "the gateway of such a test is a process")]
fn command(stack: &Stack, program: &Path, order_to_die: Option<&str>) -> Command {
    let _ = stack.known_settings();
    let mut command = Command::new(program);
    command.current_dir(stack.folder.path()).env_clear().envs(&stack.settings).kill_on_drop(true);
    if let Some(order) = order_to_die {
        command.env("CRE_FAULT_POINT", order);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}
