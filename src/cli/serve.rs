//! `cre-backend serve`: settings, logs, start, wait for the signal.

use std::io::Write;
use std::process::ExitCode;

use clap::ArgMatches;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::base::logging;
use crate::config::{Config, EffectiveSetting, Surroundings};
use crate::gateway::{Failed, Gateway, Handle, Listeners};

/// Open files that a thousand connections, the database and the workflow's processes need.
const FILES: u64 = 4_096;

/// Runs the gateway with the settings of this command line.
pub(super) fn serve(surroundings: &Surroundings, matches: &ArgMatches) -> ExitCode {
    allow_files();
    let config = match surroundings.understand(matches) {
        Ok(config) => config,
        Err(error) => return refused(&error.to_string()),
    };
    let secrets = config.secrets();
    match run(config) {
        Ok(code) => {
            logging::end_with("");
            code
        }
        Err(error) => refused(&secrets.hide(&logging::with_causes(error.as_ref()))),
    }
}

fn refused(why: &str) -> ExitCode {
    logging::end_with(&format!("cre-backend does not start:\n{why}\n"));
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

fn run(config: Config) -> Result<ExitCode, Box<dyn std::error::Error>> {
    logging::init(config.server.log_format, &config.server.log_filter, config.secrets());
    for EffectiveSetting { name, value, origin } in &config.effective {
        tracing::info!(value, from = %origin, "{name}");
    }
    if let Some(note) = config.chain.quorum_note() {
        tracing::warn!("{note}");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listeners = Listeners::bind(&config.network).await?;
        let shutdown = CancellationToken::new();
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let gateway = Gateway::start(config, listeners, shutdown.clone()).await?;
        announce(&gateway);
        let mut stopped = std::pin::pin!(gateway.stopped());
        tokio::select! {
            end = &mut stopped => return Ok(code_of(end)),
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping; a second signal stops at once");
        shutdown.cancel();
        Ok(tokio::select! {
            end = stopped => code_of(end),
            _ = interrupt.recv() => ExitCode::SUCCESS,
            _ = terminate.recv() => ExitCode::SUCCESS,
        })
    })
}

/// What the surroundings are told of the end; a supervisor starts what failed again.
fn code_of(end: Result<(), Failed>) -> ExitCode {
    match end {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            tracing::error!(%why, "the gateway stopped by itself");
            ExitCode::FAILURE
        }
    }
}

/// Says where the gateway is found; the line with the API's address comes last. Nobody has to read it.
fn announce(gateway: &Handle) {
    let mut lines = String::new();
    if let Some(operator) = gateway.operator_addr {
        lines.push_str(&format!("operators are served on http://{operator}\n"));
    }
    if let Some(why) = gateway.key_needed {
        lines.push_str(&format!("every caller needs a key, because {why}; this makes one for a client:\n"));
        lines.push_str("  cre-backend keys create --name NAME --scopes mint:write,mint:read\n");
    }
    lines.push_str(&format!("listening on http://{}\n", gateway.addr));
    let _ = std::io::stdout().lock().write_all(lines.as_bytes());
}
