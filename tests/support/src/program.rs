//! The gateway as the real program: started with settings of a test's own, killed as a power cut would, and heard to the end.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Method;
use rustix::process::{Pid, Signal};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::{Answer, PATIENCE, Stack, client, until};

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

/// The program about to start.
#[derive(Debug)]
pub struct Launch(Command);

/// A program that listens.
#[derive(Debug)]
pub struct Program {
    child: Child,
    /// Where it listens.
    pub url: String,
    /// Where it serves operators; empty when it does not.
    pub operator_url: String,
    stdout: Heard,
    stderr: Heard,
}

/// How a program ended, and all that it said.
#[derive(Debug)]
pub struct End {
    /// Its exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Launch {
    /// The program in a folder, with these settings as its whole environment.
    pub fn new<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        folder: &Path,
        settings: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        Self::of(&program(), folder, settings)
    }

    /// The program with a stack's settings.
    #[must_use]
    pub fn of_stack(stack: &Stack) -> Self {
        let _ = stack.known_settings();
        Self::new(stack.folder.path(), &stack.settings)
    }

    #[expect(clippy::disallowed_methods, reason = "the gateway of such a test is a process")]
    fn of<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        program: &Path,
        folder: &Path,
        settings: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let mut command = Command::new(program);
        command.current_dir(folder).env_clear().envs(settings).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command)
    }

    /// The program on a disk that takes no file larger than so many half kilobytes.
    #[must_use]
    pub fn on_small_disk(stack: &Stack, half_kilobytes: u32) -> Self {
        let _ = stack.known_settings();
        // Without the trap the kernel would end the process instead of refusing the write.
        let limit = format!("trap '' XFSZ; ulimit -f {half_kilobytes}; exec \"$0\"");
        let mut launch = Self::of(Path::new("/bin/sh"), stack.folder.path(), &stack.settings);
        launch.0.args(["-c", &limit]).arg(program());
        launch
    }

    /// With one more setting, or another value of it.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// With its log going to a place of the test's own; nothing of it is heard.
    #[must_use]
    pub fn logs_to(mut self, place: impl Into<Stdio>) -> Self {
        self.0.stderr(place);
        self
    }

    /// With an order to die: "<point>:<n>", the n-th time that it passes the point; "<point>:<n>:stop" to stand still,
    /// "<point>:<n>:panic" to let the task panic.
    #[must_use]
    pub fn dies_at(self, order: &str) -> Self {
        self.set("CRE_FAULT_POINT", order)
    }

    /// Starts it; it ends by itself.
    pub async fn ends(mut self) -> End {
        let ended = tokio::time::timeout(PATIENCE, self.0.output()).await;
        let output = ended.expect("it ends in time").expect("the program starts");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        End { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Starts it and waits until it listens; how it ended, where it never did.
    pub async fn starts(mut self) -> Result<Program, End> {
        let mut child = self.0.spawn().expect("the gateway's program starts");
        let stderr = match child.stderr.take() {
            Some(stderr) => Heard::new(stderr, String::new()),
            None => Heard::new(tokio::io::empty(), String::new()),
        };
        let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
        let mut first = String::new();
        let reading = async {
            while !first.contains("listening on ")
                && stdout.read_line(&mut first).await.is_ok_and(|read| read > 0)
            {}
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("the gateway starts in time");
        let after = |words: &str| first.lines().find_map(|line| line.strip_prefix(words)).map(str::to_owned);
        if let Some(url) = after("listening on ") {
            let operator_url = after("operators are served on ").unwrap_or_default();
            return Ok(Program { child, url, operator_url, stdout: Heard::new(stdout, first), stderr });
        }
        let status = tokio::time::timeout(PATIENCE, child.wait()).await.expect("it ends in time");
        let code = status.expect("its status").code();
        Err(End { code, stdout: first, stderr: stderr.end().await })
    }
}

/// What a program says, heard to its end, so that it never waits for a reader.
#[derive(Debug)]
struct Heard {
    bytes: Arc<Mutex<Vec<u8>>>,
    hearing: JoinHandle<()>,
}

impl Heard {
    /// Hears on; `first` was heard before.
    #[expect(clippy::disallowed_methods, reason = "somebody must read what it says while it runs")]
    fn new(mut from: impl AsyncRead + Unpin + Send + 'static, first: String) -> Self {
        let bytes = Arc::new(Mutex::new(first.into_bytes()));
        let hearing = {
            let bytes = Arc::clone(&bytes);
            tokio::spawn(async move {
                let mut chunk = [0; 8 << 10];
                // What a killed program leaves is all that there is.
                while let Ok(read @ 1..) = from.read(&mut chunk).await {
                    bytes.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&chunk[..read]);
                }
            })
        };
        Self { bytes, hearing }
    }

    /// What it said so far.
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// All that it said.
    async fn end(mut self) -> String {
        (&mut self.hearing).await.expect("its output");
        self.text()
    }
}

impl Program {
    /// Starts the program with the stack's settings; `order_to_die` is as in [`Launch::dies_at`]. Returns nothing when it died
    /// before it listened.
    pub async fn start(stack: &Stack, order_to_die: Option<&str>) -> Option<Self> {
        let launch = Launch::of_stack(stack);
        match order_to_die {
            Some(order) => launch.dies_at(order).starts().await.ok(),
            None => launch.starts().await.ok(),
        }
    }

    /// Its process id, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// `GET` of a path.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).send().await.expect("an answer")).await
    }

    /// `GET` of a path where operators are served.
    pub async fn get_as_operator(&self, path: &str) -> Answer {
        let request = client().get(format!("{}{path}", self.operator_url));
        Answer::of(request.send().await.expect("an answer")).await
    }

    /// `POST` of JSON to a path.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body).send().await.expect("an answer")).await
    }

    /// A request to it.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        client().request(method, format!("{}{path}", self.url))
    }

    /// Kills the program without a warning.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("the program can be killed");
    }

    /// Asks the program to stop, as a supervisor would, and waits for its end.
    pub async fn terminate(&mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends").expect("its status")
    }

    /// The same, and hears what it said.
    pub async fn stop(mut self) -> End {
        let status = self.terminate().await;
        End { code: status.code(), stdout: self.stdout.end().await, stderr: self.stderr.end().await }
    }

    /// Whether it has said this on standard error so far.
    #[must_use]
    pub fn has_said(&self, text: &str) -> bool {
        self.stderr.text().contains(text)
    }

    /// Whether the program stands still.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "ps says it on every system")]
    pub fn is_stopped(&self) -> bool {
        let pid = self.pid().expect("it runs").to_string();
        let said =
            std::process::Command::new("ps").args(["-o", "stat=", "-p", &pid]).output().expect("ps runs");
        said.stdout.starts_with(b"T")
    }

    /// Lets the program stand still.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets a program that stands still go on.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let pid = self.child.id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?)).expect("it runs");
        rustix::process::kill_process(pid, signal).expect("the signal is sent");
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
pub async fn run(stack: &Stack, arguments: &[&str]) -> End {
    let mut launch = Launch::of_stack(stack).set("CRE_BACKEND_URL", &stack.url);
    launch.0.args(arguments);
    launch.ends().await
}
