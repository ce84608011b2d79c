//! Acts that let something stand still, swallow, or be full: nothing waits for it longer than it says.

use std::time::Duration;

use rustix::process::{Signal, kill_process};
use serde_json::Value;
use test_support::fault_kind::FaultKind;
use test_support::folder::fake_bun;
use test_support::log_place::full_pipe;
use test_support::postgres::Postgres;
use test_support::program::{Launch, Program};
use test_support::tcp_proxy::TcpProxy;
use test_support::{FaultMode, until};

use crate::acts::{OUTAGE, children};
use crate::real::{Round, get, has_ended};

/// Longest that an answer may take while something is stuck: the writer's five tries, and what a busy machine adds.
const ANSWERED: Duration = Duration::from_secs(90);
/// Longer than the gateway waits for one question to the database.
const SWALLOWED: Duration = Duration::from_secs(12);
/// Payments that a full disk may still take.
const ROOM_MAX: usize = 40;

/// A program stands still and goes on.
pub(crate) async fn stands_still(round: &mut Round<'_>, program: &Program) {
    let who = *round.dice.pick(&["the gateway", "the chain", "the workflow", "the reserve API"]);
    let payment = round.payment(true, true);
    let _ = round.ask(&program.url, payment, "wait=0").await;
    let workflow = program.pid().map(children).unwrap_or_default();
    let signal = |signal| {
        for child in &workflow {
            // It may have ended by itself.
            let _ = kill_process(*child, signal);
        }
    };
    match who {
        "the gateway" => program.pause(),
        "the chain" => round.stack.anvil.freeze(),
        "the workflow" => signal(Signal::STOP),
        _ => round.stack.reserve.open(false),
    }
    round.report.count_fault(FaultKind::StandsStill, who);
    if who == "the gateway" {
        tokio::time::sleep(OUTAGE).await;
    } else {
        is_answered(round, program, who).await;
    }
    match who {
        "the gateway" => program.resume(),
        "the chain" => round.stack.anvil.thaw(),
        "the workflow" => signal(Signal::CONT),
        _ => round.stack.reserve.open(true),
    }
}

/// Connections swallow everything for a while.
pub(crate) async fn black_hole(round: &mut Round<'_>, program: &Program) {
    let who = *round.dice.pick(&["one endpoint", "every endpoint", "the reserve API", "the database"]);
    match (who, round.server) {
        ("the database", Some(server)) => {
            let Some((way, other)) = on_postgres(round, server).await else { return };
            way.swallow(true);
            round.report.count_fault(FaultKind::BlackHole, who);
            let began = tokio::time::Instant::now();
            is_answered(round, &other, who).await;
            tokio::time::sleep_until(began + SWALLOWED).await;
            way.swallow(false);
            goes_on(round, other, who).await;
        }
        ("the reserve API", _) => {
            round.stack.reserve.open(false);
            round.report.count_fault(FaultKind::BlackHole, who);
            is_answered(round, program, who).await;
            round.stack.reserve.open(true);
        }
        _ => {
            let count = if who == "one endpoint" { 1 } else { round.stack.proxies.len() };
            let silent = round.stack.proxies[..count].to_vec();
            silent.iter().for_each(|proxy| proxy.set(FaultMode::Silent));
            round.report.count_fault(FaultKind::BlackHole, who);
            is_answered(round, program, who).await;
            silent.iter().for_each(|proxy| proxy.set(FaultMode::Honest));
        }
    }
}

/// The database server starts anew under a gateway of its own.
pub(crate) async fn database_restart(round: &mut Round<'_>) {
    let Some(server) = round.server else { return };
    let Some((_way, program)) = on_postgres(round, server).await else { return };
    server.crash();
    round.report.count_fault(FaultKind::DatabaseRestart, "under open connections");
    is_answered(round, &program, "the database").await;
    goes_on(round, program, "the database").await;
}

