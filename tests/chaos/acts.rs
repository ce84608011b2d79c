//! What is done to the real stack besides killing: one act for each life of the program.

use std::time::Duration;

use axum::http::StatusCode;
use cre_backend::base::clock::Clock;
use cre_backend::base::secret::SecretUrl;
use cre_backend::store::Store;
use futures_util::future::join;
use rustix::process::{Pid, Signal};
use serde_json::{Value, json};
use test_support::fault_kind::{FaultKind, all_kinds_but};
use test_support::program::{Launch, Program};
use test_support::{FaultMode, until};

use crate::real::{Round, ask, copy_database, faketime, get, has_ended};
use crate::stuck;

/// How long something is missing.
pub(crate) const OUTAGE: Duration = Duration::from_secs(3);
/// Whom the policies refuse: he is not registered.
const STRANGER: &str = "0x976EA74026E726554dB657fA54763abd0C3a0aa9";
/// What pays for many deliveries.
const RICH: &str = "0x21e19e0c9bab2400000";
/// Lease of instances with different clocks: shorter than every skew, longer than what a busy machine lets a heartbeat wait.
const SKEWED_LEASE_SECONDS: &str = "30";
/// What a mint says that was taken over while its workflow ran.
const TAKEN_OVER: &str = "the gateway stopped while the workflow ran";

/// The faults that are acts: all but those that befall the program in every life.
pub(crate) fn acts() -> impl Iterator<Item = FaultKind> {
    let always = [FaultKind::Crash, FaultKind::CrashAtRest, FaultKind::Endpoint];
    all_kinds_but(FaultKind::NOT_REAL).filter(move |kind| !always.contains(kind))
}

/// What is done before the program starts that is to die.
pub(crate) async fn before(act: FaultKind, round: &mut Round<'_>) {
    match act {
        FaultKind::Restore => restore(round).await,
        FaultKind::TwoDatabases => two_databases(round).await,
        FaultKind::ClockSkew => clock_skew(round).await,
        FaultKind::DatabaseRestart => stuck::database_restart(round).await,
        FaultKind::FullLog => stuck::full_log(round).await,
        FaultKind::FullDisk => stuck::full_disk(round).await,
        _ => {}
    }
}

/// What is done while it lives.
pub(crate) async fn during(act: FaultKind, round: &mut Round<'_>, program: &Program) {
    match act {
        FaultKind::SecondKey => second_key(round, program).await,
        FaultKind::Correction => correction(round, program).await,
        FaultKind::DoubleClick => double_click(round, program).await,
        FaultKind::LostAnswer => lost_answer(round, program).await,
        FaultKind::OtherPath => other_path(round).await,
        FaultKind::SourceOutage => source_outage(round, program).await,
        FaultKind::ChainOutage => chain_outage(round, program).await,
        FaultKind::FundsOutage => funds_outage(round, program).await,
        FaultKind::WorkflowOutage => workflow_outage(round, program).await,
        FaultKind::ClockJump => clock_jump(round).await,
        FaultKind::Reorganisation => reorganisation(round, program).await,
        FaultKind::StandsStill => stuck::stands_still(round, program).await,
        FaultKind::BlackHole => stuck::black_hole(round, program).await,
        _ => {}
    }
}

/// What is set right when it is dead.
pub(crate) async fn after(act: FaultKind, round: &mut Round<'_>) {
    if act == FaultKind::ClockJump {
        round.stack.shift_database_clock(0).await;
    }
}

/// A backup is taken, a payment carried out, the backup restored, and the payment asked for again.
async fn restore(round: &mut Round<'_>) {
    let (database, backup) = (round.stack.path("gateway.db"), round.stack.path("backup.db"));
    copy_database(&database, &backup);
    let payment = round.payment(true, false);
    let first = asked_in_a_life(round, payment).await;
    copy_database(&backup, &database);
    let again = asked_in_a_life(round, payment).await;
    let detail = if first["success"] == true { "minted in between" } else { "under way" };
    round.report.count_fault(FaultKind::Restore, detail);
    let is_told = first["success"] != true || !has_ended(&again) || again["mintTx"] == first["mintTx"];
    let wrong = (!is_told).then(|| format!("first {first}, then {again}"));
    round.check_that("what the chain has is answered as minted", wrong);
}

/// What a program that nobody kills answers to a payment.
async fn asked_in_a_life(round: &Round<'_>, payment: usize) -> Value {
    let Some(program) = Program::start(&round.stack, None).await else { return Value::Null };
    let answer = round.ask(&program.url, payment, "wait=30").await.unwrap_or_default();
    program.kill().await;
    answer
}

