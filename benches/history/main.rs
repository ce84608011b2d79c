//! What a long history costs: fills a database with copies of real mints, and measures the store on it beside one that
//! has only just begun. `bash scripts/bench.sh history` runs it and prints its tables.
//!
//! ```text
//! cargo bench --bench history -- sqlite|postgresql SAMPLE MINTS FOLDER
//! ```
//!
//! It writes a JSON object a line, and waits for a line after the first: until then the database is the caller's. It ends
//! when its input does.

mod fill;
mod known;
mod measure;
mod row;
mod sample;
#[path = "../support/mod.rs"]
mod support;

use std::io::{BufRead, stdin};
use std::path::Path;
use std::time::Duration;

use cre_backend::base::clock::Clock;
use cre_backend::base::secret::SecretUrl;
use cre_backend::store::Store;
use cre_backend::store::event_log::LogState;
use serde_json::json;
use test_support::postgres::Postgres;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use fill::fill;
use known::known;
use measure::{Measured, Pair, Rounds, Side};
use sample::Sample;

/// Most mints with which all hashes of the log are checked.
const VERIFIED_MAX: u64 = 50_000;
/// Mints of the basket that may not run.
const CROWD: usize = 5_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [engine, sample, mints, folder] = arguments.as_slice() else {
        eprintln!("history sqlite|postgresql SAMPLE MINTS FOLDER");
        std::process::exit(2);
    };
    let mints = mints.parse().expect("a number of mints");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (said, heard) = mpsc::channel(1);
        let mut input = tokio::task::spawn_blocking(move || {
            let lines = stdin().lock().lines();
            lines.map_while(Result::ok).take_while(|_| said.blocking_send(()).is_ok()).for_each(drop);
        });
        tokio::select! {
            () = measure(engine, sample, mints, Path::new(folder), heard) => {}
            // Whoever asked is gone.
            _ = &mut input => {}
        }
    });
    // Not waiting for another line.
    runtime.shutdown_background();
}

async fn measure(engine: &str, sample: &str, mints: u64, folder: &Path, mut heard: mpsc::Receiver<()>) {
    let sample = Sample::read(sample).await;
    let server = match engine {
        "sqlite" => None,
        _ => match Postgres::start_durable().await {
            Some(server) => Some(server),
            None => return say(&json!({ "missing": "no PostgreSQL server is installed" })),
        },
    };
    let mut urls = Vec::new();
    for name in ["begun", "grown"] {
        urls.push(match &server {
            Some(server) => server.database(name).await,
            None => format!("sqlite:{}", folder.join(format!("{name}.db")).display()),
        });
    }
    let [empty, full] = urls.as_slice() else { return };
    fill(empty, &sample, 0).await;
    let filled = fill(full, &sample, mints).await;
    let bytes = match &server {
        None => std::fs::metadata(full.trim_start_matches("sqlite:")).map_or(0, |file| file.len()),
        Some(_) => size_of(full).await,
    };
    say(&json!({
        "url": full, "emptyUrl": empty, "mints": filled.mints, "events": filled.events,
        "seconds": filled.took.as_secs_f64(), "bytes": bytes,
    }));
    if heard.recv().await.is_some() {
        measure_store(full, empty, mints).await;
    }
}

async fn size_of(url: &str) -> u64 {
    let mut connection = <sqlx::AnyConnection as sqlx::Connection>::connect(url).await.expect("the database");
    let (bytes,): (i64,) = sqlx::query_as("SELECT pg_database_size(current_database())")
        .fetch_one(&mut connection)
        .await
        .expect("its size");
    bytes.unsigned_abs()
}

async fn measure_store(full: &str, empty: &str, mints: u64) {
    let clock = Clock::system();
    let ((full, full_writer), (empty, empty_writer)) = (side(full, &clock).await, side(empty, &clock).await);
    // That takes long, and one copy is as good as another.
    if mints <= VERIFIED_MAX {
        let log = full.store.verify_log().await.expect("the log can be read");
        assert!(matches!(log, LogState::Intact(_)), "the log is broken: {log:?}");
    }
    let summed = full.store.summary(None, None, 0..i64::MAX / 2).await.expect("sums");
    let summed: u64 = summed.values().map(|sum| sum.mints).sum();
    assert!(summed >= mints, "the totals count {summed} of {mints} mints");
    let rounds = Rounds { questions: 200, accepts: 2_000 };
    let mut pair = Pair { full, empty, clock, rounds, measured: Vec::new() };
    pair.hot_questions().await;
    pair.lists().await;
    pair.writes().await;
    pair.measured.iter().for_each(tell);
    say(&json!({ "turns": pair.turns(CROWD).await }));
    for (side, writer) in [(pair.full, full_writer), (pair.empty, empty_writer)] {
        side.store.close_writes();
        writer.await.expect("the writer ends");
        side.store.close().await;
    }
}

async fn side(url: &str, clock: &Clock) -> (Side, JoinHandle<()>) {
    let known = known(url, clock.now_ms()).await;
    let (store, writer) = Store::open(&SecretUrl::new(url), clock.clone()).await.expect("the store opens");
    #[expect(clippy::disallowed_methods, reason = "the writer ends with the measurement")]
    let writing = tokio::spawn(writer.run());
    (Side { store, known }, writing)
}

fn tell(measured: &Measured) {
    let figures = |times: &[Duration]| {
        let mut times = times.to_vec();
        times.sort_unstable();
        let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1_000.0;
        json!({ "p50": at(50), "p99": at(99) })
    };
    let Measured { name, is_hot, full, empty } = measured;
    say(&json!({ "name": name, "isHot": is_hot, "full": figures(full), "empty": figures(empty) }));
}

fn say(line: &serde_json::Value) {
    println!("{line}");
}
