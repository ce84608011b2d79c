//! A caller who hangs up changes nothing: what was accepted goes on, and nothing is left behind.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::{BENEFICIARY, Stack, tokens, until};

#[tokio::test]
async fn a_mint_goes_on_when_its_caller_hangs_up() {
    let stack = Stack::start().await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    let mut body = stack.body("1000");
    body["bankReference"] = json!("hung up");

    let request = stack.request(Method::POST, "/mint").json(&body).send();
    let asked = until(async || {
        let mints = stack.get("/mints").await.body;
        mints["mints"][0]["status"] == "executing"
    });
    tokio::select! {
        _ = request => panic!("the mint was over before the caller could hang up"),
        seen = asked => assert!(seen, "the mint never started"),
    }

    let mints = stack.get("/mints").await.body;
    let id = mints["mints"][0]["mintId"].as_str().expect("an id").to_owned();
    stack.until(&id, "finalized").await;
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(1000));
}

#[tokio::test]
async fn the_wait_limit_answers_pending_and_never_lies() {
    let stack = Stack::start().await;
    let prefer =
        |wish: &str| stack.request(Method::POST, "/mint").header("prefer", wish).json(&stack.body("1000"));

    for wish in ["respond-async", "wait=0"] {
        let started = std::time::Instant::now();
        let answer = crate::support::Answer::of(prefer(wish).send().await.expect("an answer")).await;
        assert!(started.elapsed() < Duration::from_secs(3), "an asynchronous answer takes no time");
        assert_eq!(answer.status, 202, "{}", answer.body);
        assert_eq!(answer.body["success"], false);
        assert_eq!(answer.body["status"], "pending");
        assert!(answer.body.get("mintTx").is_none());
        let id = answer.body["mintId"].as_str().expect("an id");
        assert_eq!(answer.header("location"), format!("/mints/{id}"));
        let end = stack.until(id, "finalized").await;
        assert_eq!(end["success"], true);
    }
}
