//! The reserve source fails: the breaker opens, also while nobody mints, and closes when the source is well again.

use axum::http::StatusCode;
use cre_backend::config::Settings;
use serde_json::json;

use crate::support::{Choice, Stack};

/// The DON attests as often as it can; a breaker never tries again just because time passed.
fn attested() -> Settings {
    Settings {
        attest_interval_seconds: Some("1".into()),
        breaker_bad_answers: Some("2".into()),
        breaker_cooldown_seconds: Some("3600".into()),
        ..Settings::default()
    }
}

#[tokio::test]
async fn a_ripcord_that_only_the_schedule_sees_stops_minting_until_the_source_is_well() {
    let stack = Stack::start_with(Choice { settings: attested(), ..Choice::default() }).await;
    stack.told("reserve.attested", |_| true).await;
    assert_eq!(stack.mint("100").await.status, 200);

    stack.reserve.change(|books| books.ripcord = true);
    stack.opens_for("SOURCE_DISTRUSTED").await;
    let failed = stack.told("reserve.attestation-failed", |_| true).await;
    assert_eq!(failed["code"], "POR_RIPCORD", "{failed}");
    let now = stack.reserves().await;
    assert_eq!(now["refusal"]["code"], "POR_RIPCORD", "{now}");
    assert_eq!(now["sources"][0]["word"], "RIPCORD_PULLED", "{now}");
    assert!(now["breaker"]["badAnswers"].as_u64().is_some_and(|count| count >= 2), "{now}");
    let words = now["breaker"]["reasons"]["SOURCE_DISTRUSTED"].as_str().expect("words");
    assert!(words.contains("POR_RIPCORD"), "{words}");
    let page = stack.get("/metrics").await.body;
    let page = page.as_str().expect("text");
    for (name, end) in [
        ("cre_attestations{", "end=\"POR_RIPCORD\"} "),
        ("cre_attestations{", "end=\"ADVANCED\"} "),
        ("cre_breaker_reason{", "reason=\"SOURCE_DISTRUSTED\"} 1"),
        ("cre_source_bad_answers{", "} "),
    ] {
        assert!(
            page.lines().any(|line| line.starts_with(name) && line.contains(end)),
            "{name}{end}:\n{page}"
        );
    }

    stack.reserve.change(|books| books.ripcord = false);
    stack.breaker_becomes("half-open").await;
    stack.probe_closes().await;
    let well = stack.reserves().await;
    assert_eq!((&well["refusal"], &well["breaker"]["badAnswers"]), (&json!(null), &json!(0)), "{well}");

    stack.reserve.change(|books| books.status = StatusCode::INTERNAL_SERVER_ERROR);
    stack.opens_for("SOURCE_DISTRUSTED").await;
    stack.told("reserve.attestation-failed", |failed| failed["code"] == "POR_UNAVAILABLE").await;
    stack.reserve.change(|books| books.status = StatusCode::OK);
    stack.breaker_becomes("half-open").await;
    stack.probe_closes().await;
}

#[tokio::test]
async fn a_source_that_refuses_minter_after_minter_is_left_alone_for_a_while() {
    let settings = Settings {
        breaker_bad_answers: Some("3".into()),
        breaker_cooldown_seconds: Some("3600".into()),
        ..Settings::default()
    };
    let mut stack = Stack::start_with(Choice { settings, ..Choice::default() }).await;
    stack.reserve.change(|books| books.ripcord = true);
    assert_eq!(stack.mint("1").await.verdict(), (503, "POR_RIPCORD"));
    stack.reserve.change(|books| (books.ripcord, books.age_seconds) = (false, 3_000));
    assert_eq!(stack.mint("1").await.verdict(), (503, "POR_STALE"));
    assert_eq!(stack.reserves().await["breaker"]["state"], "closed", "two are no row of three");
    stack.reserve.change(|books| (books.ripcord, books.age_seconds) = (true, 0));
    assert_eq!(stack.mint("1").await.verdict(), (503, "POR_RIPCORD"));
    stack.opens_for("SOURCE_DISTRUSTED").await;

    // What is open stays open for its time; the next one begins with a shorter patience.
    stack.reserve.change(|books| books.ripcord = false);
    stack.operate("resume", json!({ "reason": "the attestor called" })).await;
    stack.probe_closes().await;
    stack.stop_gateway().await;
    stack.settings.breaker_cooldown_seconds = Some("1".into());
    stack.settings.breaker_bad_answers = Some("1".into());
    stack.run_gateway().await;
    stack.reserve.change(|books| books.ripcord = true);
    assert_eq!(stack.mint("1").await.verdict(), (503, "POR_RIPCORD"));
    stack.breaker_becomes("half-open").await;
    assert_eq!(stack.mint("1").await.verdict(), (503, "POR_RIPCORD"), "the probe asks the source");
    stack.reserve.change(|books| books.ripcord = false);
    stack.breaker_becomes("half-open").await;
    stack.probe_closes().await;
}

#[tokio::test]
async fn a_proof_that_has_grown_old_on_chain_stops_minting_until_a_fresh_one_is_there() {
    let settings = Settings { reserve_proof_max_age_seconds: Some("200".into()), ..attested() };
    let choice = Choice { settings, without_gateway: true, ..Choice::default() };
    let mut stack = Stack::start_with(choice).await;
    stack.reserve.change(|books| books.age_seconds = 250);
    stack.run_gateway().await;

    stack.opens_for("PROOF_STALE").await;
    let round = stack.reserves().await["feed"]["latestRound"]["round"].as_u64().expect("a round");
    stack.reserve.change(|books| books.age_seconds = 0);
    stack.breaker_becomes("half-open").await;
    let now = stack.reserves().await;
    assert!(now["feed"]["latestRound"]["round"].as_u64().is_some_and(|later| later > round), "{now}");
    stack.probe_closes().await;
}

#[tokio::test]
async fn a_basket_without_any_proof_yet_waits_for_its_first_mint() {
    let settings = Settings { reserve_proof_max_age_seconds: Some("200".into()), ..Settings::default() };
    let mut stack = Stack::start_with(Choice { settings, ..Choice::default() }).await;
    // The monitor looks before it hears of a stop, and what it finds outlives it.
    stack.stop_gateway().await;
    stack.run_gateway().await;
    assert_eq!(stack.reserves().await["breaker"]["state"], "closed", "nothing is issued, nothing is stale");
    assert_eq!(stack.mint("1").await.status, 200);
}
