//! The gateway as a program: settings, logs, start, wait for the signal.

use std::process::ExitCode;

use anyhow::Context;
use cre_backend::config::Config;
use cre_backend::{Gateway, observe};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

fn main() -> ExitCode {
    observe::init();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cre-backend does not start:\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    let config = Config::load()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((config.host, config.port))
            .await
            .with_context(|| format!("PORT {} cannot be used", config.port))?;
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
