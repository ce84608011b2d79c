//! `bun run main.ts`, cold (one process a run) or warm (a few processes that stay): what a run is told and how it is
//! heard is the same.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use alloy::primitives::B256;
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::pool::{Pool, Request};
use super::process::{Process, ProcessEvent, Stream};
use super::workspace::Workspace;
use crate::base::fault;
use crate::base::logging::with_causes;
use crate::base::secret::SecretUrl;
use crate::base::text::is_unprintable;
use crate::workflow::error::WorkflowError;
use crate::workflow::output::{Exit, OutputParser};
use crate::workflow::run::{Attestable, Attestation, Attested, Outcome, Run, RunFailureCode, RunResult};

/// Deadline of `bun --version`.
const VERSION_TIMEOUT: Duration = Duration::from_secs(5);
/// Deadline of the bundle step.
const BUNDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// File that keeps what a run printed.
const OUTPUT_FILE: &str = "output.log";

/// How runs are carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One process for each run.
    Cold,
    /// So many processes that stay and take one run after another.
    Warm(usize),
}

/// What evaluates the workflow, in every node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Bun's own JavaScript engine.
    Bun,
    /// The engine of a DON, which starts every phase from the same memory.
    QuickJs,
}

impl Engine {
    /// The engine as the workflow's host names it.
    fn name(self) -> &'static str {
        match self {
            Self::Bun => "bun",
            Self::QuickJs => "quickjs",
        }
    }
}

/// What a run needs to know besides its orders.
#[derive(Clone, Debug)]
pub struct BunSettings {
    /// The Bun program.
    pub program: PathBuf,
    /// The CRE project folder.
    pub workflow_dir: PathBuf,
    /// Keys of the local DON.
    pub don_file: PathBuf,
    /// The configuration of the workflow, as it is deployed.
    pub config_file: PathBuf,
    /// What is deployed of the workflow, if that was made.
    pub artifact: Option<PathBuf>,
    /// First RPC endpoint.
    pub rpc_url: SecretUrl,
    /// `PATH` and `HOME`.
    pub environment: Vec<(String, String)>,
    /// Deadline of a run.
    pub timeout: Duration,
    /// How runs are carried out.
    pub mode: Mode,
    /// What evaluates the workflow.
    pub engine: Engine,
}

/// Runs workflows with Bun.
#[derive(Clone, Debug)]
pub struct Bun {
    settings: BunSettings,
    workspace: Workspace,
    pool: Option<Pool>,
}

