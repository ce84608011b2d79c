//! Warm processes: each loads the workflow once and then takes one run after another.
//!
//! A supervisor per seat starts a process, lends it to whoever has a run, and starts another when it was used often enough,
//! has grown too large, was ended (deadline, stop, flood) or died. A run in a process that dies is lost, which means:
//! perhaps signed; the chain tells. Requests and answers are lines of JSON, see host/README.md.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;
use tokio::process::{ChildStdin, Command};
use tokio::sync::{Mutex, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::process::{Process, ProcessEvent, Stream};
use super::workspace::Workspace;
use crate::base::{fault, task};
use crate::workflow::output::Exit;
use crate::workflow::run::RunFailureCode;

/// Runs after which a process is replaced, whatever its size.
const RUNS_MAX: u32 = 500;
/// Resident memory, of the nodes' process and the signer's, at which they are replaced.
const RSS_BYTES_MAX: u64 = 450 << 20;
/// Longest time until a process is ready.
const START_TIMEOUT: Duration = Duration::from_secs(30);
/// Pause before another try, when a process did not come up; doubles each time.
const START_PAUSE: Duration = Duration::from_secs(1);
/// Longest such pause.
const START_PAUSE_MAX: Duration = Duration::from_secs(15);

/// What a process is asked to do.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request {
    /// The run directory.
    #[serde(rename = "runDir")]
    pub(super) folder: PathBuf,
    /// Identifies the attempt.
    pub(super) request_id: String,
    /// Index of the transmitter key.
    pub(super) slot: i64,
    /// Which of the workflow's handlers is fired: `http` or `cron`.
    pub(super) trigger: &'static str,
    /// When the schedule fires, in unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<u64>,
}

/// A line of a process.
#[derive(Debug, Deserialize)]
#[serde(tag = "frame", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Frame {
    /// It can take runs.
    Ready,
    /// A line of standard output of a run.
    Out { request_id: String, line: String },
    /// A line of standard error of a run.
    Err { request_id: String, line: String },
    /// A run ended.
    End { request_id: String, code: i32, rss_bytes: u64 },
}

/// One warm process.
#[derive(Debug)]
struct Server {
    process: Process,
    stdin: ChildStdin,
    runs: u32,
    rss_bytes: u64,
}

/// A warm process that is lent to a run.
struct PooledProcess {
    server: Option<Server>,
    back: mpsc::Sender<Option<Server>>,
}

impl Drop for PooledProcess {
    fn drop(&mut self) {
        // The supervisor waits for exactly one answer to each process it lent, so there is room for it.
        let _ = self.back.try_send(self.server.take());
    }
}

/// Seats whose process does not come up, and what the last one said.
#[derive(Clone, Debug, Default)]
struct Trouble {
    seats: usize,
    message: String,
}

/// The processes of one gateway.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    size: usize,
    free: Arc<Mutex<mpsc::Receiver<PooledProcess>>>,
    trouble: watch::Receiver<Trouble>,
    supervisors: TaskTracker,
    stop: CancellationToken,
}

impl Pool {
    /// Starts the first process and, once it is ready, the others. Where it only says that the chain is silent, it and the
    /// others are started again until the chain speaks.
    ///
    /// # Errors
    /// What the first process said when it did not come up for any other reason.
    pub(super) async fn start(
        size: usize,
        program: impl Fn() -> Command + Clone + Send + Sync + 'static,
    ) -> Result<Self, String> {
        let mut first = match Server::start(program()).await {
            Ok(server) => Some(server),
            Err(message) if is_silent_chain(&message) => None,
            Err(message) => return Err(message),
        };
        let size = size.max(1);
        let (lend, free) = mpsc::channel(size);
        let (troubled, trouble) = watch::channel(Trouble::default());
        let (supervisors, stop) = (TaskTracker::new(), CancellationToken::new());
        for _ in 0..size {
            let supervisor =
                Supervisor { program: program.clone(), lend: lend.clone(), troubled: troubled.clone() };
            let (mut server, stop) = (first.take(), stop.clone());
            supervisors.spawn(async move {
                let seat = task::restarting("workflow seat", || supervisor.supervise(server.take()));
                stop.run_until_cancelled(seat).await
            });
        }
        supervisors.close();
        Ok(Self { size, free: Arc::new(Mutex::new(free)), trouble, supervisors, stop })
    }

    /// Carries out a run in the next free process; every line is handed to `hear`.
    ///
    /// # Errors
    /// A sentence when no process could be had, so that nothing was started.
    pub(super) async fn run(
        &self,
        request: &Request,
        timeout: Duration,
        stop: &CancellationToken,
        mut hear: impl FnMut(Stream, &str),
    ) -> Result<Exit, String> {
        let pooled = tokio::select! {
            pooled = self.borrow() => pooled?,
            () = stop.cancelled() => return Ok(Exit::Stopped),
        };
        // Only a closed pool has none: the gateway stops.
        let Some((mut pooled, mut server)) = pooled else { return Ok(Exit::Stopped) };
        Workspace::note_process(&request.folder, server.process.pid())
            .map_err(|error| format!("the run directory cannot be written: {}", error.kind()))?;
        fault::point("spawn.after").await;
        let exit = tokio::select! {
            exit = server.serve(request, &mut hear) => exit,
            () = tokio::time::sleep(timeout) => Exit::Deadline,
            () = stop.cancelled() => Exit::Stopped,
        };
        match exit {
            Exit::Code(_) => pooled.server = Some(server),
            Exit::Signal | Exit::Deadline | Exit::Flood | Exit::Stopped => server.process.end().await,
        }
        Ok(exit)
    }

