//! No mint without a fresh, sufficient, assigned reserve.

use axum::http::StatusCode;
use cre_backend::base::clock::{Clock, rfc3339};
use serde_json::json;
use test_support::{BENEFICIARY, Stack, tokens, until};

/// Waits until the history of the reserves ends with these figures, and asks for ranges that there are not.
async fn history_shows(stack: &Stack, reserves: &str, liability: &str) {
    let path = format!("/reserves/{}/history", stack.anvil.basket.0);
    let now = Clock::system().now_ms();
    let range = format!("from={}&to={}", rfc3339(now - 3_600_000), rfc3339(now + 3_600_000));
    let shown = until(async || {
        let answer = stack.get(&format!("{path}?{range}")).await.body;
        let last = answer["points"].as_array().and_then(|points| points.last().cloned()).unwrap_or_default();
        last["reserves"] == reserves && last["liability"] == liability && last["at"].is_string()
    });
    assert!(shown.await, "{}", stack.get(&format!("{path}?{range}")).await.body);
    for (query, field) in [
        ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z".to_owned(), "from"),
        ("from=2026-01-01T00:00:00Z&to=2026-04-04T00:00:00Z".to_owned(), "to"),
        ("to=2026-04-04T00:00:00Z".to_owned(), "from"),
        (format!("{range}&points=0"), "points"),
        (format!("{range}&points=1001"), "points"),
    ] {
        let answer = stack.get(&format!("{path}?{query}")).await;
        assert_eq!(answer.problem(), (400, "INVALID_REQUEST"), "{query}: {}", answer.body);
        assert_eq!(answer.body["field"], field, "{query}: {}", answer.body);
    }
}

#[tokio::test]
async fn reserves_must_be_fresh_sufficient_and_assigned() {
    let stack = Stack::start().await;
    let before = stack.anvil.balance(BENEFICIARY).await;

    stack.reserve.change(|stated| stated.total = "1500.00".to_owned());
    assert_eq!(stack.mint("1000").await.status, 200);
    history_shows(&stack, "1500", "1000").await;
    let answer = stack.mint("600.25").await;
    assert_eq!(answer.problem(), (422, "POR_INSUFFICIENT_RESERVES"), "{}", answer.body);
    for (name, amount) in
        [("reserves", "1500"), ("liability", "1000"), ("requested", "600.25"), ("deficit", "100.25")]
    {
        assert_eq!(answer.body[name], amount, "{name}: {}", answer.body);
    }

    stack.reserve.change(|stated| stated.age_seconds = 3_000);
    let held_up = stack.mint_held_up("too old a figure", "POR_STALE").await;
    let wanted = stack.get("/attention").await.body;
    let waiting = &wanted["mints"][0];
    assert_eq!(
        (&waiting["status"], &waiting["code"], &waiting["mints"], &waiting["oldestMintId"]),
        (&json!("queued"), &json!("POR_STALE"), &json!(1), &json!(held_up)),
        "{wanted}"
    );
    assert!(waiting["reason"].is_string() && waiting["since"].is_string(), "{wanted}");
    assert_eq!((&wanted["complete"], &wanted["alarms"]), (&json!(true), &json!([])), "{wanted}");

    stack.reserve.change(|stated| stated.status = StatusCode::NOT_FOUND);
    let answer = stack.mint("100").await;
    assert_eq!(answer.problem(), (422, "NO_RESERVE_ASSIGNED"), "{}", answer.body);
    stack.mint_becomes(&held_up, "rejected").await;

    stack.reserve.change(|stated| stated.status = StatusCode::INTERNAL_SERVER_ERROR);
    let held_up = stack.mint_held_up("no answer", "POR_UNAVAILABLE").await;
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(1000));

    let healthy = StatusCode::OK;
    stack.reserve.change(|stated| (stated.status, stated.age_seconds) = (healthy, 0));
    stack.mint_becomes(&held_up, "finalized").await;
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(1001));
}
