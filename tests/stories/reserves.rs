//! No mint without a fresh, sufficient, assigned reserve.

use axum::http::StatusCode;
use test_support::{BENEFICIARY, Stack, tokens};

#[tokio::test]
async fn reserves_must_be_fresh_sufficient_and_assigned() {
    let stack = Stack::start().await;
    let before = stack.anvil.balance(BENEFICIARY).await;

    stack.reserve.change(|stated| stated.total = "1500.00".to_owned());
    assert_eq!(stack.mint("1000").await.status, 200);
    let answer = stack.mint("600.25").await;
    assert_eq!(answer.problem(), (422, "POR_INSUFFICIENT_RESERVES"), "{}", answer.body);
    for (name, amount) in
        [("reserves", "1500"), ("liability", "1000"), ("requested", "600.25"), ("deficit", "100.25")]
    {
        assert_eq!(answer.body[name], amount, "{name}: {}", answer.body);
    }

    stack.reserve.change(|stated| stated.age_seconds = 3_000);
    let held_up = stack.mint_held_up("too old a figure", "POR_STALE").await;

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
