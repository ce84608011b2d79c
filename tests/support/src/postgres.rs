//! A real PostgreSQL server of the test's own, where one is installed.

use std::net::SocketAddr;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use sqlx::{AnyConnection, Connection, Executor};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{free_port, until};

/// "nobody": PostgreSQL refuses to run as root.
const NOBODY: u32 = 65_534;

/// The running server.
#[derive(Debug)]
pub struct Postgres {
    /// Its URL as a database setting.
    pub url: String,
    server: Child,
    _folder: TempDir,
}

impl Postgres {
    /// Starts a quick server that forgets in a power cut, or says why there is none.
    pub async fn start() -> Option<Self> {
        Self::start_with("fsync=off", "exec").await
    }

    /// Starts a server that writes to the disk before it answers.
    pub async fn start_durable() -> Option<Self> {
        Self::start_with("fsync=on", "exec").await
    }

    /// Starts a server none of whose files may grow beyond 16 MiB, as on a disk that is full then; the write-ahead log
    /// needs as much.
    pub async fn start_on_small_disk() -> Option<Self> {
        Self::start_with("fsync=off", "ulimit -f 32768; exec").await
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        let authority = self.url.split(['@', '/']).find(|part| part.starts_with("127."));
        authority.and_then(|text| text.parse().ok()).expect("a URL with an address")
    }

    /// Lets the server answer nobody, with every connection open, until [`Postgres::resume`].
    pub fn pause(&mut self) {
        self.signal(Signal::STOP);
    }

    /// Lets the server go on.
    pub fn resume(&mut self) {
        self.signal(Signal::CONT);
    }

    /// Kills the processes of all connections, on which the server starts anew by itself.
    pub fn crash(&self) {
        let server = self.server.id().and_then(|pid| i32::try_from(pid).ok()).expect("it runs");
        for pid in children(server) {
            let _ = Pid::from_raw(pid).map(|pid| kill_process(pid, Signal::KILL));
        }
    }

    /// Sends a signal to the server and to the processes of its connections.
    fn signal(&self, signal: Signal) {
        let server = self.server.id().and_then(|pid| i32::try_from(pid).ok()).expect("it runs");
        for pid in children(server).into_iter().chain([server]) {
            // A connection may have ended by itself.
            let _ = Pid::from_raw(pid).map(|pid| kill_process(pid, signal));
        }
    }

    async fn start_with(durability: &str, how: &str) -> Option<Self> {
        let Some(programs) = programs() else {
            println!("skipped: no PostgreSQL server is installed on this machine");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").expect("a temporary folder");
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        if is_root {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).expect("root may give folders away");
        }
        let data = folder.path().join("data");
        let mut initdb = command(&programs.join("initdb"), is_root);
        initdb.arg("-D").arg(&data).args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C",
        ]);
        assert!(initdb.status().await.expect("initdb runs").success(), "initdb failed");
        let port = free_port();
        let mut postgres = command(Path::new("/bin/sh"), is_root);
        postgres.args(["-c", &format!("{how} \"$0\" \"$@\"")]).arg(programs.join("postgres"));
        postgres.arg("-D").arg(&data).args(["-h", "127.0.0.1", "-p", &port.to_string()]);
        postgres.arg("-k").arg(folder.path()).args(["-c", durability, "-c", "max_connections=100"]);
        let server = postgres.spawn().expect("postgres starts");
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        sqlx::any::install_default_drivers();
        let answers = until(async || {
            let connected = <sqlx::AnyConnection as sqlx::Connection>::connect(&url).await;
            connected.is_ok()
        });
        assert!(answers.await, "postgres does not answer");
        Some(Self { url, server, _folder: folder })
    }

    /// A new database of this name; its URL.
    pub async fn database(&self, name: &str) -> String {
        let mut admin = AnyConnection::connect(&self.url).await.expect("the server answers");
        for statement in
            [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")]
        {
            let statement: &'static str = statement.leak();
            admin.execute(statement).await.expect("a new database");
        }
        let (server, _) = self.url.rsplit_once('/').expect("the URL of a database");
        format!("{server}/{name}")
    }

    /// Ends the server at once, as a power cut would.
    pub async fn kill(&mut self) {
        self.server.kill().await.expect("the server can be killed");
    }
}

/// The processes that another one started.
fn children(parent: i32) -> Vec<i32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let is_child = |pid: &i32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // After the name, which may have blanks, come state and parent.
        let fields = stat.rsplit_once(") ").map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        fields.split(' ').nth(1) == Some(&parent.to_string())
    };
    pids.filter(is_child).collect()
}

/// The folder of the server programs: on the PATH of the build, or where Debian keeps them.
fn programs() -> Option<PathBuf> {
    let path = option_env!("PATH").unwrap_or_default().split(':').map(PathBuf::from);
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = debian.map(|version| version.path().join("bin"));
    path.chain(debian).find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

#[expect(clippy::disallowed_methods, reason = "the database of a test is a process")]
fn command(program: &Path, is_root: bool) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    if is_root {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}