    /// The next free process, out of its pooled; nothing when the pool is closed.
    async fn borrow(&self) -> Result<Option<(PooledProcess, Server)>, String> {
        let mut trouble = self.trouble.clone();
        let mut free = self.free.lock().await;
        loop {
            let mut pooled = tokio::select! {
                biased;
                Some(pooled) = free.recv() => pooled,
                Ok(trouble) = trouble.wait_for(|trouble| trouble.seats >= self.size) => {
                    return Err(trouble.message.clone());
                }
                else => return Ok(None),
            };
            // One that died while nobody looked goes back as nothing: its supervisor starts another one.
            if let Some(mut server) = pooled.server.take()
                && server.process.is_alive()
            {
                return Ok(Some((pooled, server)));
            }
        }
    }

    /// Ends every process.
    pub(super) async fn close(&self) {
        self.stop.cancel();
        self.supervisors.wait().await;
        let mut free = self.free.lock().await;
        free.close();
        while let Ok(mut waiting) = free.try_recv() {
            if let Some(mut server) = waiting.server.take() {
                server.process.end().await;
            }
        }
    }
}

/// Keeps one seat occupied.
struct Supervisor<P> {
    program: P,
    lend: mpsc::Sender<PooledProcess>,
    troubled: watch::Sender<Trouble>,
}

impl<P: Fn() -> Command> Supervisor<P> {
    async fn supervise(&self, mut server: Option<Server>) {
        let (back, mut returned) = mpsc::channel(1);
        loop {
            let fit = match server.take().filter(|server| !server.is_spent()) {
                Some(fit) => fit,
                None => self.start().await,
            };
            let pooled = PooledProcess { server: Some(fit), back: back.clone() };
            if self.lend.send(pooled).await.is_err() {
                return;
            }
            server = returned.recv().await.flatten();
        }
    }

    async fn start(&self) -> Server {
        let (mut failures, mut pause) = (0, START_PAUSE);
        loop {
            match Server::start((self.program)()).await {
                Ok(server) => {
                    self.troubled.send_modify(|trouble| trouble.seats -= usize::from(failures > 0));
                    return server;
                }
                Err(message) => {
                    tracing::error!(message, "a workflow process did not come up");
                    failures += 1;
                    self.troubled.send_modify(|trouble| {
                        trouble.seats += usize::from(failures == 1);
                        trouble.message = message;
                    });
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(START_PAUSE_MAX);
                }
            }
        }
    }
}

/// The last word of a process that did not come up.
#[derive(Deserialize)]
struct LastWord {
    code: RunFailureCode,
}

/// Whether a process did not come up because no endpoint of the chain answers.
fn is_silent_chain(last_line: &str) -> bool {
    serde_json::from_str::<LastWord>(last_line).is_ok_and(|word| word.code == RunFailureCode::RpcUnavailable)
}

impl Server {
    /// Starts a process and waits until it is ready.
    async fn start(command: Command) -> Result<Self, String> {
        let mut process =
            Process::spawn(command).map_err(|error| format!("bun did not start: {}", error.kind()))?;
        let Some(stdin) = process.take_stdin() else { return Err("bun has no standard input".to_owned()) };
        let mut last = String::new();
        let ready = async {
            loop {
                match process.next_event().await {
                    ProcessEvent::Line(Stream::Out, line) => match serde_json::from_str(&line) {
                        Ok(Frame::Ready) => return true,
                        _ => last = line,
                    },
                    ProcessEvent::Line(Stream::Err, line) => {
                        tracing::warn!(line, "workflow process");
                        last = line;
                    }
                    ProcessEvent::Ended(_) => return false,
                }
            }
        };
        if tokio::time::timeout(START_TIMEOUT, ready).await == Ok(true) {
            Ok(Self { process, stdin, runs: 0, rss_bytes: 0 })
        } else {
            process.end().await;
            Err(last)
        }
    }

    const fn is_spent(&self) -> bool {
        self.runs >= RUNS_MAX || self.rss_bytes >= RSS_BYTES_MAX
    }

    /// One run. Only a frame that ends it gives [`Exit::Code`]; a process that ends instead was lost.
    async fn serve(&mut self, request: &Request, hear: &mut impl FnMut(Stream, &str)) -> Exit {
        self.runs += 1;
        self.process.reset_count();
        let Ok(mut line) = serde_json::to_vec(request) else { return Exit::Signal };
        line.push(b'\n');
        if self.stdin.write_all(&line).await.is_err() || self.stdin.flush().await.is_err() {
            return Exit::Signal;
        }
        loop {
            match self.process.next_event().await {
                ProcessEvent::Line(Stream::Err, line) => tracing::warn!(line, "workflow process"),
                ProcessEvent::Line(Stream::Out, line) => match serde_json::from_str(&line) {
                    Ok(Frame::Out { request_id, line }) if request_id == request.request_id => {
                        hear(Stream::Out, &line);
                    }
                    Ok(Frame::Err { request_id, line }) if request_id == request.request_id => {
                        hear(Stream::Err, &line);
                    }
                    Ok(Frame::End { request_id, code, rss_bytes }) if request_id == request.request_id => {
                        self.rss_bytes = rss_bytes;
                        return Exit::Code(code);
                    }
                    // A word about another run: what it says about this one cannot be believed either.
                    _ => return Exit::Signal,
                },
                ProcessEvent::Ended(Exit::Flood) => return Exit::Flood,
                ProcessEvent::Ended(_) => return Exit::Signal,
            }
        }
    }
}
