//! The real program on the real chain with the real workflow, killed at named points again and again.

use std::time::Duration;

use alloy::primitives::B256;
use cre_backend::base::clock::Clock;
use cre_backend::base::secret::SecretUrl;
use cre_backend::store::Store;
use cre_backend::store::event_log::LogState;
use reqwest::Method;
use serde_json::{Value, json};
use test_support::dice::Dice;
use test_support::fault_points::{NOT_IN_CAMPAIGN, all_but, death_at};
use test_support::program::Program;
use test_support::report::Report;
use test_support::{BENEFICIARY, Choice, FaultMode, Stack, tokens, until};

/// Deaths between two inspections.
const ROUND: u64 = 15;

/// Longest life of a program that does not reach its point.
const LIFE: Duration = Duration::from_secs(8);
/// Waits of a minute for one payment: a lost report needs two minutes to lapse.
const ASKED_MAX: u32 = 6;
/// A death that no point had to be reached for.
const AT_REST: &str = "killed at rest";
/// Ends without a mint.
const ENDED: [&str; 2] = ["failed", "rejected"];

/// Kills the gateway at least `points` times at a named point; other faults come on top.
pub(crate) async fn campaign(points: u64, seed: u64) -> Report {
    let mut dice = Dice::new(seed);
    let proxies = vec![FaultMode::Honest, FaultMode::Honest, FaultMode::Honest];
    let choice = Choice { proxies, ..Choice::with([("WORKFLOW_TIMEOUT_SECONDS", "20")]) };
    let mut stack = Stack::start_with(choice.without_gateway()).await;
    let mut report = Report::default();
    let mut payments = 0;
    while kills(&report) < points && report.violations.is_empty() {
        let first = payments;
        for _ in 0..ROUND {
            live_once(&mut stack, &mut dice, &mut report, &mut payments).await;
        }
        for proxy in &stack.proxies {
            proxy.set(FaultMode::Honest);
        }
        inspect(&mut stack, &mut report, first..payments, seed).await;
        let (kills, all) = (kills(&report), report.points());
        eprintln!("{kills} kills, {all} faults, {payments} payments, {} violations", report.violations.len());
    }
    report
}

/// Deaths at named points.
fn kills(report: &Report) -> u64 {
    let named =
        report.faults.iter().filter(|(fault, _)| fault.starts_with("killed at ") && *fault != AT_REST);
    named.map(|(_, times)| times).sum()
}

/// One life of the program: a new payment, an old one repeated, and death at some point.
async fn live_once(stack: &mut Stack, dice: &mut Dice, report: &mut Report, payments: &mut u64) {
    let point = *dice.pick(&all_but(NOT_IN_CAMPAIGN));
    let order = format!("{point}:{}", 1 + dice.below(3));
    let mode = *dice.pick(&[
        FaultMode::Honest,
        FaultMode::Lying,
        FaultMode::Stale,
        FaultMode::Down,
        FaultMode::SlowAndDouble,
    ]);
    stack.proxies[1].set(mode);
    if mode != FaultMode::Honest {
        report.count_fault(format!("endpoint {mode:?}"));
    }
    let Some(mut program) = Program::start(stack, Some(&order)).await else {
        report.count_fault(death_at(point));
        return;
    };
    stack.url.clone_from(&program.url);
    let mut ids = Vec::new();
    for payment in [*payments, dice.below(*payments + 1)] {
        // The answer is lost when the program dies first; the payment is asked for again later.
        if let Ok(answer) = ask(stack, payment, "wait=0").await
            && let Some(id) = answer["mintId"].as_str()
        {
            ids.push(id.to_owned());
        }
    }
    *payments += 1;
    let mut died = false;
    let rested = until(async || {
        died = program.has_died();
        died || is_at_rest(stack, &ids).await
    });
    // A mint that waits for a lost report to lapse is left to the inspection.
    let _ = tokio::time::timeout(LIFE, rested).await;
    if died {
        report.count_fault(death_at(point));
    } else {
        program.kill().await;
        report.count_fault(AT_REST);
    }
}

async fn ask(stack: &Stack, payment: u64, prefer: &str) -> Result<Value, reqwest::Error> {
    let mut body = stack.body("1");
    body["bankReference"] = json!(format!("payment {payment}"));
    stack.request(Method::POST, "/mint").header("prefer", prefer).json(&body).send().await?.json().await
}

async fn is_at_rest(stack: &Stack, ids: &[String]) -> bool {
    for id in ids {
        let Ok(answer) = stack.request(Method::GET, &format!("/mints/{id}")).send().await else {
            return false;
        };
        let body: Value = answer.json().await.unwrap_or_default();
        if !matches!(body["status"].as_str(), Some("finalized" | "failed" | "rejected")) {
            return false;
        }
    }
    true
}

/// Whether an answer says what became of the mint: it was minted, or a problem names the state in which it ended.
fn has_ended(answer: &Value) -> bool {
    answer["success"] == true || ENDED.contains(&answer["mintStatus"].as_str().unwrap_or_default())
}

/// Lets everything come to rest, and compares with the chain.
async fn inspect(stack: &mut Stack, report: &mut Report, round: std::ops::Range<u64>, seed: u64) {
    let program = Program::start(stack, None).await.expect("it starts without an order to die");
    stack.url.clone_from(&program.url);
    let mut wrong = Vec::new();
    for payment in round {
        let mut answer = Value::Null;
        for _ in 0..ASKED_MAX {
            answer = ask(stack, payment, "wait=60").await.unwrap_or_default();
            if has_ended(&answer) {
                break;
            }
        }
        let reference =
            stack.get(&format!("/mints/{}", answer["mintId"].as_str().unwrap_or_default())).await.body;
        let reference = reference["reference"].as_str().and_then(|word| word.parse::<B256>().ok());
        let minted = match reference {
            Some(reference) => stack.anvil.mints_of(reference).await,
            None => 0,
        };
        let said = answer["success"] == true;
        let ended = has_ended(&answer);
        if minted > 1 || said != (minted == 1) || !ended {
            wrong.push(format!("payment {payment}: minted {minted} times, the gateway says {answer}"));
        }
        report.count_end(if said { "minted" } else { "not minted" });
    }
    let minted = report.ends.get("minted").copied().unwrap_or_default();
    if stack.anvil.balance(BENEFICIARY).await != tokens(minted) {
        wrong.push(format!("the balance is not {minted} tokens"));
    }
    for key in stack.anvil.transmitters() {
        let count = async |block: &str| stack.anvil.rpc("eth_getTransactionCount", json!([key, block])).await;
        if count("latest").await != count("pending").await {
            wrong.push(format!("transmitter {key} has a transaction that is not mined"));
        }
    }
    program.kill().await;
    let url = SecretUrl::new(format!("sqlite:{}", stack.path("gateway.db").display()));
    let (store, _writer) = Store::open(&url, Clock::system()).await.expect("the store opens");
    if !matches!(store.verify_log().await, Ok(LogState::Intact(_))) {
        wrong.push("the event log is broken".to_owned());
    }
    store.close().await;
    report.violations.extend(wrong.into_iter().map(|message| format!("seed {seed}: {message}")));
}
