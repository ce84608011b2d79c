//! The reserve source fails: the breaker opens, also while nobody mints, and closes when the source is well again.

use axum::http::StatusCode;
use serde_json::{Value, json};
use test_support::folder::files;
use test_support::{Choice, Stack, until};

/// The DON attests as often as it can; a breaker never tries again just because time passed.
fn attested() -> Choice {
    Choice::with([
        ("ATTEST_INTERVAL_SECONDS", "1"),
        ("BREAKER_BAD_ANSWERS", "2"),
        ("BREAKER_COOLDOWN_SECONDS", "3600"),
    ])
}

#[tokio::test]
async fn breaker_opens_for_a_ripcord_seen_on_schedule() {
    let stack = Stack::start_with(attested()).await;
    stack.logged_event("reserve.attested", |_| true).await;
    assert_eq!(stack.mint("100").await.status, 200);

    stack.reserve.change(|stated| stated.ripcord = true);
    stack.breaker_opens_for("SOURCE_DISTRUSTED").await;
    let failed = stack.logged_event("reserve.attestation-failed", |_| true).await;
    assert_eq!(failed["code"], "POR_RIPCORD", "{failed}");
    let now = stack.reserves().await;
    assert_eq!(now["refusal"]["code"], "POR_RIPCORD", "{now}");
    assert_eq!(now["sources"][0]["word"], "RIPCORD_PULLED", "{now}");
    assert!(now["breaker"]["badAnswers"].as_u64().is_some_and(|count| count >= 2), "{now}");
    let message = now["breaker"]["reasons"]["SOURCE_DISTRUSTED"].as_str().expect("a sentence");
    assert!(message.contains("POR_RIPCORD"), "{message}");
    let page = stack.get_as_operator("/metrics").await.body;
    let page = page.as_str().expect("text");
    for (name, end) in [
        ("cre_attestations_total{", "end=\"POR_RIPCORD\"} "),
        ("cre_attestations_total{", "end=\"ADVANCED\"} "),
        ("cre_breaker_reason{", "reason=\"SOURCE_DISTRUSTED\"} 1"),
        ("cre_source_bad_answers{", "} "),
    ] {
        assert!(
            page.lines().any(|line| line.starts_with(name) && line.contains(end)),
            "{name}{end}:\n{page}"
        );
    }

    stack.reserve.change(|stated| stated.ripcord = false);
    stack.breaker_becomes("half-open").await;
    stack.probe_closes_breaker().await;
    let well = stack.reserves().await;
    assert_eq!((&well["refusal"], &well["breaker"]["badAnswers"]), (&json!(null), &json!(0)), "{well}");

    stack.reserve.change(|stated| stated.status = StatusCode::INTERNAL_SERVER_ERROR);
    stack.breaker_opens_for("SOURCE_DISTRUSTED").await;
    stack.logged_event("reserve.attestation-failed", |failed| failed["code"] == "POR_UNAVAILABLE").await;
    stack.reserve.change(|stated| stated.status = StatusCode::OK);
    stack.breaker_becomes("half-open").await;
    stack.probe_closes_breaker().await;
}