/// Nobody reads the log of a program, whose pipe is full from the start.
pub(crate) async fn full_log(round: &mut Round<'_>) {
    let (reader, pipe) = full_pipe();
    let started = Launch::of_stack(&round.stack).set("RUST_LOG", "debug").logs_to(pipe).starts();
    let Ok(Ok(program)) = tokio::time::timeout(ANSWERED, started).await else {
        round.check_that("a full log stops nobody", Some("it does not start".to_owned()));
        return;
    };
    round.report.count_fault(FaultKind::FullLog, "from the start");
    goes_on(round, program, "the log").await;
    drop(reader);
}

/// The disk has room for a few more pages only.
pub(crate) async fn full_disk(round: &mut Round<'_>) {
    let database = std::fs::metadata(round.stack.path("gateway.db")).map_or(0, |file| file.len());
    let half_kilobytes = u32::try_from(database / 512 + 64).unwrap_or(u32::MAX);
    // The real one needs more room for its own files, and fails at its start for want of it.
    let bun = fake_bun(round.stack.folder.path(), "exit 9");
    let launch = Launch::on_small_disk(&round.stack, half_kilobytes).set("BUN_PATH", bun);
    let Ok(program) = launch.set("WORKFLOW_MODE", "cold").starts().await else {
        round.report.count_fault(FaultKind::FullDisk, "at the start");
        return;
    };
    let mut refused = None;
    for _ in 0..ROOM_MAX {
        let payment = round.payment(true, false);
        let answer = round.ask(&program.url, payment, "wait=0").await.unwrap_or_default();
        if answer["mintId"].is_null() {
            refused = Some(answer);
            break;
        }
    }
    let detail = if refused.is_some() { "under a request" } else { "beside requests" };
    round.report.count_fault(FaultKind::FullDisk, detail);
    let wrong = refused.filter(|answer| answer["code"] != "STORE_UNAVAILABLE");
    round.check_that("a full disk refuses in words", wrong.map(|answer| answer.to_string()));
    is_answered(round, &program, "the disk").await;
    program.kill().await;
}

/// A gateway of its own on PostgreSQL, behind a way that can be made to swallow everything.
async fn on_postgres(round: &mut Round<'_>, server: &Postgres) -> Option<(TcpProxy, Program)> {
    round.named += 1;
    let name = format!("round_{}_{}", round.seed, round.named);
    let direct = server.database(&name).await;
    let way = TcpProxy::start(server.addr()).await;
    let database = direct.replace(&server.addr().to_string(), &way.addr.to_string());
    let launch = Launch::of_stack(&round.stack).set("DATABASE_URL", &database).set("CRE_RUN_DIR", "pg-runs");
    let program = launch.starts().await.ok();
    round.check_that("a gateway starts on PostgreSQL", program.is_none().then(|| database.clone()));
    Some((way, program?))
}

/// While something is stuck, the gateway lives and answers what it can.
async fn is_answered(round: &mut Round<'_>, program: &Program, who: &str) {
    let payment = round.payment(true, true);
    let asking = async {
        tokio::join!(
            get(&program.url, "/health"),
            get(&program.url, "/mints"),
            round.ask(&program.url, payment, "wait=0")
        )
    };
    let answers = tokio::time::timeout(ANSWERED, asking).await;
    // A program that dies at its point answers nothing, and that at once.
    let wrong = answers.is_err().then(|| format!("{who}: nothing within {} s", ANSWERED.as_secs()));
    round.check_that("an answer comes within its deadline", wrong);
}

/// Afterwards a payment is carried out, and the program stops in order when it is told to.
async fn goes_on(round: &mut Round<'_>, mut program: Program, who: &str) {
    let payment = round.payment(true, true);
    let mut answer = Value::Null;
    let minted = until(async || {
        answer = round.ask(&program.url, payment, "wait=30").await.unwrap_or_default();
        has_ended(&answer)
    });
    let wrong = (!minted.await).then(|| format!("{who}: {answer}"));
    round.check_that("afterwards a payment is carried out", wrong);
    let code = program.terminate().await.code();
    round.check_that("it stops in order", (code != Some(0)).then(|| format!("{who}: {code:?}")));
}
