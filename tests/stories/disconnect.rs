//! Callers that do not wait: what was accepted goes on, and nothing is left behind.

use futures_util::stream::{FuturesUnordered, StreamExt};
use reqwest::Method;
use serde_json::json;
use test_support::{Answer, BENEFICIARY, Choice, Stack, tokens, until};

#[tokio::test]
async fn mint_goes_on_when_its_caller_disconnects() {
    let stack = Stack::start().await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    let mut body = stack.body("1000");
    body["bankReference"] = json!("hung up");
    // The source does not answer yet, so that the mint cannot be over before its caller goes.
    stack.reserve.open(false);

    let request = stack.request(Method::POST, "/mint").json(&body).send();
    let asked = until(async || {
        let mints = stack.get("/mints").await.body;
        mints["mints"][0]["status"] == "executing"
    });
    tokio::select! {
        _ = request => panic!("the mint was over before the caller could hang up"),
        seen = asked => assert!(seen, "the mint never started"),
    }
    stack.reserve.open(true);

    let mints = stack.get("/mints").await.body;
    let id = mints["mints"][0]["mintId"].as_str().expect("an id").to_owned();
    stack.mint_becomes(&id, "finalized").await;
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(1000));
}

#[tokio::test]
async fn mint_async_answer_has_the_state_and_no_transaction() {
    let stack = Stack::start_with(Choice::with([("MINT_WAITERS_MAX", "1")])).await;
    let prefer =
        |wish: &str| stack.request(Method::POST, "/mint").header("prefer", wish).json(&stack.body("1000"));

    for wish in ["respond-async", "wait=0"] {
        // Whoever waited for this mint would wait for ever.
        stack.reserve.open(false);
        let answer = Answer::of(prefer(wish).send().await.expect("an answer")).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        assert_eq!(answer.body["success"], false);
        let status = answer.body["status"].as_str().unwrap_or_default();
        assert!(
            ["queued", "executing"].contains(&status),
            "the state, not a word of its own: {}",
            answer.body
        );
        assert!(
            answer.body.get("mintStatus").is_none() && answer.body["error"].is_string(),
            "{}",
            answer.body
        );
        assert!(answer.body.get("mintTx").is_none());
        let id = answer.body["mintId"].as_str().expect("an id");
        assert_eq!(answer.header("location"), format!("/mints/{id}"));
        stack.reserve.open(true);
        let end = stack.mint_becomes(id, "finalized").await;
        assert_eq!(end["success"], true);
    }

    // Of two that wish to wait, one finds no room.
    stack.reserve.open(false);
    let (amounts, mut answers) = (["1", "2"], FuturesUnordered::new());
    answers.extend(amounts.map(|amount| stack.mint(amount)));
    let told = answers.next().await.expect("an answer");
    assert_eq!(told.status, 202, "{}", told.body);
    assert!(told.header("location").starts_with("/mints/"));
    stack.reserve.open(true);
    let waited = answers.next().await.expect("an answer");
    assert_eq!(waited.status, 200, "{}", waited.body);
}
