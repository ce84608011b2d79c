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
    let answer = stack.mint("100").await;
    assert_eq!(answer.problem(), (503, "POR_STALE"), "{}", answer.body);
    assert!(!answer.header("retry-after").is_empty());

    stack.reserve.change(|stated| stated.status = StatusCode::NOT_FOUND);
    let answer = stack.mint("100").await;
    assert_eq!(answer.problem(), (422, "NO_RESERVE_ASSIGNED"), "{}", answer.body);

    stack.reserve.change(|stated| stated.status = StatusCode::INTERNAL_SERVER_ERROR);
    let answer = stack.mint("100").await;
    assert_eq!(answer.problem(), (503, "POR_UNAVAILABLE"), "{}", answer.body);
    assert!(!answer.header("retry-after").is_empty());

    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(1000));
}
