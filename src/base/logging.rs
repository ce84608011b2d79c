//! Logs: set up once; every other module writes through `tracing`.

use std::io::{self, IsTerminal};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::log_lines::LogLines;
use super::secret::Secrets;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Readable lines on a terminal, JSON elsewhere.
    #[default]
    Auto,
    /// Readable lines.
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged where nothing was chosen.
pub const FILTER_DEFAULT: &str = "info,sqlx=warn,tower_http=warn";

/// Libraries that write whole URLs into spans and events: nothing of theirs is logged at any level.
const SILENT: [&str; 5] = ["alloy", "reqwest", "hyper", "h2", "rustls"];

/// Whether a text says which lines are logged, for example `info,cre_backend=debug`.
#[must_use]
pub fn is_filter(text: &str) -> bool {
    EnvFilter::try_new(text).is_ok()
}

/// Longest wait at the end for lines that are not written yet.
const END: Duration = Duration::from_secs(1);

/// The lines of this process: it has one standard error.
static LINES: OnceLock<LogLines> = OnceLock::new();

fn lines() -> &'static LogLines {
    LINES.get_or_init(|| {
        LogLines::to(io::stderr(), |lost| tracing::warn!(lost, "log lines were lost: nobody took them"))
    })
}

/// How many lines were lost since the start, because whoever reads them did not, or because they could not be written.
#[must_use]
pub fn lost_lines() -> u64 {
    LINES.get().map_or(0, LogLines::lost)
}

/// Writes the last words of this process, for people, to standard error; waits a moment for all that is not written yet.
pub fn end_with(words: &str) {
    lines().send(words.as_bytes().to_vec());
    lines().flush(END);
}

/// Sends logs to standard error, as far as `filter` (the form of `RUST_LOG`) lets them pass. Whatever it says, nothing
/// of the libraries that carry URLs is logged, and no line leaves with one of the `secrets` in it. Nobody waits for a line
/// to be written.
pub fn init(format: LogFormat, filter: &str, secrets: Secrets) {
    let is_terminal = std::io::stderr().is_terminal();
    let is_readable = match format {
        LogFormat::Auto => is_terminal,
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    let chosen = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new(FILTER_DEFAULT));
    let filter = chosen.and(filter_fn(|about| !is_silent(about.target())));
    let secrets = Arc::new(secrets);
    let written = tracing_subscriber::fmt::layer().with_writer(move || Scrubbed(Arc::clone(&secrets)));
    let written = if is_readable { written.with_ansi(is_terminal).boxed() } else { written.json().boxed() };
    // A second call (two gateways in one test process) keeps the first set-up.
    let _ = tracing_subscriber::registry().with(written.with_filter(filter)).try_init();
    std::panic::set_hook(Box::new(
        |panic| tracing::error!(%panic, "something that must not happen happened"),
    ));
}

fn is_silent(target: &str) -> bool {
    let library = target.split("::").next().unwrap_or_default();
    SILENT
        .iter()
        .any(|name| library.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('_')))
}

/// The way for one line, which is looked at before it leaves.
struct Scrubbed(Arc<Secrets>);

impl io::Write for Scrubbed {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        lines().send(self.0.hide(&String::from_utf8_lossy(line)).into_owned().into_bytes());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An error with everything behind it, for a log: its own sentence and those of its sources.
#[must_use]
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let sentence = cause.to_string();
        if !text.contains(&sentence) {
            text.push_str(": ");
            text.push_str(&sentence);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logging_never_listens_to_transports() {
        for target in
            ["alloy_transport_http::reqwest_transport", "reqwest::connect", "hyper", "hyper_util::client"]
        {
            assert!(is_silent(target), "{target}");
        }
        for target in ["cre_backend::gateway", "sqlx::query", "tower_http::trace", "alloys", "h2o"] {
            assert!(!is_silent(target), "{target}");
        }
        assert!(is_filter(FILTER_DEFAULT) && is_filter("trace") && !is_filter("a=b=c"));
    }
}
