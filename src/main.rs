//! The gateway as a program: settings, logs, start, wait for the signal.

use std::process::ExitCode;

use anyhow::Context;
use cre_backend::base::logging;
use cre_backend::config::{Command, Config, EffectiveSetting, KeysCommand};
use cre_backend::{Gateway, Keys};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Open files that a thousand connections, the database and the workflow's processes need.
const FILES: u64 = 4_096;

fn main() -> ExitCode {
    allow_files();
    let config = match Config::load() {
        Ok(config) => config,
        Err(error) => return refused(&error.to_string()),
    };
    let secrets = config.secrets();
    let done = match config.command {
        Command::Serve => run(config),
        Command::Keys(KeysCommand::Recover) => recover(&config),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refused(&secrets.hide(&logging::with_causes(error.as_ref()))),
    }
}

fn refused(why: &str) -> ExitCode {
    eprintln!("cre-backend does not start:\n{why}");
    ExitCode::FAILURE
}

/// Raises the soft limit of open files, which is often just a thousand, as far as the hard one allows.
fn allow_files() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = FILES.min(limit.maximum.unwrap_or(FILES));
    if limit.current.is_some_and(|current| current < wanted) {
        // Where it is refused, connections beyond the limit wait.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum });
    }
}

fn recover(config: &Config) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let path = runtime.block_on(Keys::recover(config))?;
    println!("a new key for administrators is in {}; the old one counts no more", path.display());
    Ok(())
}

fn run(config: Config) -> anyhow::Result<()> {
    logging::init(config.server.log_format, &config.server.log_filter, config.secrets());
    for EffectiveSetting { name, value, origin } in &config.effective {
        tracing::info!(value, from = %origin, "{name}");
    }
    if let Some(note) = config.chain.quorum_note() {
        tracing::warn!("{note}");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((config.server.host, config.server.port))
            .await
            .with_context(|| format!("PORT {} cannot be used", config.server.port))?;
        let shutdown = CancellationToken::new();
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let gateway = Gateway::start(config, listener, shutdown.clone()).await?;
        println!("listening on http://{}", gateway.addr);
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping; a second signal stops at once");
        shutdown.cancel();
        tokio::select! {
            () = gateway.stopped() => {}
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Ok(())
    })
}
