//! `bun run main.ts` as a child process: bounded in time, output and lifetime.
//!
//! The child leads a process group of its own; whatever happens (deadline, flood, shutdown, a dropped future) the whole
//! group is killed. Its environment is a short list, never ours.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::output::{Exit, Listener, Outcome};
use super::workspace::Workspace;
use super::{Attestation, Ended, Reserves, Run, WorkflowError};

/// Most output of one run, both streams together.
const OUTPUT_BYTES_MAX: usize = 1 << 20;
/// Longest line; more is a flood.
const LINE_BYTES_MAX: usize = 64 << 10;
/// Deadline of `bun --version`.
const VERSION_TIMEOUT: Duration = Duration::from_secs(5);
/// Deadline of the bundle step.
const BUNDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// File that keeps what a run printed.
const OUTPUT_FILE: &str = "output.log";

/// What a run needs to know besides the order.
#[derive(Clone, Debug)]
pub struct BunSettings {
    /// The Bun program.
    pub program: PathBuf,
    /// The CRE project folder.
    pub workflow_dir: PathBuf,
    /// Keys of the local DON.
    pub don_file: PathBuf,
    /// First RPC endpoint.
    pub rpc_url: crate::config::SecretUrl,
    /// `PATH` and `HOME`.
    pub environment: Vec<(String, String)>,
    /// Deadline of a run.
    pub timeout: Duration,
}

/// One start of `main.ts`.
struct Launch<'a> {
    folder: &'a Path,
    request_id: &'a str,
    slot: i64,
    more: &'a [&'a str],
}

/// Runs workflows with Bun.
#[derive(Clone, Debug)]
pub struct Bun {
    settings: BunSettings,
    workspace: Workspace,
}

impl Bun {
    /// Bundles host and workflow once, so that no run has to.
    ///
    /// # Errors
    /// When Bun is missing or the bundle step fails.
    pub async fn start(settings: BunSettings, workspace: Workspace) -> Result<Self, WorkflowError> {
        let bun = Self { settings, workspace };
        let mut command = bun.command();
        command.args(["run", "host/bundle.ts", "--out"]).arg(bun.workspace.bundle_folder());
        let (exit, mut said) = bun.collect(command, BUNDLE_TIMEOUT).await.map_err(WorkflowError::NoBun)?;
        if exit != Exit::Code(0) {
            said.retain(|c| !c.is_control());
            let words: String = said.chars().take(300).collect();
            return Err(WorkflowError::Bundle(words));
        }
        Ok(bun)
    }

    /// What `bun --version` prints.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn version(&self) -> io::Result<String> {
        let mut command = self.command();
        command.arg("--version");
        match self.collect(command, VERSION_TIMEOUT).await? {
            (Exit::Code(0), version) => Ok(version.trim().to_owned()),
            _ => Err(io::Error::other("bun --version failed")),
        }
    }

    /// Runs the workflow for one order.
    pub async fn run(&self, run: &Run, steps: mpsc::Sender<String>, stop: &CancellationToken) -> Ended {
        let unstarted = |words: String| Ended { outcome: Outcome::Unstarted(words), reserves: None };
        let folder = match self.workspace.prepare(run) {
            Ok(folder) => folder,
            Err(error) => return unstarted(error.to_string()),
        };
        let launch = Launch { folder: &folder, request_id: &run.request_id, slot: run.slot, more: &[] };
        match self.launch(launch, steps, stop).await {
            Ok((exit, listener)) => {
                Ended { outcome: listener.outcome(exit, run.reference), reserves: listener.reserves() }
            }
            Err(words) => unstarted(words),
        }
    }

    /// Runs the workflow's scheduled handler for one basket.
    ///
    /// # Errors
    /// A sentence when it could not be started or did not end well.
    pub async fn attest(
        &self,
        attestation: &Attestation,
        stop: &CancellationToken,
    ) -> Result<Option<Reserves>, String> {
        let Attestation { request_id, stablecoin, consumer, slot } = attestation;
        let folder = self
            .workspace
            .prepare_for(request_id, *stablecoin, *consumer)
            .map_err(|error| error.to_string())?;
        let launch = Launch { folder: &folder, request_id, slot: *slot, more: &["--trigger", "cron"] };
        let (steps, _nobody) = mpsc::channel(1);
        let (exit, listener) = self.launch(launch, steps, stop).await?;
        match exit {
            Exit::Code(0) => Ok(listener.reserves()),
            exit => Err(listener.words(exit)),
        }
    }

    async fn launch(
        &self,
        launch: Launch<'_>,
        steps: mpsc::Sender<String>,
        stop: &CancellationToken,
    ) -> Result<(Exit, Listener), String> {
        let Launch { folder, request_id, slot, more } = launch;
        let mut command = self.command();
        command
            .args(["run", "main.ts"])
            .args(more)
            .env("CRE_RUN_DIR", folder)
            .env("CRE_DON_FILE", &self.settings.don_file)
            .env("CRE_REQUEST_ID", request_id)
            .env("CRE_TRANSMITTER_SLOT", slot.to_string())
            .env("CRE_BUNDLE_DIR", self.workspace.bundle_folder())
            .env("RPC_URL", self.settings.rpc_url.expose());
        let mut group =
            Group::spawn(command).map_err(|error| format!("bun did not start: {}", error.kind()))?;
        if let Err(error) = Workspace::note_process(folder, group.pid()) {
            return Err(format!("the run directory cannot be written: {}", error.kind()));
        }
        crate::fault::point("spawn.after").await;
        let mut listener = Listener::default();
        let mut kept = Vec::new();
        let exit = {
            let heard = group.listen(|stream, line| {
                kept.extend_from_slice(line.as_bytes());
                kept.push(b'\n');
                tracing::debug!(request_id, ?stream, line, "workflow");
                match stream {
                    Stream::Out => {
                        if let Some(step) = listener.stdout(line) {
                            // A step that nobody has time for is still in the output file.
                            let _ = steps.try_send(step.to_owned());
                        }
                    }
                    Stream::Err => listener.stderr(line),
                }
            });
            tokio::select! {
                exit = heard => exit,
                () = tokio::time::sleep(self.settings.timeout) => Exit::Deadline,
                () = stop.cancelled() => Exit::Stopped,
            }
        };
        group.kill();
        group.reap().await;
        if let Err(error) = tokio::fs::write(folder.join(OUTPUT_FILE), &kept).await {
            tracing::warn!(kind = %error.kind(), "the output of a run could not be kept");
        }
        Ok((exit, listener))
    }

    /// Removes what is only of use while the process lives.
    pub fn close(&self) {
        self.workspace.close();
    }

    #[expect(clippy::disallowed_methods, reason = "this module is where child processes are made")]
    fn command(&self) -> Command {
        let mut command = Command::new(&self.settings.program);
        command
            .current_dir(&self.settings.workflow_dir)
            .env_clear()
            .envs(self.settings.environment.iter().map(|(name, value)| (name, value)))
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        command
    }

    async fn collect(&self, command: Command, timeout: Duration) -> io::Result<(Exit, String)> {
        let mut group = Group::spawn(command)?;
        let mut said = String::new();
        let heard = group.listen(|_, line| {
            said.push_str(line);
            said.push('\n');
        });
        let exit = tokio::time::timeout(timeout, heard).await.unwrap_or(Exit::Deadline);
        group.kill();
        group.reap().await;
        Ok((exit, said))
    }
}