/// The same payment is asked for at two gateways that know nothing of each other.
async fn two_databases(round: &mut Round<'_>) {
    let second = round.stack.path("keys/second");
    if !second.exists() {
        std::fs::create_dir(&second).expect("a folder");
        let file = std::fs::read(round.stack.path("keys/transmitters.json")).expect("keys");
        let mut keys: Value = serde_json::from_slice(&file).expect("JSON");
        // Two gateways with the same keys would take each other's places in the chain's queue.
        let all = keys["transmitters"].as_array().cloned().unwrap_or_default();
        keys["transmitters"] = json!(all[all.len() / 2..]);
        std::fs::write(second.join("transmitters.json"), keys.to_string()).expect("keys");
        std::fs::copy(round.stack.path("keys/don.json"), second.join("don.json")).expect("keys");
    }
    let launch = Launch::of_stack(&round.stack)
        .set("DATABASE_URL", "sqlite:second.db")
        .set("CRE_RUN_DIR", "second-runs")
        .set("CRE_DON_FILE", "keys/second/don.json");
    let (Ok(other), Some(one)) = (launch.starts().await, Program::start(&round.stack, None).await) else {
        round.check_that("two gateways start", Some("one of them did not".to_owned()));
        return;
    };
    let payment = round.payment(true, round.named.is_multiple_of(2));
    let (first, second) =
        join(round.ask(&one.url, payment, "wait=40"), round.ask(&other.url, payment, "wait=40")).await;
    round.report.count_fault(FaultKind::TwoDatabases, "at once");
    let (first, second) = (first.unwrap_or_default(), second.unwrap_or_default());
    let is_same =
        first["success"] != true || second["success"] != true || first["mintTx"] == second["mintTx"];
    round.check_that("two gateways tell one mint", (!is_same).then(|| format!("{first}; {second}")));
    one.kill().await;
    other.kill().await;
}