#[tokio::test]
async fn breaker_opens_for_bad_answers_in_a_row() {
    let choice = Choice::with([("BREAKER_BAD_ANSWERS", "3"), ("BREAKER_COOLDOWN_SECONDS", "3600")]);
    let mut stack = Stack::start_with(choice).await;
    stack.reserve.change(|stated| stated.age_seconds = 3_000);
    let held_up = stack.mint_held_up("while the figure is old", "POR_STALE").await;
    stack.reserve.change(|stated| (stated.ripcord, stated.age_seconds) = (true, 0));
    stack.breaker_opens_for("SOURCE_DISTRUSTED").await;

    // What is open stays open for its time, and holds what it held up.
    stack.reserve.change(|stated| stated.ripcord = false);
    assert_eq!(stack.get(&format!("/mints/{held_up}")).await.body["status"], "queued");
    stack.act_as_operator("resume", json!({ "reason": "the attestor called" })).await;
    stack.mint_becomes(&held_up, "finalized").await;
    stack.probe_closes_breaker().await;

    // The next one begins with a shorter patience.
    stack.stop_gateway().await;
    stack.set("BREAKER_COOLDOWN_SECONDS", "1");
    stack.set("BREAKER_BAD_ANSWERS", "1");
    stack.run_gateway().await;
    stack.reserve.change(|stated| stated.ripcord = true);
    let held_up = stack.mint_held_up("while the source stops", "POR_RIPCORD").await;
    let runs = stack.runs();
    let asked_anew = until(async || stack.runs() > runs + 1);
    assert!(asked_anew.await, "the probe asks the source");
    stack.reserve.change(|stated| stated.ripcord = false);
    stack.mint_becomes(&held_up, "finalized").await;
    stack.breaker_becomes("closed").await;
}

#[tokio::test]
async fn breaker_opens_for_a_stale_proof_until_a_fresh_one() {
    let mut stack = Stack::start_with(attested().without_gateway()).await;
    stack.set("RESERVE_PROOF_MAX_AGE_SECONDS", "200");
    stack.reserve.change(|stated| stated.age_seconds = 250);
    stack.run_gateway().await;

    stack.breaker_opens_for("PROOF_STALE").await;
    let round = stack.reserves().await["feed"]["latestRound"]["round"].as_u64().expect("a round");
    stack.reserve.change(|stated| stated.age_seconds = 0);
    stack.breaker_becomes("half-open").await;
    let now = stack.reserves().await;
    assert!(now["feed"]["latestRound"]["round"].as_u64().is_some_and(|later| later > round), "{now}");
    stack.probe_closes_breaker().await;
}

#[tokio::test]
async fn breaker_stays_closed_before_the_first_proof() {
    let mut stack = Stack::start_with(Choice::with([("RESERVE_PROOF_MAX_AGE_SECONDS", "200")])).await;
    // The monitor looks before it hears of a stop, and what it finds outlives it.
    stack.stop_gateway().await;
    stack.run_gateway().await;
    assert_eq!(stack.reserves().await["breaker"]["state"], "closed", "nothing is issued, nothing is stale");
    assert_eq!(stack.mint("1").await.status, 200);
}

/// The workflow's schedule is to fire soon, and every half minute from then on.
#[expect(clippy::disallowed_methods, reason = "the schedule goes by the machine's time")]
fn fire_soon(stack: &Stack) {
    let file = stack.path("workflow/config.local.json");
    let mut config: Value = serde_json::from_slice(&std::fs::read(&file).expect("a file")).expect("JSON");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a time after 1970");
    let second = (now.as_secs() + 5) % 30;
    config["attestSchedule"] = json!(format!("{second},{} * * * * *", second + 30));
    std::fs::write(&file, config.to_string()).expect("it is written");
}

#[tokio::test]
async fn attestation_fires_by_the_workflows_own_schedule() {
    let mut stack = Stack::start_with(Choice::default().without_gateway()).await;
    fire_soon(&stack);
    stack.run_gateway().await;
    let attested = stack.logged_event("reserve.attested", |_| true).await;
    assert_eq!((&attested["code"], &attested["round"]), (&json!("ADVANCED"), &json!(1)), "{attested}");
    // The run was told of no basket: the workflow found it at the factory.
    let runs = stack.path("runs");
    let told = files(&runs, "config.json").into_iter().map(std::fs::read_to_string);
    let told: Vec<String> = told.collect::<Result<_, _>>().expect("files");
    assert!(told.iter().all(|config| !config.contains("stablecoinAddress")), "{told:?}");
    assert!(!told.is_empty() && files(&runs, "http_trigger_payload.json").is_empty());
}