#[derive(Clone, Copy, Debug)]
enum Stream {
    Out,
    Err,
}

/// A child and everything it started.
struct Group {
    child: Child,
    leader: Option<Pid>,
}

impl Group {
    fn spawn(mut command: Command) -> io::Result<Self> {
        let child = command.spawn()?;
        let leader = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
        Ok(Self { child, leader })
    }

    fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Hands every line to `hear` until the process ends, or has printed too much.
    async fn listen(&mut self, mut hear: impl FnMut(Stream, &str)) -> Exit {
        let mut out = Lines::new(self.child.stdout.take().map(boxed));
        let mut err = Lines::new(self.child.stderr.take().map(boxed));
        let mut bytes = 0;
        let mut ended = None;
        loop {
            // The process itself decides: a grandchild that keeps the pipes open must not keep us waiting.
            let (stream, read) = tokio::select! {
                biased;
                read = out.fill(), if out.is_open() => (Stream::Out, read),
                read = err.fill(), if err.is_open() => (Stream::Err, read),
                status = self.child.wait(), if ended.is_none() => {
                    ended = Some(exit(status));
                    self.kill();
                    continue;
                }
                else => break,
            };
            bytes += read;
            let lines = match stream {
                Stream::Out => &mut out,
                Stream::Err => &mut err,
            };
            while let Some(line) = lines.next() {
                hear(stream, &line);
            }
            if bytes > OUTPUT_BYTES_MAX || lines.is_overlong() {
                return Exit::Flood;
            }
        }
        ended.unwrap_or(Exit::Signal)
    }

    fn kill(&self) {
        if let Some(leader) = self.leader {
            // No such group = it has ended by itself.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }

    async fn reap(&mut self) {
        // It was killed: the wait is short, and its result says nothing new.
        let _ = self.child.wait().await;
        self.leader = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

fn exit(status: io::Result<ExitStatus>) -> Exit {
    match status.map(|status| status.code()) {
        Ok(Some(code)) => Exit::Code(code),
        _ => Exit::Signal,
    }
}

/// Splits a stream into lines.
struct Lines {
    source: Option<Source>,
    pending: Vec<u8>,
}

type Source = Box<dyn AsyncRead + Unpin + Send>;

fn boxed(source: impl AsyncRead + Unpin + Send + 'static) -> Source {
    Box::new(source)
}

impl Lines {
    const fn new(source: Option<Source>) -> Self {
        Self { source, pending: Vec::new() }
    }

    const fn is_open(&self) -> bool {
        self.source.is_some()
    }

    const fn is_overlong(&self) -> bool {
        self.pending.len() > LINE_BYTES_MAX
    }

    /// Reads once; returns the number of bytes. Cancel safe.
    async fn fill(&mut self) -> usize {
        let Some(source) = &mut self.source else { return 0 };
        let mut chunk = [0_u8; 8 << 10];
        let read = source.read(&mut chunk).await.unwrap_or(0);
        self.pending.extend_from_slice(&chunk[..read]);
        if read == 0 {
            self.source = None;
        }
        read
    }

    /// The next whole line; at the end of the stream also the last one without a line feed.
    fn next(&mut self) -> Option<String> {
        let end = match self.pending.iter().position(|byte| *byte == b'\n') {
            Some(end) => end,
            None if self.source.is_none() && !self.pending.is_empty() => self.pending.len(),
            None => return None,
        };
        let line: Vec<u8> = self.pending.drain(..end).collect();
        if !self.pending.is_empty() {
            self.pending.remove(0);
        }
        Some(String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned())
    }
}