impl Bun {
    /// Bundles host and workflow once, so that no run has to; in warm mode also starts the processes, and waits for the
    /// first of them, unless the chain is silent.
    ///
    /// # Errors
    /// When Bun is missing, the bundle step fails, or a warm process does not come up though the chain answers.
    pub async fn start(settings: BunSettings, workspace: Workspace) -> Result<Self, WorkflowError> {
        let mut bun = Self { settings, workspace, pool: None };
        let mut command = bun.command();
        let engine = bun.settings.engine.name();
        command
            .args(["run", "host/bundle.ts", "--engine", engine, "--out"])
            .arg(bun.workspace.bundle_folder());
        let (exit, said) = bun.collect(command, BUNDLE_TIMEOUT).await.map_err(WorkflowError::NoBun)?;
        if exit != Exit::Code(0) {
            return Err(WorkflowError::Bundle(brief(&said)));
        }
        if let Mode::Warm(size) = bun.settings.mode {
            let source = bun.clone();
            let pool = Pool::start(size, move || source.serving());
            bun.pool = Some(pool.await.map_err(|message| WorkflowError::NoServer(brief(&message)))?);
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

    /// Runs the workflow for some orders of one basket, with the transmitter key at `slot`.
    pub async fn run(
        &self,
        run: &Run,
        slot: i64,
        steps: mpsc::Sender<String>,
        stop: &CancellationToken,
    ) -> RunResult {
        let unstarted = |message| {
            let code = RunFailureCode::NotStarted;
            RunResult::of_all(run.orders.len(), Outcome::Unsigned { code, message })
        };
        let folder = match self.workspace.prepare(run) {
            Ok(folder) => folder,
            Err(error) => return unstarted(with_causes(&error)),
        };
        let request = Request { folder, request_id: run.request_id.clone(), slot, trigger: "http", at: None };
        match self.carry_out(&request, steps, stop).await {
            Ok((exit, parser)) => {
                let references: Vec<B256> = run.orders.iter().map(|order| order.reference).collect();
                RunResult {
                    outcomes: parser.outcomes(exit, &references),
                    reserves: parser.reserves(),
                    evidence: parser.evidence(exit),
                }
            }
            Err(message) => unstarted(message),
        }
    }

    /// Has the workflow attest the reserves of a basket, with the transmitter key at `slot`.
    ///
    /// # Errors
    /// A sentence when it could not be started or did not end well.
    pub async fn attest(
        &self,
        attestation: &Attestation,
        slot: i64,
        stop: &CancellationToken,
    ) -> Result<Option<Attested>, String> {
        let folder = self.workspace.prepare_attestation(attestation).map_err(|error| with_causes(&error))?;
        let (trigger, at) = match attestation.of {
            Attestable::Basket { .. } => ("http", None),
            Attestable::Turn { fired_at } => ("cron", Some(fired_at)),
        };
        let request_id = attestation.request_id.clone();
        let request = Request { folder, request_id, slot, trigger, at };
        let (steps, _nobody) = mpsc::channel(1);
        let (exit, parser) = self.carry_out(&request, steps, stop).await?;
        match exit {
            Exit::Code(0) => Ok(parser.attested()),
            exit => Err(parser.message(exit)),
        }
    }

    /// Carries out a run and keeps what it printed; fails with a sentence only when nothing was started.
    async fn carry_out(
        &self,
        request: &Request,
        steps: mpsc::Sender<String>,
        stop: &CancellationToken,
    ) -> Result<(Exit, OutputParser), String> {
        let mut parser = OutputParser::default();
        let mut kept = Vec::new();
        let hear = |stream: Stream, line: &str| {
            kept.extend_from_slice(line.as_bytes());
            kept.push(b'\n');
            tracing::debug!(request_id = request.request_id, ?stream, line, "workflow");
            match stream {
                Stream::Out => {
                    if let Some(step) = parser.stdout(line) {
                        // A step that nobody has time for is still in the output file.
                        let _ = steps.try_send(step.to_owned());
                    }
                }
                Stream::Err => parser.stderr(line),
            }
        };
        let exit = match &self.pool {
            Some(pool) => pool.run(request, self.settings.timeout, stop, hear).await?,
            None => self.run_cold(request, stop, hear).await?,
        };
        if let Err(error) = tokio::fs::write(request.folder.join(OUTPUT_FILE), &kept).await {
            tracing::warn!(kind = %error.kind(), "the output of a run could not be kept");
        }
        Ok((exit, parser))
    }

    async fn run_cold(
        &self,
        request: &Request,
        stop: &CancellationToken,
        mut hear: impl FnMut(Stream, &str),
    ) -> Result<Exit, String> {
        let mut command = self.command();
        command
            .args(["run", "main.ts", "--trigger", request.trigger])
            .args(request.at.map(|at| ["--at".to_owned(), at.to_string()]).into_iter().flatten())
            .env("CRE_RUN_DIR", &request.folder)
            .env("CRE_REQUEST_ID", &request.request_id)
            .env("CRE_TRANSMITTER_SLOT", request.slot.to_string());
        self.don(&mut command);
        let mut process =
            Process::spawn(command).map_err(|error| format!("bun did not start: {}", error.kind()))?;
        Workspace::note_process(&request.folder, process.pid())
            .map_err(|error| format!("the run directory cannot be written: {}", error.kind()))?;
        fault::point("spawn.after").await;
        let exit = tokio::select! {
            exit = listen(&mut process, &mut hear) => exit,
            () = tokio::time::sleep(self.settings.timeout) => Exit::Deadline,
            () = stop.cancelled() => Exit::Stopped,
        };
        process.end().await;
        Ok(exit)
    }

    /// Ends the warm processes and removes what is only of use while this one lives.
    pub async fn close(&self) {
        if let Some(pool) = &self.pool {
            pool.close().await;
        }
        self.workspace.close();
    }

    /// The program as a warm process, see host/README.md.
    fn serving(&self) -> Command {
        let mut command = self.command();
        command.args(["run", "main.ts"]).env("CRE_SERVE", "1").stdin(Stdio::piped());
        // Code that runs for some milliseconds at a time never repays the last tier of compilation.
        command.env("BUN_JSC_useFTLJIT", "0");
        // Collects garbage once a heap has grown by some two thirds; by itself the engine would let it quadruple.
        command.env("BUN_JSC_heapGrowthMaxIncrease", "0.7");
        self.don(&mut command);
        command
    }

    fn don(&self, command: &mut Command) {
        command
            .env("CRE_DON_FILE", &self.settings.don_file)
            .env("CRE_CONFIG_FILE", &self.settings.config_file)
            .env("CRE_ENGINE", self.settings.engine.name())
            .env("CRE_BUNDLE_DIR", self.workspace.bundle_folder())
            .env("RPC_URL", self.settings.rpc_url.expose())
            .envs(self.settings.artifact.iter().map(|file| ("WORKFLOW_ARTIFACT", file)));
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
            .stderr(Stdio::piped());
        command
    }

    async fn collect(&self, command: Command, timeout: Duration) -> io::Result<(Exit, String)> {
        let mut process = Process::spawn(command)?;
        let mut said = String::new();
        let mut hear = |_, line: &str| {
            said.push_str(line);
            said.push('\n');
        };
        let heard = listen(&mut process, &mut hear);
        let exit = tokio::time::timeout(timeout, heard).await.unwrap_or(Exit::Deadline);
        process.end().await;
        Ok((exit, said))
    }
}

/// Hands every line to `hear` until the process ends, or has printed too much.
async fn listen(process: &mut Process, hear: &mut impl FnMut(Stream, &str)) -> Exit {
    loop {
        match process.next_event().await {
            ProcessEvent::Line(stream, line) => hear(stream, &line),
            ProcessEvent::Ended(exit) => return exit,
        }
    }
}

/// Output of a program for a person: short, without control characters.
fn brief(said: &str) -> String {
    said.chars().filter(|c| !is_unprintable(*c)).take(300).collect()
}