/// Two instances on one PostgreSQL, one of them with another clock, carry out payments that either took. Neither dies, so
/// neither may take what the other one works on.
async fn clock_skew(round: &mut Round<'_>) {
    let (Some(server), Some(library)) = (round.server, faketime()) else { return };
    let (shift, detail) = *round.dice.pick(&[
        ("+60s", "a minute ahead"),
        ("-60s", "a minute behind"),
        ("+3600s", "an hour ahead"),
        ("-3600s", "an hour behind"),
    ]);
    let database = server.database(&format!("round_{}", round.seed)).await;
    let shared = || {
        let launch = Launch::of_stack(&round.stack).set("DATABASE_URL", &database);
        launch.set("CRE_RUN_DIR", "shared-runs").set("LEASE_SECONDS", SKEWED_LEASE_SECONDS)
    };
    let skewed = shared()
        .set("LD_PRELOAD", library)
        .set("FAKETIME", shift)
        .set("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .set("DONT_FAKE_MONOTONIC", "1");
    let (one, two) = (shared().starts().await, skewed.starts().await);
    let (Ok(one), Ok(two)) = (one, two) else {
        round.check_that("two instances start", Some("one of them did not".to_owned()));
        return;
    };
    let payments = [round.payment(true, true), round.payment(true, true)];
    let mut answers = Vec::new();
    for payment in payments {
        let asked = join(round.ask(&one.url, payment, "wait=40"), round.ask(&two.url, payment, "wait=40"));
        let (first, second) = asked.await;
        answers.extend([first.unwrap_or_default(), second.unwrap_or_default()]);
    }
    round.report.count_fault(FaultKind::ClockSkew, detail);
    let ahead = get(&two.url, "/ready").await.unwrap_or_default()["clock"]["aheadOfMachineMs"].as_i64();
    let is_told = ahead.is_some_and(|ahead| ahead.abs() > 5_000);
    round.check_that("a skewed clock is told in /ready", (!is_told).then(|| format!("{ahead:?}")));
    for answer in answers.iter().filter(|answer| answer["success"] == true) {
        let attempts = answer["attempts"].as_u64().unwrap_or_default();
        round.report.count_reserves(&format!("minted under skew, attempts: {attempts}"));
    }
    one.kill().await;
    two.kill().await;
    let taken = taken_from_the_living(&database).await;
    round.check_that("a claim is its holder's while the holder lives", taken);
}

/// An event of a mint that was taken over from an instance, where none has died.
async fn taken_from_the_living(database: &str) -> Option<String> {
    let opened = Store::open(&SecretUrl::new(database), Clock::system()).await;
    let (store, _) = opened.expect("the store opens");
    let events = store.events_after(0, i64::MAX).await.expect("events");
    store.close().await;
    let taken = events.into_iter().find(|event| event.data.contains(TAKEN_OVER));
    taken.map(|event| format!("{}: {}", event.subject, event.data))
}

async fn second_key(round: &mut Round<'_>, program: &Program) {
    let payment = round.payment(true, true);
    let body = round.payments[payment].1.clone();
    let other = format!("other-key-{}", round.named);
    let first = round.ask(&program.url, payment, "wait=0").await;
    let second = ask(&program.url, Some(&other), &body, "wait=0").await;
    let mut changed = body;
    changed["amount"] = json!("2");
    let third = ask(&program.url, Some(&other), &changed, "wait=0").await;
    round.report.count_fault(FaultKind::SecondKey, "of another body, too");
    if let (Some(first), Some(second)) = (first, &second) {
        let is_one =
            first["mintId"] == second["mintId"] || first["mintId"].is_null() || second["mintId"].is_null();
        let wrong = (!is_one).then(|| format!("{first}; {second}"));
        round.check_that("a known reference is its holder's under every key", wrong);
    }
    if let (Some(_), Some(third)) = (second.filter(|second| !second["mintId"].is_null()), third) {
        let is_bound = third["code"] == "IDEMPOTENCY_MISMATCH" || third["code"] == "STORE_UNAVAILABLE";
        round.check_that("a second key is bound to its order", (!is_bound).then(|| third.to_string()));
    }
}

async fn correction(round: &mut Round<'_>, program: &Program) {
    let payment = round.payment(false, true);
    let mut wrong = round.payments[payment].1.clone();
    wrong["beneficiary"] = json!(STRANGER);
    let refused = ask(&program.url, None, &wrong, "wait=20").await.unwrap_or_default();
    round.report.count_fault(FaultKind::Correction, "another beneficiary under the same reference");
    if refused["mintStatus"] == "rejected" {
        let corrected = round.ask(&program.url, payment, "wait=0").await.unwrap_or_default();
        let is_let_go = corrected["code"] != "DUPLICATE_REFERENCE";
        let wrong = (!is_let_go).then(|| corrected.to_string());
        round.check_that("a refused order lets go of its reference", wrong);
    }
    // Where the wrong order was not refused yet, it holds the reference, and the inspection sees which of them ended how.
    if refused["mintStatus"] != "rejected" {
        round.payments[payment].1 = wrong;
    }
}

async fn double_click(round: &mut Round<'_>, program: &Program) {
    let body = round.stack.body("1");
    let clicks = join(ask(&program.url, None, &body, "wait=0"), ask(&program.url, None, &body, "wait=0"));
    let (one, two) = clicks.await;
    round.report.count_fault(FaultKind::DoubleClick, "two at once");
    if let (Some(one), Some(two)) = (one, two) {
        let is_one = one["mintId"] == two["mintId"] || one["mintId"].is_null() || two["mintId"].is_null();
        round.check_that("a double click is one mint", (!is_one).then(|| format!("{one}; {two}")));
    }
}

async fn lost_answer(round: &mut Round<'_>, program: &Program) {
    let payment = round.payment(true, false);
    let patience = Duration::from_millis(round.dice.below(40));
    let lost = tokio::time::timeout(patience, round.ask(&program.url, payment, "respond-async")).await;
    let detail = if lost.is_ok() { "on its way" } else { "before it was given" };
    round.report.count_fault(FaultKind::LostAnswer, detail);
    let first = round.ask(&program.url, payment, "respond-async").await.unwrap_or_default();
    let second = round.ask(&program.url, payment, "respond-async").await.unwrap_or_default();
    let is_one =
        first["mintId"] == second["mintId"] || first["mintId"].is_null() || second["mintId"].is_null();
    round.check_that("a key makes one mint", (!is_one).then(|| format!("{first}; {second}")));
}

async fn other_path(round: &mut Round<'_>) {
    let (file, link) = (round.stack.path("gateway.db"), round.stack.path("link.db"));
    for (detail, made) in [
        ("symbolic link", std::os::unix::fs::symlink(&file, &link)),
        ("hard link", std::fs::remove_file(&link).and_then(|()| std::fs::hard_link(&file, &link))),
    ] {
        made.expect("another name");
        round.report.count_fault(FaultKind::OtherPath, detail);
        let end = Launch::of_stack(&round.stack).set("DATABASE_URL", "sqlite:link.db").starts().await;
        let is_refused = end.is_err();
        round.check_that("a file is opened once", (!is_refused).then(|| detail.to_owned()));
    }
    std::fs::remove_file(&link).expect("the name goes");
}

/// A payment is asked for while something is missing for a while.
async fn wait_out(round: &mut Round<'_>, program: &Program, kind: FaultKind, detail: &str) {
    round.report.count_fault(kind, detail);
    let payment = round.payment(false, true);
    let _ = round.ask(&program.url, payment, "wait=0").await;
    tokio::time::sleep(OUTAGE).await;
}

async fn source_outage(round: &mut Round<'_>, program: &Program) {
    round.stack.reserve.change(|stated| stated.status = StatusCode::INTERNAL_SERVER_ERROR);
    wait_out(round, program, FaultKind::SourceOutage, "it answers 500").await;
    round.stack.reserve.change(|stated| stated.status = StatusCode::OK);
}

async fn chain_outage(round: &mut Round<'_>, program: &Program) {
    for proxy in &round.stack.proxies {
        proxy.set(FaultMode::Down);
    }
    wait_out(round, program, FaultKind::ChainOutage, "no endpoint answers").await;
    for proxy in &round.stack.proxies {
        proxy.set(FaultMode::Honest);
    }
}

async fn funds_outage(round: &mut Round<'_>, program: &Program) {
    let all = round.stack.anvil.transmitters();
    for key in &all {
        round.stack.anvil.rpc("anvil_setBalance", json!([key, "0x0"])).await;
    }
    wait_out(round, program, FaultKind::FundsOutage, "no transmitter can pay").await;
    for key in &all {
        round.stack.anvil.rpc("anvil_setBalance", json!([key, RICH])).await;
    }
}

async fn workflow_outage(round: &mut Round<'_>, program: &Program) {
    match round.dice.below(3) {
        0 => {
            let (file, away) =
                (round.stack.path("workflow/config.local.json"), round.stack.path("workflow/config.away"));
            std::fs::rename(&file, &away).expect("it goes");
            wait_out(round, program, FaultKind::WorkflowOutage, "the configuration is away").await;
            std::fs::rename(&away, &file).expect("it comes back");
        }
        1 => {
            // No run directory can be made where a file stands, as on a full disk.
            let (runs, away) = (round.stack.path("runs"), round.stack.path("runs-away"));
            std::fs::rename(&runs, &away).expect("it goes");
            std::fs::write(&runs, "").expect("a file in its place");
            wait_out(round, program, FaultKind::WorkflowOutage, "no run directory can be made").await;
            std::fs::remove_file(&runs).expect("the file goes");
            std::fs::rename(&away, &runs).expect("it comes back");
        }
        _ => {
            wait_out(round, program, FaultKind::WorkflowOutage, "Bun is killed").await;
            for child in program.pid().map(children).unwrap_or_default() {
                // It may have ended by itself.
                let _ = rustix::process::kill_process(child, Signal::KILL);
            }
        }
    }
}

/// The processes that a process started.
pub(crate) fn children(parent: u32) -> Vec<Pid> {
    let tasks = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let pids =
        lists.flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>());
    pids.filter_map(Pid::from_raw).collect()
}

async fn clock_jump(round: &mut Round<'_>) {
    let by_ms = *round.dice.pick(&[10_000, -10_000, 60_000, -60_000]);
    round.report.count_fault(FaultKind::ClockJump, format!("{} s", by_ms / 1_000));
    round.stack.shift_database_clock(by_ms).await;
}

async fn reorganisation(round: &mut Round<'_>, program: &Program) {
    let payment = round.payment(true, true);
    let answer = round.ask(&program.url, payment, "wait=20").await.unwrap_or_default();
    let detail = if answer["success"] == true { "of a block after a mint" } else { "of some block" };
    round.stack.anvil.rpc("anvil_reorg", json!([1, []])).await;
    round.report.count_fault(FaultKind::Reorganisation, detail);
    let id = answer["mintId"].as_str().unwrap_or_default().to_owned();
    // What came of it is inspected with all others; a program that dies meanwhile leaves it to them.
    let seen = until(async || {
        let shown = get(&program.url, &format!("/mints/{id}")).await;
        shown.is_none_or(|shown| shown["status"] != "minted")
    });
    let _ = tokio::time::timeout(OUTAGE, seen).await;
}
